"""Nixtla's long format against pandas' pivot."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project.readable import Timing, readable
from tidemark.project.tidy import tidy

HOURS = pd.date_range("2020-01-01", periods=120, freq="h")
SPANS = {"H10": (0, 120), "H2": (0, 90), "H1": (15, 100)}
LONG = pd.concat(
    [
        pd.DataFrame({"unique_id": name, "ds": HOURS[begin:end], "y": np.arange(begin, end) + 0.5 * row})
        for row, (name, (begin, end)) in enumerate(SPANS.items())
    ]
)


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), parse_dates=["ds"], index_col="ds")


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+02:00", "%d.%m.%Y %H:%M"])
def test_a_column_for_each_series_on_all_times(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x.csv"
    LONG.sample(frac=1, random_state=0).sort_values("unique_id").to_csv(path, index=False, date_format=form)
    with readable([path], Timing()) as (_, tidied):
        assert tidied is not None
    result = read(tidied.text)
    expected = LONG.pivot(index="ds", columns="unique_id", values="y")
    assert {*result} == {*SPANS}
    np.testing.assert_array_equal(result[[*expected]], expected)
    assert tidied.notes[-1] == (
        "long format: a column for each of 3 series of 85 to 120 rows, missing where a series has none, 120 times"
    )


def test_only_the_series_that_are_wanted_and_their_times(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    LONG.assign(promotion=1).to_csv(path, index=False)
    tidied = tidy(path, series=["H1"])
    assert tidied is not None
    result = read(tidied.text)
    assert [*result] == ["H1"]
    np.testing.assert_array_equal(result["H1"], LONG[LONG["unique_id"] == "H1"]["y"])
    assert tidied.notes == [
        "long format: 1 of 3 series taken, a column each, of 85 rows, 85 times",
        "left out columns beside 'y': promotion",
    ]


def test_whole_numbers_for_times_count_samples(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("unique_id,ds,y\nM1,1,10\nM1,2,11\nM1,4,13\nM2,2,21\nM2,3,\n")
    tidied = tidy(path)
    assert tidied is not None and tidied.text == "M1,M2\n10,\n11,21\n,\n13,\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,2020-01-01,1\na,2020-01-02,2\na,2020-01-01,3\n", "series 'a' has two rows for 2020-01-01; keep one row for each time"),
        ("a,2020-01-01,1\na,2020-01-02,2\na,soon,3\n", "row 4, column 'ds': expected a date or a whole number, got 'soon'; say the format of dates with --time-format"),
    ],
)  # fmt: skip
def test_what_is_no_long_table_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"unique_id,ds,y\n{text}")
    with pytest.raises(InputError) as error:
        tidy(path)
    assert str(error.value) == f"{path}: {message}"


def test_a_series_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    LONG.to_csv(path, index=False)
    with pytest.raises(InputError, match="no series 'H9' in column 'unique_id'; there are H10, H2, H1"):
        tidy(path, series=["H9"])
