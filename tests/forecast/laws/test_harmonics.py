"""The harmonics law, against its definition and a loop over signals."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.forecast.laws import harmonics

PUBLISHED = harmonics.Law()
RICH = harmonics.Law(components=(3, 44), period=(10, 99), horizon=10)
DRIFT = harmonics.Law(drift=(0.5, 2))


def draw(law: harmonics.Law, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    drawn = harmonics.generate(law, count, torch.Generator().manual_seed(seed))
    return {name: tensor.numpy() for name, tensor in drawn.items()}


def whole(signals: dict[str, np.ndarray]) -> np.ndarray:
    """Past and future in a row, (count, samples) float64."""
    return np.concatenate([signals["past"], signals["future"]], axis=-1)[:, 0].astype(np.float64)


def one_by_one(law: harmonics.Law, count: int, seed: int = 0) -> np.ndarray:
    """The clean signals of the definition, drawn one at a time, (count, samples)."""
    rng = np.random.default_rng(seed)
    samples = law.lookback + law.horizon
    time = np.arange(samples)
    result = []
    for _ in range(count):
        number = rng.integers(law.components[0], law.components[1] + 1)
        periods = rng.integers(law.period[0], law.period[1] + 1, number)
        phases = rng.uniform(0, 2 * np.pi, number)
        amplitudes = rng.uniform(0, 1, number)
        amplitudes /= amplitudes.sum()
        signal = np.zeros(samples)
        for period, phase, amplitude in zip(periods, phases, amplitudes, strict=True):
            envelope = np.ones(samples)
            if law.drift is not None:
                corners = [0, rng.integers(1, samples - 1), samples - 1]
                envelope = np.interp(time, corners, [1, rng.uniform(*law.drift), 1])
            signal += amplitude * envelope * np.sin(2 * np.pi * time / period + phase)
        result.append(signal / np.abs(signal).max())
    return np.stack(result)


@pytest.mark.parametrize("law", [PUBLISHED, RICH, DRIFT], ids=["published", "rich", "drift"])
def test_the_law_is_that_of_the_loop(law: harmonics.Law) -> None:
    """Moments over signals, of samples and of the power spectrum, within the scatter of both."""
    batch, loop = whole(draw(law, 20_000)), one_by_one(law, 4000)
    assert np.abs(batch).max(1) == pytest.approx(1, abs=1e-6)
    for features in (
        np.square,
        lambda x: x**4,
        lambda x: x[:, 1:] * x[:, :-1],
        lambda x: x[:, 20:] * x[:, :-20],
        lambda x: np.log(np.square(np.abs(np.fft.rfft(x))) + 1e-2),
    ):
        ours, theirs = features(batch), features(loop)
        scatter = np.sqrt(ours.var(0) / len(ours) + theirs.var(0) / len(theirs))
        apart = (ours.mean(0) - theirs.mean(0)) / scatter
        assert np.abs(apart).max() < 5
        assert np.abs(apart.mean()) < 3.5
    if law is not DRIFT:  # as measured elsewhere on 400 signals
        variance = batch[:, law.lookback :].var()
        assert variance == pytest.approx(0.27 if law is PUBLISHED else 0.22, rel=0.1)


@pytest.mark.parametrize("law", [PUBLISHED, RICH], ids=["published", "rich"])
def test_signals_are_sums_of_waves_of_the_given_periods(law: harmonics.Law) -> None:
    signals = draw(law, 60)
    time = np.arange(law.lookback + law.horizon)
    for signal, periods in zip(whole(signals), signals["periods"], strict=True):
        angle = 2 * np.pi * time[:, None] / np.unique(periods[periods > 0])
        basis = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
        fitted = basis @ np.linalg.lstsq(basis, signal, rcond=1e-9)[0]
        np.testing.assert_allclose(fitted, signal, atol=5e-7)


def test_numbers_and_periods_are_uniform_with_both_ends() -> None:
    periods = draw(PUBLISHED, 40_000)["periods"]
    assert periods.dtype == np.int64
    number = np.bincount((periods > 0).sum(1), minlength=8) / len(periods)
    np.testing.assert_allclose(number, [0, 0, 0, 0.25, 0.25, 0.25, 0.25, 0], atol=0.01)
    drawn = np.bincount(periods[periods > 0], minlength=101)
    assert drawn[2:100].min() > 0.9 * drawn.sum() / 98
    assert drawn[:2].sum() == drawn[100:].sum() == 0


def test_drifting_amplitudes_turn_once_and_come_back() -> None:
    """Of one component of a period of 4, samples 0, 2, …, 104 are its amplitude times a constant."""
    law = harmonics.Law(components=1, period=4, drift=(2, 2))
    signals = np.abs(whole(draw(law, 500))[:, ::2])
    amplitude = signals[signals[:, 0] > 0.05]  # the others are near the sine's zeros
    amplitude /= amplitude[:, :1]
    np.testing.assert_allclose(amplitude[:, -1], 1, atol=1e-4)
    bend = np.abs(np.diff(amplitude, 2)) > 1e-4
    where = np.array([np.ptp(np.flatnonzero(row)) for row in bend])
    assert where.max() <= 1
    turned = amplitude.max(1)
    assert turned.max() == pytest.approx(2, abs=1e-4)  # where the turn is at an even sample
    assert turned.min() > 1.97
    place = 2 * amplitude.argmax(1)
    assert place.mean() == pytest.approx(52, abs=5)
    assert place.std() == pytest.approx(103 / np.sqrt(12), rel=0.1)


def test_noise_is_gaussian_and_the_future_free_of_it() -> None:
    clean = harmonics.Law(noise_std=0)
    quiet, noisy = draw(clean, 4000, seed=3), draw(harmonics.Law(noise_std=0.1), 4000, seed=3)
    assert (quiet["noise_std"] == 0).all()
    assert (noisy["noise_std"] < 0.1).mean() > 0.9  # the noisy whole is nearly always larger than 1
    scale = noisy["noise_std"][:, None] / 0.1
    np.testing.assert_allclose(noisy["future"][:, 0], quiet["future"][:, 0] * scale, atol=1e-6)
    noise = (noisy["past"][:, 0] - quiet["past"][:, 0] * scale) / noisy["noise_std"][:, None]
    assert noise.mean() == pytest.approx(0, abs=0.01)
    assert noise.std() == pytest.approx(1, rel=0.01)
    assert np.square(noise).var() == pytest.approx(2, rel=0.05)  # that of a Gaussian's square
    assert np.abs(noisy["past"]).max() <= 1 + 1e-6
    ranged = draw(harmonics.Law(noise_std=(0.05, 0.2)), 4000)
    assert 0.02 < ranged["noise_std"].min() < ranged["noise_std"].max() < 0.25


@settings(max_examples=20, deadline=None)
@given(
    count=st.integers(1, 300),
    seed=st.integers(0, 1000),
    lookback=st.integers(2, 40),
    horizon=st.integers(1, 5),
    components=st.integers(1, 4),
    drift=st.sampled_from([None, (0.5, 2.0)]),
    noise=st.sampled_from([0, 0.1, (0.0, 0.3)]),
)
def test_shapes_and_repeatability(count, seed, lookback, horizon, components, drift, noise) -> None:
    law = harmonics.Law(
        lookback=lookback, horizon=horizon, components=components, period=(2, 9), drift=drift, noise_std=noise
    )
    first, second = draw(law, count, seed), draw(law, count, seed)
    assert first["past"].shape == (count, 1, lookback)
    assert first["future"].shape == (count, 1, horizon)
    assert first["periods"].shape == (count, components)
    assert first["past"].dtype == first["future"].dtype == np.float32
    assert first["noise_std"].dtype == np.float64
    for name in first:
        assert np.isfinite(first[name]).all()
        np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ({"components": [6, 3]}, "components range"),
        ({"period": [99, 2]}, "period range"),
        ({"noise_std": [0.2, 0.1]}, "noise_std range"),
        ({"drift": [2, 0.5]}, "drift range"),
        ({"period": [1, 5]}, "period"),
        ({"horizon": 0}, "horizon"),
    ],
)
def test_a_law_that_cannot_be_is_refused(law: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"datasets.x.law.*{message}"):
        validate(harmonics.Law, law, "datasets.x.law")


def test_what_a_dataset_of_the_law_has() -> None:
    told = harmonics.describe(RICH)
    assert (told["length"], told["horizon"], told["normalisation"]) == (100, 10, "window")
