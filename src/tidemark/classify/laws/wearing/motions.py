"""The law of each activity's motion: how the wrist tilts away from its posture, and how it is pushed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tidemark.classify.laws.wearing import waves
from tidemark.classify.laws.wearing.activities import Activity, Motion
from tidemark.classify.laws.wearing.waves import Floats
from tidemark.classify.laws.wearing.wearer import STEPS, Wearer


@dataclass(frozen=True)
class Moved:
    """What moves the wrist in one bout of `samples` samples."""

    tilt: Floats
    """Angles in radians by which gravity leans forward and sideways: (2, samples)."""
    push: Floats
    """Acceleration in g along gravity, forward and sideways: (3, samples)."""


@dataclass(frozen=True)
class Bout:
    """One activity, done by one wearer for a while."""

    activity: Activity
    wearer: Wearer
    samples: int
    rate: float
    """Samples a second."""


Law = Callable[[np.random.Generator, Bout], Moved]


def lying(rng: np.random.Generator, bout: Bout) -> Moved:
    """Breath, little tremor, and now and then a twitch, more often in restless times."""
    time = np.arange(bout.samples, dtype=np.float32) / np.float32(bout.rate)
    depth = 0.01 * (1 + 0.3 * waves.slow(rng, bout.samples, bout.rate, 20))
    tilt = np.zeros((2, bout.samples), np.float32)
    tilt[0] = depth * np.sin(2 * np.pi * bout.wearer.breath * time)
    often = bout.activity.level * bout.wearer.restless
    calm = _hands(rng, bout, 0.4 * often, 0.06, 0.15)
    awake = waves.stretches(rng, bout.samples, bout.rate, 40, 400)
    restless = _hands(rng, bout, 6 * often, 0.07, 0.2)
    push = calm.push + awake * restless.push + _tremor(rng, bout, 0.3)
    return Moved(tilt + calm.tilt + awake * restless.tilt, push)


def resting(rng: np.random.Generator, bout: Bout) -> Moved:
    """Sitting or standing: tremor, sway, hands that move more in lively times, and perhaps type."""
    activity, wearer = bout.activity, bout.wearer
    lively = 0.1 + 0.9 * waves.stretches(rng, bout.samples, bout.rate, 50, 14 / activity.level)
    moved = _hands(rng, bout, 12 * wearer.restless, 0.08 * wearer.vigour, 0.25 * wearer.vigour)
    push = moved.push * lively + _tremor(rng, bout, 1.0)
    if activity.pace > 1:  # fingers at work
        typing = waves.stretches(rng, bout.samples, bout.rate, 20, 12)
        push += 0.012 * activity.pace * typing * waves.band(rng, (3, bout.samples), bout.rate, 3, 9)
    return Moved(moved.tilt * lively + _sway(rng, bout, 0.012 * activity.level), push)


def riding(rng: np.random.Generator, bout: Bout) -> Moved:
    """Broad vibration at 2 to 20 Hz while the vehicle runs, slow pushes in bends, hands as at rest."""
    activity, wearer = bout.activity, bout.wearer
    runs = waves.stretches(rng, bout.samples, bout.rate, 70, 12, 3)
    rough = runs * np.exp(0.5 * waves.slow(rng, bout.samples, bout.rate, 8))
    shake = waves.band(rng, (3, bout.samples), bout.rate, 2, 20) * rough
    shake[0] *= 1.5
    hum = waves.band(rng, (1, bout.samples), bout.rate, 11, 13) * (0.2 + 0.8 * runs)
    bends = waves.band(rng, (3, bout.samples), bout.rate, 0.05, 0.5) * runs
    lively = waves.stretches(rng, bout.samples, bout.rate, 40, 40 / activity.pace)
    moved = _hands(rng, bout, 10 * wearer.restless, 0.08 * wearer.vigour, 0.22 * wearer.vigour)
    push = activity.level * wearer.vehicle * (shake + 0.25 * hum) + 0.02 * bends
    return Moved(moved.tilt * lively, moved.push * lively + push + _tremor(rng, bout, 0.8))


def gait(rng: np.random.Generator, bout: Bout) -> Moved:
    """Steps at 1.4 to 2.4 Hz with harmonics, the arm's swing at half of that, and pauses."""
    going = waves.stretches(rng, bout.samples, bout.rate, 40, 5 / bout.activity.level)
    carries = rng.random() < 0.3  # a bag, or a hand in a pocket
    moved = _steps(rng, bout, 0.2 if carries else 1.0)
    still = _hands(rng, bout, 8, 0.1, 0.25)
    push = moved.push * going + still.push + _tremor(rng, bout, 1.0)
    return Moved(moved.tilt * going + still.tilt, push)


def cycling(rng: np.random.Generator, bout: Bout) -> Moved:
    """Pedalling felt at the handlebar, the road's vibration, coasting, and waits."""
    activity, wearer = bout.activity, bout.wearer
    rolls = waves.stretches(rng, bout.samples, bout.rate, 60, 10, 2)
    pedals = rolls * waves.stretches(rng, bout.samples, bout.rate, 20, 8)
    cadence = wearer.cadence * activity.pace * (1 + 0.06 * waves.slow(rng, bout.samples, bout.rate, 5))
    turn = waves.phase(cadence, bout.rate, 2 * np.pi * rng.random())
    tilt = _sway(rng, bout, 0.03) * rolls
    tilt[1] += 0.045 * pedals * np.sin(turn)
    rough = rolls * np.exp(0.6 * waves.slow(rng, bout.samples, bout.rate, 6))
    shake = waves.band(rng, (3, bout.samples), bout.rate, 3, 22) * rough
    shake[0] *= 1.5
    push = activity.level * wearer.road * shake
    push[1] += 0.045 * pedals * np.sin(2 * turn + 1)
    moved = _hands(rng, bout, 5 * wearer.restless, 0.1 * wearer.vigour, 0.2 * wearer.vigour)
    return Moved(tilt + moved.tilt, push + moved.push + _tremor(rng, bout, 0.8))


