"""Savitzky-Golay against its definition: a polynomial fitted around each sample."""

import numpy as np
import pytest
from pydantic import ValidationError

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import savitzky_golay

INFO = DatasetInfo("some", "denoise", "sine", 1, 40, 1.0, "sample", "", 0, {"test": 1})


def test_equals_a_polynomial_fitted_around_each_sample():
    row = np.random.default_rng(0).normal(size=40)
    result = savitzky_golay.estimate(
        {"noisy": row[None, None]}, INFO, savitzky_golay.Options(window=9, degree=3)
    )[0, 0]
    for t in range(40):
        first = min(max(t - 4, 0), 40 - 9)
        window = np.arange(first, first + 9)
        fit = np.polynomial.Polynomial.fit(window, row[window], 3)
        assert result[t] == pytest.approx(fit(t), abs=1e-10)


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"options.window = 41 .*40 samples"):
        savitzky_golay.estimate({"noisy": np.zeros((1, 1, 40))}, INFO, savitzky_golay.Options(window=41))
    with pytest.raises(ValidationError, match="more than 5"):
        savitzky_golay.Options(window=5, degree=5)
