"""Gaps: hidden in the number asked for, filled as numpy's interpolation fills them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.core import gaps
from tidemark.core.errors import InputError


@settings(max_examples=50, deadline=None)
@given(length=st.integers(1, 30), share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_filling_equals_interp_row_by_row(length: int, share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    signals = random.standard_normal((3, 2, length))
    signals[random.random(signals.shape) < share] = np.nan
    filled = gaps.fill(signals)
    for row, expected in zip(filled.reshape(-1, length), signals.reshape(-1, length), strict=True):
        present = ~np.isnan(expected)
        interpolated = (
            np.interp(np.arange(length), np.flatnonzero(present), expected[present])
            if present.any()
            else np.zeros(length)
        )
        np.testing.assert_allclose(row, interpolated, atol=1e-12)


def test_filling_changes_nothing_that_is_present_and_gives_a_new_array() -> None:
    signals = np.ones((2, 1, 5), dtype=np.float32)
    filled = gaps.fill(signals)
    filled[:] = 0
    assert (signals == 1).all()
    assert filled.dtype == np.float32


@pytest.mark.parametrize(("amount", "expected"), [(0, 0), (50, 50), (0.25, 100), (0.5, 200), (200, 200)])
def test_as_many_as_wanted_are_hidden(amount: float, expected: int) -> None:
    values = np.zeros((20, 1, 20))
    hidden = gaps.hide(values, amount, np.random.default_rng(0), "key")
    assert np.isnan(hidden).sum() == expected
    assert not np.isnan(values).any()


def test_more_than_half_is_refused() -> None:
    with pytest.raises(InputError, match=r"^datasets.x.missing_targets = 201: more than half of the 400"):
        gaps.hide(np.zeros(400), 201, np.random.default_rng(0), "datasets.x.missing_targets")
