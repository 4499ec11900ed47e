"""How strong noise is, estimated against what was drawn."""

from __future__ import annotations

import numpy as np
import pytest

from tidemark.denoise import noise


def test_estimates_are_what_was_drawn() -> None:
    random = np.random.default_rng(0)
    assert noise.of_details(random.normal(0, 0.3, 100_000)) == pytest.approx(0.3, rel=0.01)
    spectrum = np.fft.rfft(random.normal(0, 0.3, 200_000), norm="ortho")
    spectrum[1000:11000:10] += 50.0  # lines of a signal
    assert noise.of_power(np.abs(spectrum[1:-1]) ** 2) == pytest.approx(0.09, rel=0.03)


def test_the_spectrum_tells_noise_from_a_few_lines_of_any_strength() -> None:
    random, time = np.random.default_rng(1), np.arange(256)
    lines = sum(np.sin(2 * np.pi * f * time / 256 + f) for f in (4, 20, 40, 60.5, 80, 120))
    noisy = 5 + 3 * lines + random.normal(0, 0.3, (400, 256))
    estimates = noise.of_spectrum(noisy)
    assert estimates.shape == (400, 1)
    assert estimates.mean() == pytest.approx(0.09, rel=0.35)  # lines take a sixth of the frequencies
    finest = np.diff(noisy) / np.sqrt(2)
    assert noise.of_details(finest).mean() > 2  # what the spectrum is for: fine details are all signal
