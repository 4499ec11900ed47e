"""The raw input."""

import numpy as np

from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import raw


def test_is_the_input_with_its_gaps_filled():
    noisy = np.array([[[1, 2, np.nan, 4]]], dtype=np.float32)
    info = DatasetInfo("some", "denoise", "sine", 1, 4, 1.0, "sample", "", 0, {"test": 1})
    np.testing.assert_array_equal(raw.estimate({"noisy": noisy}, info, raw.NoOptions()), [[[1, 2, 3, 4]]])
