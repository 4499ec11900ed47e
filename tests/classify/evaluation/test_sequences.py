"""Windows laid out by participant and time, against the definition written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.classify.evaluation.sequences import sequences, without_overlap

WINDOW = 10**9


def split(starts: dict[int, list[float]], seed: int = 0) -> dict[str, np.ndarray]:
    """Windows by participant, their starts in windows since some moment, shuffled."""
    participant = np.repeat(list(starts), [len(each) for each in starts.values()])
    time = np.array([round(WINDOW * each) for own in starts.values() for each in own], dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(time))
    return {"participant": participant[order], "time": time[order] + 1_479_000_000 * 10**9}


def test_windows_are_laid_out_in_order_of_time_and_come_back() -> None:
    found = split({4: [0, 1, 2, 5, 6], 9: [0.5, 1.5]})
    laid = sequences(found, WINDOW)
    time = laid.laid_out(found["time"], -1)
    assert laid.shape == (2, 5)
    assert (np.diff(time[0]) > 0).all()
    assert time[1, 2:].tolist() == [-1, -1, -1]
    np.testing.assert_array_equal(laid.by_window(time[..., None])[:, 0], found["time"])
    stacked = np.stack([time, 2 * time])[..., None]
    np.testing.assert_array_equal(laid.by_window(stacked)[1, :, 0], 2 * found["time"])


def test_a_sequence_breaks_at_a_gap_and_between_participants() -> None:
    laid = sequences(split({4: [0, 1, 2.001, 4, 5], 9: [5.999, 6.9]}), WINDOW)
    assert laid.broken.tolist() == [[True, False, False, True, False], [True, False, True, True, True]]


def greedy(time: list[int]) -> set[int]:
    kept: list[int] = []
    for each in sorted(time):
        if not kept or each >= kept[-1] + round(0.99 * WINDOW):
            kept.append(each)
    return set(kept)


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.integers(0, 5),
        st.lists(st.floats(0, 20), min_size=1, max_size=15, unique_by=lambda x: round(WINDOW * x)),
        min_size=1,
    ),
    st.integers(0, 99),
)
def test_windows_that_stay_follow_one_another(starts: dict[int, list[float]], seed: int) -> None:
    found = split(starts, seed)
    kept = without_overlap(found, WINDOW)
    for participant in starts:
        own = found["participant"] == participant
        assert set(found["time"][own & kept]) == greedy(found["time"][own].tolist())


def test_all_windows_stay_where_none_overlaps() -> None:
    assert without_overlap(split({1: [0, 1, 1.995, 7], 2: [0.5]}), WINDOW).all()


def test_half_overlapping_windows_lose_every_other_one_and_still_follow_one_another() -> None:
    found = split({1: [0, 0.5, 1, 1.5, 2, 2.5]})
    kept = without_overlap(found, WINDOW)
    laid = sequences({name: each[kept] for name, each in found.items()}, WINDOW)
    assert kept.sum() == 3
    assert laid.broken.tolist() == [[True, False, False]]
