"""The raw input."""

import numpy as np

from tidemark.baselines.denoise import raw
from tidemark.core.store import DatasetInfo


def test_is_what_was_given_with_its_gaps_filled():
    noisy = np.array([[[1, 2, np.nan, 4]]], dtype=np.float32)
    info = DatasetInfo("some", "sine", 1, 4, 1.0, "sample", "", 0, {"test": 1})
    np.testing.assert_array_equal(raw.estimate({"noisy": noisy}, info, raw.Options()), [[[1, 2, 3, 4]]])
