"""What holds of every baseline, whatever its method."""

import importlib

import numpy as np
import pytest

from tidemark.core.store import DatasetInfo

ENTRIES = [
    ("raw", {}),
    ("wiener", {"window": 9}),
    ("wiener", {"window": 5, "noise_power": 0.04}),
    ("wavelet", {}),
    ("wavelet", {"wavelet": "db4", "threshold": "bayes", "mode": "hard"}),
    ("wavelet", {"level": 4, "shifts": 3, "mode": "garrote"}),
    ("savitzky_golay", {"window": 11, "degree": 2}),
    ("whittaker", {"order": 2}),
    ("whittaker", {"order": 3, "penalty": 50.0, "period": 13.0, "harmonics": 2}),
    ("spectral_shrinkage", {"window": 16}),
    ("line_spectrum", {"components": 2}),
    ("least_squares_sine", {"period": "fitted"}),
    ("least_squares_sine", {"period": 52.18, "harmonics": 2, "trend": 1}),
]
every = pytest.mark.parametrize(("method", "options"), ENTRIES)


def data(length=61, gaps=0.0, count=6, channels=2):
    random = np.random.default_rng(0)
    period, amplitude = random.uniform(15, 60, count), random.uniform(0.3, 1, count)
    angle = 2 * np.pi * np.arange(length) / period[:, None] + random.uniform(0, 6, count)[:, None]
    clean = np.repeat((amplitude[:, None] * np.sin(angle))[:, None], channels, axis=1)
    noisy = (clean + random.uniform(-0.35, 0.35, clean.shape)).astype(np.float32)
    noisy[random.random(noisy.shape) < gaps] = np.nan
    info = DatasetInfo("some", "denoise", "sine", channels, length, 1.0, "sample", "", 0, {"test": count})
    return {"noisy": noisy, "clean": clean, "period": period, "amplitude": amplitude}, info


def estimate(method, options, split, info):
    module = importlib.import_module(f"tidemark.denoise.baselines.{method}")
    return module.estimate(split, info, module.METHOD.options(**options))


@every
@pytest.mark.parametrize("length", [20, 61, 104])
def test_gaps_give_finite_estimates_of_the_same_shape(method, options, length):
    split, info = data(length=length, gaps=0.3)
    split["noisy"][0] = np.nan
    split["noisy"][1, 0, 3:] = np.nan
    result = estimate(method, options, split, info)
    assert result.shape == split["noisy"].shape
    assert np.isfinite(result).all()
    np.testing.assert_allclose(result[0], 0, atol=1e-9)


@every
def test_a_batch_is_its_items(method, options):
    split, info = data(gaps=0.1)
    together = estimate(method, options, split, info)
    for i in range(len(together)):
        alone = estimate(method, options, {key: array[i : i + 1] for key, array in split.items()}, info)
        np.testing.assert_allclose(alone[0], together[i], atol=1e-9)


@pytest.mark.parametrize(
    ("method", "options"), [e for e in ENTRIES if e[0] not in ("wavelet", "spectral_shrinkage")]
)
def test_reverses_in_time_and_sign(method, options):
    split, info = data()
    mirrored = split | {"noisy": -split["noisy"][..., ::-1]}
    expected = -estimate(method, options, split, info)[..., ::-1]
    np.testing.assert_allclose(estimate(method, options, mirrored, info), expected, atol=1e-6)
