"""Motions against what their law says of frequencies."""

import dataclasses

import numpy as np
import pytest
from scipy import signal

from tidemark.classify.laws.wearing import motions, posture, waves, wearer
from tidemark.classify.laws.wearing.activities import ACTIVITIES, Label
from tidemark.classify.laws.wearing.motions import Bout

RATE = 100.0
STROLL = next(a for a in ACTIVITIES if "stroll" in a.annotation)


def some(label: Label) -> Bout:
    """Two minutes of an activity of that label."""
    activity = next(activity for activity in ACTIVITIES if activity.label == label)
    return Bout(activity, wearer.draw(np.random.default_rng(5), 1.0), 12_000, RATE)


def peak(values: np.ndarray, low: float, high: float) -> float:
    """Frequency in Hz of the largest value of a periodogram within a range."""
    frequency, power = signal.welch(values, RATE, nperseg=2048)
    inside = (frequency >= low) & (frequency <= high)
    return float(frequency[inside][power[inside].argmax()])


def share(values: np.ndarray, low: float, high: float) -> float:
    """Share of the power between two frequencies in Hz."""
    frequency, power = signal.periodogram(values, RATE, axis=-1)
    power = power.reshape(-1, frequency.size).sum(0)
    return float(power[(frequency >= low) & (frequency <= high)].sum() / power.sum())


@pytest.mark.parametrize("steps", [1.6, 1.9, 2.2])
def test_gait_has_its_peak_at_the_step_and_the_arm_swings_at_half_of_it(steps: float) -> None:
    rng = np.random.default_rng(0)
    bout = some("walking")
    person = dataclasses.replace(bout.wearer, steps=steps, harmonics=np.array([0.4, 0.2, 0.1]))
    moved = motions.gait(rng, dataclasses.replace(bout, activity=STROLL, wearer=person))
    expected = steps * STROLL.pace
    assert peak(moved.push[0], 0.8, 12) == pytest.approx(expected, rel=0.08)
    assert peak(moved.tilt[0], 0.5, 3) == pytest.approx(expected / 2, rel=0.08)


def test_steps_stay_between_1_4_and_2_4_a_second() -> None:
    for steps, limit in [(0.9, 1.4), (3.5, 2.4)]:
        bout = some("walking")
        person = dataclasses.replace(bout.wearer, steps=steps, harmonics=np.full(3, 0.1))
        moved = motions.gait(np.random.default_rng(1), dataclasses.replace(bout, wearer=person))
        assert peak(moved.push[0], 0.8, 12) == pytest.approx(limit, abs=0.06)


def test_tremor_and_vibration_lie_in_their_bands() -> None:
    rng = np.random.default_rng(2)
    person = dataclasses.replace(some("sleep").wearer, restless=0.0, tremor=0.01, tremor_frequency=10.0)
    asleep = motions.lying(rng, dataclasses.replace(some("sleep"), wearer=person))
    assert share(asleep.push, 8, 12) > 0.75
    riding = dataclasses.replace(some("vehicle").wearer, restless=0.0, tremor=0.0, vehicle=0.05)
    moved = motions.riding(rng, dataclasses.replace(some("vehicle"), wearer=riding))
    assert share(moved.push, 1, 25) > 0.75


@pytest.mark.parametrize("motion", sorted(motions.LAWS))
def test_every_motion_is_drawn_whole_repeatably_and_in_single_precision(motion: motions.Motion) -> None:
    activity = next(activity for activity in ACTIVITIES if activity.motion == motion)
    for samples in (1, 2, 777):
        bout = dataclasses.replace(some(activity.label), samples=samples)
        moved, again = (motions.LAWS[motion](np.random.default_rng(3), bout) for _ in range(2))
        assert moved.tilt.shape == (2, samples)
        assert moved.push.shape == (3, samples)
        assert moved.tilt.dtype == moved.push.dtype == np.float32
        np.testing.assert_array_equal(moved.push, again.push)
        np.testing.assert_array_equal(moved.tilt, again.tilt)


def test_postures_are_unit_vectors_and_begin_where_the_last_one_ended() -> None:
    rng = np.random.default_rng(4)
    bout = some("sleep")
    gravity = posture.directions(rng, bout, np.array([0.0, 1.0, 0.0]))
    np.testing.assert_allclose(np.linalg.norm(gravity, axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(gravity[:, 0], [0, 1, 0], atol=1e-6)
    assert np.abs(np.diff(gravity, axis=1)).max() < 0.1


def test_a_push_along_gravity_adds_to_it() -> None:
    bout = some("sit-stand")
    gravity = np.tile(np.array([[0.0], [0.6], [0.8]], np.float32), bout.samples)
    push = np.zeros((3, bout.samples), np.float32)
    push[0] = 0.5
    still = motions.Moved(np.zeros((2, bout.samples), np.float32), push)
    found = posture.measured(np.random.default_rng(0), bout, gravity, still)
    np.testing.assert_allclose(found, 1.5 * gravity, atol=1e-6)


def test_a_tilt_turns_gravity_by_its_angle() -> None:
    bout = some("sit-stand")
    gravity = np.tile(np.array([[0.0], [0.6], [0.8]], np.float32), bout.samples)
    tilt = np.zeros((2, bout.samples), np.float32)
    tilt[0] = np.tan(0.3)
    moved = motions.Moved(tilt, np.zeros((3, bout.samples), np.float32))
    found = posture.measured(np.random.default_rng(0), bout, gravity, moved)
    np.testing.assert_allclose((found * gravity).sum(0), np.cos(0.3), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), 1, atol=1e-6)


def test_bands_have_unit_variance() -> None:
    noise = waves.band(np.random.default_rng(0), (3, 200_000), RATE, 2, 20)
    assert noise.std() == pytest.approx(1, rel=0.02)


def test_stretches_last_as_long_as_they_should() -> None:
    found = waves.stretches(np.random.default_rng(0), 2_000_000, RATE, on=20, off=10)
    assert found.mean() == pytest.approx(2 / 3, abs=0.03)
    assert found.min() == 0
    assert found.max() == 1


def test_a_phase_grows_by_its_frequency() -> None:
    frequency = np.full(1000, 2.5, np.float32)
    found = np.unwrap(waves.phase(frequency, RATE, 0.0))
    np.testing.assert_allclose(np.diff(found), 2 * np.pi * 2.5 / RATE, atol=1e-4)
