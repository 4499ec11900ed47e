"""Windows that do not overlap, against a walk through all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidemark.classify.spectrograms.non_overlapping import non_overlapping

SECOND = 10**9


@given(st.lists(st.integers(0, 60), max_size=40, unique=True), st.integers(1, 12))
def test_each_is_the_first_that_begins_after_the_one_before(seconds: list[int], duration: int) -> None:
    time = np.sort(np.array(seconds, dtype=np.int64)) * SECOND
    expected, end = [], -1
    for place, start in enumerate(time.tolist()):
        if start >= end:
            expected.append(place)
            end = start + duration * SECOND
    np.testing.assert_array_equal(non_overlapping(time, duration), expected)


def test_a_clock_that_rounds_loses_no_window() -> None:
    time = np.arange(10) * 3 * SECOND - np.arange(10) * 1000
    np.testing.assert_array_equal(non_overlapping(time, 3.0), np.arange(10))


def test_windows_kept_apart_do_not_overlap() -> None:
    time = np.cumsum([0, 1, 1, 1, 5, 1, 1, 1, 1]) * SECOND
    assert (time[non_overlapping(time, 2.0)] // SECOND).tolist() == [0, 2, 8, 10, 12]
    assert len(non_overlapping(time, 1.0)) == len(time)
    assert non_overlapping(time[:0], 1.0).shape == (0,)
