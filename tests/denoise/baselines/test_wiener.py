"""The batched Wiener filter against SciPy's, one signal at a time."""

import numpy as np
import pytest
import scipy.signal
from pydantic import ValidationError

from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import wiener

INFO = DatasetInfo("some", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, {"test": 5})


@pytest.mark.parametrize("window", [3, 9, 15])
@pytest.mark.parametrize("power", [None, 0.04, 2.0])
def test_equals_scipy_signal_by_signal(window, power):
    noisy = np.random.default_rng(0).normal(size=(5, 1, 100)) * np.arange(1, 6)[:, None, None]
    result = wiener.estimate({"noisy": noisy}, INFO, wiener.Options(window=window, noise_power=power))
    expected = [[scipy.signal.wiener(row, window, power) for row in rows] for rows in noisy]
    np.testing.assert_allclose(result, expected, atol=1e-10)


def test_a_silent_signal_stays_silent():
    assert not wiener.estimate({"noisy": np.zeros((1, 1, 20))}, INFO, wiener.Options()).any()


def test_a_window_without_a_centre_is_refused():
    with pytest.raises(ValidationError, match="odd"):
        wiener.Options(window=4)
