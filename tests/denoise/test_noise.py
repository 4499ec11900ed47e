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
