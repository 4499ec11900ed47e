"""Irregular times on a grid, against pandas' own interpolation and means."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project.regular import regular
from tidemark.signals.recordings.recording import read_recording

RNG = np.random.default_rng(0)


def jittered(rows: int = 200) -> pd.DataFrame:
    """A row about every hour, of two columns."""
    hours = pd.date_range("2020-01-01", periods=rows, freq="h")
    times = hours + pd.to_timedelta(RNG.integers(-900, 900, rows), unit="s")
    return pd.DataFrame({"time": times, "a": RNG.normal(size=rows), "b": RNG.normal(size=rows)})


def written(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False, date_format="%Y-%m-%d %H:%M:%S.%f")
    return path


def lines(frame: pd.DataFrame, grid: pd.DatetimeIndex) -> pd.DataFrame:
    """Values of a table at the times of a grid, on lines between its rows."""
    table = frame.set_index("time").sort_index()
    both = table.reindex(table.index.union(grid)).interpolate("time")
    return both.loc[grid]


def test_lines_to_the_round_step_beside_the_median(tmp_path: Path) -> None:
    frame = jittered()
    even = regular(written(frame, tmp_path / "x.csv"), None, None)
    assert even is not None
    result = pd.read_csv(
        io.StringIO(even.text), float_precision="round_trip", parse_dates=["time"], index_col="time"
    )
    steps = frame["time"].diff().dt.total_seconds()
    assert 3420 < steps.median() < 3780 and steps.median() != 3600
    grid = pd.date_range(frame["time"].min().ceil("h"), frame["time"].max(), freq="h")
    pd.testing.assert_frame_equal(result, lines(frame, grid), check_freq=False, check_names=False)
    assert even.notes == [
        f"irregular times (steps from {steps.min():g} to {steps.max():g} s, median {steps.median():g} s): "
        f"resampled to one sample every 3600 s by linear interpolation, 200 rows to {len(grid)} samples, no gap"
    ]
    (tmp_path / "even.csv").write_text(even.text)
    assert read_recording(tmp_path / "even.csv", ["a"], rate_unit="hour").sampling_rate == 1


def test_the_median_step_itself_where_no_round_one_is_near(tmp_path: Path) -> None:
    times = np.cumsum(RNG.choice([6, 7, 7, 7, 9], 101)) / 10  # no round step within a twentieth of 0.7
    values = RNG.normal(size=101)
    pd.DataFrame({"t": times, "v": values}).to_csv(tmp_path / "x.csv", index=False)
    even = regular(tmp_path / "x.csv", "t", None)
    assert even is not None
    result = pd.read_csv(io.StringIO(even.text), float_precision="round_trip")
    grid = times[0] + 0.7 * np.arange(len(result))
    assert times[-1] - 0.7 < grid[-1] <= times[-1] + 1e-9
    np.testing.assert_allclose(result["t"], grid)
    np.testing.assert_allclose(result["v"], np.interp(grid, times, values))


def test_long_gaps_stay_missing_and_short_ones_do_not(tmp_path: Path) -> None:
    minutes = np.array([0, 1, 2.5, 3, 4, 7, 8, 12.5, 13, 14, 15])  # 3 steps to 7, 4.5 to 12.5
    frame = pd.DataFrame({"t": minutes, "v": minutes**2, "w": minutes})
    frame.loc[3, "w"] = np.nan  # bridged in its own column
    frame.to_csv(tmp_path / "x.csv", index=False)
    even = regular(tmp_path / "x.csv", "t", None)
    assert even is not None and "4 samples in 1 gap of more than 3 steps stay missing" in even.notes[0]
    result = pd.read_csv(io.StringIO(even.text), float_precision="round_trip")
    expected = np.interp(np.arange(16), minutes, minutes**2)
    expected[9:13] = np.nan
    np.testing.assert_allclose(result["v"], expected)
    np.testing.assert_allclose(result["w"], np.where(np.isnan(expected), np.nan, np.arange(16)))


def test_rows_that_are_on_a_grid_keep_their_values(tmp_path: Path) -> None:
    frame = jittered(100)
    frame["time"] = pd.date_range("2020-01-01 00:07", periods=100, freq="h")
    frame.loc[40, "time"] += pd.Timedelta(minutes=20)
    even = regular(written(frame, tmp_path / "x.csv"), None, None)
    assert even is not None
    result = pd.read_csv(io.StringIO(even.text), float_precision="round_trip")
    assert result["time"][0] == "2020-01-01T00:07:00" and len(result) == 100
    others = np.delete(np.arange(100), 40)
    np.testing.assert_array_equal(result["a"][others], frame["a"][others])


def test_a_rate_below_the_median_ones_takes_means(tmp_path: Path) -> None:
    frame = jittered()
    even = regular(written(frame, tmp_path / "x.csv"), None, (4, "day"))
    assert even is not None and "every 21600 s by means of the rows around it" in even.notes[0]
    result = pd.read_csv(
        io.StringIO(even.text), float_precision="round_trip", parse_dates=["time"], index_col="time"
    )
    nearest = frame["time"].dt.round("6h")
    expected = frame.groupby(nearest)[["a", "b"]].mean()
    pd.testing.assert_frame_equal(result, expected.loc[result.index], check_names=False)


def test_rows_out_of_order_are_sorted(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2020-01-01", periods=50, freq="D"), "v": RNG.normal(size=50)}
    )
    even = regular(written(frame[::-1], tmp_path / "x.csv"), None, None)
    assert even is not None and even.notes == ["sorted its rows by time"]
    result = pd.read_csv(io.StringIO(even.text), float_precision="round_trip", parse_dates=["time"])
    np.testing.assert_array_equal(result["v"], frame["v"])
    np.testing.assert_array_equal(result["time"], frame["time"])


@pytest.mark.parametrize("step", ["h", "MS", "QS", "YS", "B"])
def test_what_is_regular_or_a_calendars_is_left_alone(tmp_path: Path, step: str) -> None:
    times = pd.date_range("2000-01-01", periods=60, freq=step)
    frame = pd.DataFrame({"time": times, "v": RNG.normal(size=60)})
    if step == "h":
        frame = frame.drop(index=range(20, 30))
    assert regular(written(frame, tmp_path / "x.csv"), None, None) is None
    assert regular(written(frame[["v"]], tmp_path / "y.csv"), None, None) is None


def test_a_grid_that_would_be_empty_is_refused(tmp_path: Path) -> None:
    bursts = pd.date_range("2020-01-01", periods=20, freq="D")
    times = [start + pd.Timedelta(seconds=1.1 * row**1.1) for start in bursts for row in range(20)]
    frame = pd.DataFrame({"time": times, "v": 1.0})
    path = written(frame, tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"would be missing; choose fewer samples with --rate") as error:
        regular(path, None, None)
    assert str(error.value).startswith(f"{path}: time column 'time': steps from ")
    daily = regular(path, None, (1, "day"))
    assert daily is not None and re.search("400 rows to 20 samples, no gap", daily.notes[0])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_an_hour_that_is_there_twice_is_refused_with_the_zone_it_fits(tmp_path: Path, zone: str) -> None:
    local = pd.date_range("2021-09-01", periods=2500, freq="h", tz=zone).tz_localize(None)
    path = tmp_path / "x.csv"
    pd.DataFrame({"time": local, "v": np.arange(2500.0)}).to_csv(path, index=False)
    with pytest.raises(
        InputError, match=f"have one time, 2021-1.-..T0.:00:00; keep one of them, .* --time-zone {zone}$"
    ):
        regular(path, None, None)
    pd.DataFrame({"time": [*local[:9], local[8]], "v": 1.0}).to_csv(path, index=False)
    with pytest.raises(
        InputError, match="rows 10 and 11 have one time, 2021-09-01T08:00:00; keep one of them$"
    ):
        regular(path, None, None)
