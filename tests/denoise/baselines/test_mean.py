"""The mean of each signal."""

import numpy as np
import pytest

from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import mean

INFO = DatasetInfo("some", "denoise", "lincomb", 2, 4, 1.0, "sample", "", 0, {"test": 1})


def test_is_the_mean_of_what_is_present_channel_by_channel():
    noisy = np.array(
        [[[1, 2, np.nan, 6], [4, 4, 4, 5]], [[np.nan] * 4, [np.nan, np.nan, -2, np.nan]]], dtype=np.float32
    )
    result = mean.estimate({"noisy": noisy}, INFO, mean.NoOptions())
    np.testing.assert_allclose(result, np.repeat([[[3], [4.25]], [[0], [-2]]], 4, axis=-1))


def test_leaves_the_variance_of_the_signal_and_the_noise_of_a_mean():
    rng = np.random.default_rng(0)
    clean = rng.uniform(0, 1, (4000, 1, 16))
    noisy = clean + rng.normal(0, 0.5, clean.shape)
    error = mean.estimate({"noisy": noisy}, INFO, mean.NoOptions()) - clean
    assert np.square(error).mean() == pytest.approx(15 / 16 / 12 + 0.25 / 16, rel=0.03)
