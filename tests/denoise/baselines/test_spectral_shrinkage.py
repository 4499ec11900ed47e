"""Spectral shrinkage against the transform written out frame by frame, and on signals whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.baselines import spectral_shrinkage

INFO = DatasetInfo("some", "denoise", "lincomb", 1, 100, 1.0, "sample", "", 0, {"test": 5})


def estimate(noisy: Array, **options: object) -> Array:
    chosen = spectral_shrinkage.Options.model_validate(options)
    return spectral_shrinkage.estimate({"noisy": noisy}, INFO, chosen)


def frame_by_frame(row: Array, size: int, threshold: float, mode: str) -> Array:
    """Windows a quarter of their length apart, over the signal and its mirror image."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    extended = np.pad(row, 2 * size, mode="reflect")
    total, weight = np.zeros_like(extended), np.zeros_like(extended)
    for start in range(size // 2, len(extended) - size + 1, size // 4):  # centres at multiples of the hop
        part = slice(start, start + size)
        spectrum = np.fft.rfft(extended[part] * window)
        power = np.abs(spectrum) ** 2 / (window @ window) / 0.2**2
        gain = power > threshold**2 if mode == "hard" else np.maximum(1 - threshold**2 / power, 0)
        total[part] += np.fft.irfft(spectrum * gain, size) * window
        weight[part] += window**2
    return (total / np.maximum(weight, 1e-12))[2 * size : -2 * size]


@pytest.mark.parametrize("mode", ["soft", "hard"])
@pytest.mark.parametrize("size", [16, 32])
def test_equals_the_transform_written_out(mode: str, size: int) -> None:
    random = np.random.default_rng(0)
    noisy = np.sin(np.arange(100) / 3 + random.uniform(0, 6, (3, 1, 1))) + random.normal(0, 0.2, (3, 1, 100))
    result = estimate(noisy, window=size, threshold=1.5, mode=mode, noise=0.2)
    expected = [frame_by_frame(row, size, 1.5, mode) for row in noisy[:, 0]]
    np.testing.assert_allclose(result[:, 0], expected, atol=1e-9)


def test_no_threshold_leaves_the_signal() -> None:
    noisy = np.random.default_rng(0).normal(size=(2, 1, 100))
    np.testing.assert_allclose(estimate(noisy, window=32, threshold=1e-9), noisy, atol=1e-9)


def test_noise_goes_and_a_line_stays() -> None:
    """Powers of noise are exponential: one in e⁹ exceeds three standard deviations."""
    random = np.random.default_rng(0)
    noise, line = random.normal(0, 0.2, (20, 1, 256)), np.sin(2 * np.pi * 0.2 * np.arange(256))
    for strength in (0.2, "estimated"):
        left = estimate(noise, window=64, threshold=3.0, mode="hard", noise=strength)
        assert np.square(left).mean() < 0.05 * 0.2**2
        kept = estimate(line + noise, window=64, threshold=3.0, mode="hard", noise=strength)
        assert np.square(kept - line).mean() < 0.3 * 0.2**2


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError, match="no multiple of 4"):
        spectral_shrinkage.Options(window=30)
    with pytest.raises(InputError, match="longer than the signals"):
        estimate(np.zeros((1, 1, 100)), window=128)
