"""Numbers that stand for missing values, put into signals of which nothing else is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project import sentinels
from tidemark.project.readable import Timing, readable
from tidemark.signals.recordings.missing import parse, without
from tidemark.signals.recordings.recording import read_recording

RANDOM = np.random.default_rng(0)
TEMPERATURE = RANDOM.normal(12, 8, 4000).round(1)


@pytest.mark.parametrize(
    "number", [-999, -9999, 9999, -99.9, -999.25, 99999, 1e20, -1e30, 9.969209968386869e36, -32768]
)
def test_a_number_far_outside_that_is_there_often_is_found(number: float) -> None:
    values = TEMPERATURE.copy()
    values[[5, 100, 101, 102, 3999]] = number
    assert sentinels.find(values[None]) == [number]
    gone = without(values[None], [number])
    assert np.flatnonzero(np.isnan(gone[0])).tolist() == [5, 100, 101, 102, 3999]


@pytest.mark.parametrize("number", [-999.9, -999.25, 99.99, 1e20, 9.969209968386869e36])
def test_a_number_that_a_file_holds_in_float32_is_the_same(tmp_path: Path, number: float) -> None:
    values = TEMPERATURE.astype(np.float32)
    values[[5, 100, 101, 102, 3999]] = number
    found = sentinels.find(values[None].astype(np.float64))
    assert found == [pytest.approx(number, rel=1e-7)] and (number > 1e6 or found == [number])
    assert "5 times" in sentinels.said(values[None], found, ["v"])[0]
    np.save(tmp_path / "x.npy", values)
    read = read_recording(tmp_path / "x.npy", sampling_rate=1, missing=[number]).clean[0]
    for gone in (read, without(values, [number]), without(values, found)):
        assert np.flatnonzero(np.isnan(gone)).tolist() == [5, 100, 101, 102, 3999]


def test_a_number_beyond_float32_is_not_taken_for_infinity() -> None:
    np.testing.assert_array_equal(without(np.array([1, np.inf, 1e300]), [1e300]), [1, np.inf, np.nan])


def test_two_of_them_in_one_column_are_found() -> None:
    values = TEMPERATURE.copy()
    values[::50], values[1::50] = -999, -9999
    assert sentinels.find(values[None]) == [-9999, -999]


@pytest.mark.parametrize(
    "values",
    [
        TEMPERATURE,
        np.append(TEMPERATURE, [-999, -999]),  # twice only
        np.append(TEMPERATURE, [-500] * 9),  # no such number
        np.append(RANDOM.normal(7000, 2000, 4000).round(), [9999] * 9),  # within the rest
        np.clip(RANDOM.normal(0, 20000, 4000).round(), -32768, 32767),  # a clipped sound
        np.full(100, -999.0),  # nothing else
    ],
)
def test_what_may_be_a_value_is_left_alone(values: np.ndarray) -> None:
    assert sentinels.find(values[None]) == []


def test_the_entry_says_it_to_the_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("v\n1\n-999\n3\n-999.0\n5\n")
    values = read_recording(path, sampling_rate=1, missing=[-999]).clean[0]
    np.testing.assert_array_equal(values, [1, np.nan, 3, np.nan, 5])


def test_times_are_resampled_without_them(tmp_path: Path) -> None:
    path, times = tmp_path / "x.csv", np.arange(900) * 60 + RANDOM.integers(0, 20, 900)
    values = np.sin(times / 5000).round(4)
    values[[50, 51, 52, 53, 54, 55]] = -999
    pd.DataFrame({"time": pd.to_datetime(times, unit="s"), "v": values}).to_csv(path, index=False)
    for missing, lowest in ((None, -1.0), ([-999.0], -1.0), ([], -999.0)):
        with readable([path], Timing(missing=missing)) as (read, tidied):
            assert tidied is not None
            assert any("-999 stands 6 times in 'v'" in note for note in tidied.notes) == (lowest == -1.0)
            assert [*tidied.missing] == ([-999] if lowest == -1.0 else [])
            assert np.nanmin(read_recording(read).clean) == pytest.approx(lowest, abs=1e-2)


def test_what_a_user_says_of_them() -> None:
    assert parse([]) is None and parse(["none"]) == []
    assert parse(["-999", "1e20"]) == [-999, 1e20]
    with pytest.raises(InputError, match="--missing nine: expected a number"):
        parse(["nine"])