def chores(rng: np.random.Generator, bout: Bout) -> Moved:
    """A few steps, then rubbing or stirring, then reaching, then nothing much, and so on."""
    activity, wearer = bout.activity, bout.wearer
    walks = waves.stretches(rng, bout.samples, bout.rate, 5, 27)
    rubs = (1 - walks) * waves.stretches(rng, bout.samples, bout.rate, 8, 16)
    busy = waves.stretches(rng, bout.samples, bout.rate, 60, 7)
    steps = _steps(rng, bout, 0.6)
    speed = 2.0 * activity.pace * (1 + 0.2 * waves.slow(rng, bout.samples, bout.rate, 3))
    angle = waves.phase(speed, bout.rate, 0)
    level = activity.level * wearer.vigour
    strength = busy * rubs * level * (1 + 0.4 * waves.slow(rng, bout.samples, bout.rate, 2))
    extent = _hands(rng, bout, 18 * wearer.restless, 0.13 * level, 0.3 * level)
    lively = 0.55 + 0.45 * busy
    tilt = steps.tilt * walks + extent.tilt * lively
    tilt[0] += 0.2 * strength * np.sin(angle)
    push = steps.push * walks + extent.push * lively + _tremor(rng, bout, 1.0)
    push[1] += 0.12 * strength * np.sin(angle)
    push[2] += 0.06 * strength * np.sin(2 * angle + 0.7)
    return Moved(tilt, push)


LAWS: Mapping[Motion, Law] = {
    "lying": lying,
    "resting": resting,
    "riding": riding,
    "gait": gait,
    "cycling": cycling,
    "chores": chores,
}


def _steps(rng: np.random.Generator, bout: Bout, swing: float) -> Moved:
    """Walking without a pause; `swing` says how freely the arm does."""
    wearer, count = bout.wearer, bout.samples
    frequency = wearer.steps * bout.activity.pace * (1 + 0.03 * waves.slow(rng, count, bout.rate, 4))
    step = waves.phase(np.clip(frequency, *STEPS).astype(np.float32), bout.rate, 0)
    # The phase is folded at whole steps: half of it has to be counted over two of them.
    odd = np.cumsum(np.diff(step, prepend=step[:1]) < -np.pi) % 2
    stride = (0.5 * step + np.pi * odd).astype(np.float32)
    level = bout.activity.level * wearer.impact * (1 + 0.15 * waves.slow(rng, count, bout.rate, 1.5))
    second, third, fourth = wearer.harmonics.tolist()
    starts = rng.uniform(0, 2 * np.pi, 5).tolist()
    push = np.empty((3, count), np.float32)
    push[0] = level * (
        np.sin(step)
        + second * np.sin(2 * step + starts[0])
        + third * np.sin(3 * step + starts[1])
        + fourth * np.sin(4 * step + starts[2])
        + 0.2 * np.sin(stride)  # one leg steps harder than the other
    )
    push[1] = level * (0.5 * np.sin(step + starts[3]) + 0.4 * second * np.sin(2 * step + starts[4]))
    push[2] = 0.35 * level * np.sin(stride + starts[1])
    tilt = np.zeros((2, count), np.float32)
    arm = swing * wearer.swing * (1 + 0.15 * waves.slow(rng, count, bout.rate, 3))
    tilt[0] = arm * np.sin(stride)
    tilt[1] = 0.3 * arm * np.sin(stride + starts[2])
    return Moved(tilt, push)


def _hands(rng: np.random.Generator, bout: Bout, per_minute: float, push: float, tilt: float) -> Moved:
    """Single movements of a second or two, of that size in g and radians."""
    when = waves.movements(rng, bout.samples, bout.rate, per_minute, 2.0)
    fast = waves.band(rng, (3, bout.samples), bout.rate, 0.7, 5)
    turned = waves.band(rng, (2, bout.samples), bout.rate, 0.2, 1.5)
    return Moved(np.float32(tilt) * when * turned, np.float32(push) * when * fast)


def _tremor(rng: np.random.Generator, bout: Bout, share: float) -> Floats:
    """Physiological tremor, 8 to 12 Hz: (3, samples)."""
    middle = bout.wearer.tremor_frequency
    noise = waves.band(rng, (3, bout.samples), bout.rate, middle - 0.7, middle + 0.7)
    strength = np.exp(0.3 * waves.slow(rng, bout.samples, bout.rate, 10))
    return np.asarray(np.float32(share * bout.wearer.tremor) * strength * noise, np.float32)


def _sway(rng: np.random.Generator, bout: Bout, angle: float) -> Floats:
    """The body's slow sway, as a tilt: (2, samples)."""
    return np.asarray(np.float32(angle) * waves.band(rng, (2, bout.samples), bout.rate, 0.1, 0.6), np.float32)
