import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings.timestamps import Clock, on_grid, parse_date


def rows(start=0):
    """Where rows are in a file whose first row of times is row 2."""
    return lambda row: f"row {start + row + 2}"


def dates(*texts):
    return np.array([parse_date(text) for text in texts])


def clock_of(times):
    clock = Clock("x.csv", "t")
    return clock, clock.positions(np.asarray(times), rows())


@pytest.mark.parametrize(
    ("times", "rate"),
    [
        (np.arange(500) * 0.01, 100),
        (np.round(np.arange(500) / 30, 3), 30),  # written to the millisecond
        (1.7e9 + np.round(np.arange(500) / 60, 3), 60),  # seconds since 1970
        (np.round(np.arange(2000) / 44100, 6), 44100),
        (np.arange(500, dtype=np.float32) * 0.25, 4),
    ],
)
def test_rate_of_times_that_are_numbers(times, rate):
    clock, positions = clock_of(times)
    np.testing.assert_array_equal(positions, np.arange(len(times)))
    assert clock.rate("s") == pytest.approx(rate, rel=1e-3)
    assert clock.agrees(rate, "s")
    assert not clock.agrees(rate * 1.05, "s")


@pytest.mark.parametrize(
    ("unit", "rate"),
    [("s", 1 / 604800), ("minute", 1 / 10080), ("hour", 1 / 168), ("day", 1 / 7), ("week", 1.0)],
)
def test_rate_of_weekly_dates(unit, rate):
    clock, _ = clock_of(dates("1958-03-29", "1958-04-05", "1958-04-12"))
    assert clock.rate(unit) == pytest.approx(rate, rel=1e-8)
    assert clock.first == "1958-03-29"


def test_missing_rows_leave_gaps_on_the_grid():
    times = np.array([0.0, 0.5, 1.5, 2.0, 4.0])
    _, positions = clock_of(times)
    np.testing.assert_array_equal(positions, [0, 1, 3, 4, 8])
    block = on_grid(np.array([[1.0, 2, 3, 4, 5]]), positions, -1)
    np.testing.assert_array_equal(block, [[1, 2, np.nan, 3, 4, np.nan, np.nan, np.nan, 5]])


def test_long_gap_in_rounded_times_lands_on_the_right_sample():
    index = np.concatenate([np.arange(1000), np.arange(4000, 5000)])
    _, positions = clock_of(np.round(index / 30, 3))
    np.testing.assert_array_equal(positions, index)


def test_positions_do_not_depend_on_the_batches():
    index = np.cumsum(np.random.default_rng(0).choice([1, 1, 1, 2, 5], 300))
    index -= index[0]
    whole = clock_of(index * 0.02)[1]
    clock = Clock("x.csv", "t")
    parts = [clock.positions(index[s : s + 7] * 0.02, rows(s)) for s in range(0, 300, 7)]
    np.testing.assert_array_equal(whole, index)
    np.testing.assert_array_equal(np.concatenate(parts), index)


def test_one_row_has_no_rate_until_the_next():
    clock = Clock("x.csv", "t")
    assert clock.positions(np.array([3.0]), rows()).tolist() == [0]
    assert clock.rate("s") is None
    assert clock.positions(np.array([5.0, 7.0]), rows(1)).tolist() == [1, 2]
    assert clock.rate("s") == 0.5


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0, 1, 2.5, 3.5, 4.5], "row 4: 2.5 is 1.5 after 1.0 of row 3, where the regular step is 1;"),
        ([0.0, 7, 14, 22, 29, 36], "row 5: 22.0 is 8 after 14.0 of row 4, where the regular step is 7;"),
        ([0.0, 1, 2, 2, 3], "row 5: 2.0 is the time of row 4 too"),
        ([0.0, 1, 2, 1, 3], "row 5: 1.0 comes before 2.0 of row 4"),
        ([0, 1, np.nan, 3], "row 4: no time"),
        ([0.0, 1, 2, 5e6, 5e6 + 1], "row 5: 5000000.0 is 4999998 steps after 2.0 of row 4"),
        (dates("2024-01-07", "2024-01-14", "2024-01-22"), "row 4: 2024-01-22 is 691200 s after 2024-01-14"),
        (dates("2024-01-07T00:00:30", "2024-01-07"), "row 3: 2024-01-07 comes before 2024-01-07T00:00:30"),
    ],
)  # fmt: skip
def test_irregular_times_are_refused(times, message):
    with pytest.raises(InputError) as error:
        clock_of(times)
    assert f"x.csv: time column 't', {message}" in str(error.value)


def test_irregular_at_the_seam_of_two_batches():
    clock = Clock("x.csv", "t")
    clock.positions(np.array([0.0, 1, 2]), rows())
    with pytest.raises(InputError, match=r"row 5: 2\.5 is 0\.5 after 2\.0 of row 4"):
        clock.positions(np.array([2.5, 3.5]), rows(3))
