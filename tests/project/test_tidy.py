"""Tables as people have them, against what they were written from."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project import dates
from tidemark.project.tidy import tidy
from tidemark.signals.recordings.recording import read_recording

DATES = pd.date_range("2017-06-26", periods=900, freq="h")
VALUES = np.random.default_rng(0).normal(20, 5, 900).round(3)


def read(path: Path, column: str) -> tuple[np.ndarray, float]:
    """Values and samples an hour, as the pipeline reads the table."""
    recording = read_recording(path, [column], rate_unit="hour")
    return recording.clean[0], recording.sampling_rate


@pytest.mark.parametrize(
    "form",
    [
        "%Y/%m/%d %H:%M",
        "%d.%m.%Y %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%d/%m/%Y %H:%M:%S",
        "%d-%b-%Y %H:%M",
        "%d %B %Y %H:%M",
    ],
)
def test_dates_of_any_format(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x.csv"
    pd.DataFrame({"when": DATES.strftime(form), "v": VALUES}).to_csv(path, index=False)
    tidied = tidy(path)
    assert tidied is not None
    path.write_text(tidied.text)
    values, rate = read(path, "v")
    np.testing.assert_array_equal(values, VALUES)
    assert rate == 1
    assert tidied.text.splitlines()[-1].startswith(DATES[-1].isoformat())


def test_numbers_without_leading_zeros_are_dates_too(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("date,v\n" + "".join(f"{d.year}/{d.month}/{d.day} {d.hour}:00,1\n" for d in DATES))
    tidied = tidy(path)
    assert tidied is not None and "2017-06-26T13:00:00,1" in tidied.text


@pytest.mark.parametrize(
    ("numbers", "first"),
    [
        (43831 + np.arange(48) / 24, "2020-01-01T00:00:00"),  # Excel's own number of that day
        (1577836800 + 3600 * np.arange(48), "2020-01-01T00:00:00"),
        (1577836800000 + 3600000 * np.arange(48), "2020-01-01T00:00:00"),
    ],
)
def test_days_of_excel_and_seconds_since_1970(tmp_path: Path, numbers: np.ndarray, first: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "time,v\n" + "".join(f"{number!r},{row}\n" for row, number in enumerate(numbers.tolist()))
    )
    tidied = tidy(path)
    assert tidied is not None
    assert tidied.text.splitlines()[1] == f"{first},0"
    path.write_text(tidied.text)
    assert read(path, "v")[1] == pytest.approx(1)


def test_a_date_that_may_be_two_is_refused_and_taken_as_said(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("date,v\n01/02/2020,1\n02/02/2020,2\n03/02/2020,3\n")
    with pytest.raises(
        InputError, match=r"column 'date': '01/02/2020' may be of %d/%m/%Y or %m/%d/%Y; say .*--time-format"
    ):
        tidy(path)
    tidied = tidy(path, None, "%d/%m/%Y")
    assert tidied is not None and "2020-02-03,3" in tidied.text
    with pytest.raises(InputError, match=r"row 2: '01/02/2020' is no date of the format %d\.%m\.%Y"):
        tidy(path, None, "%d.%m.%Y")


def test_time_says_which_of_two_formats_it_is() -> None:
    texts = ["30/01/2020", "31/01/2020", "01/02/2020"]
    assert dates.iso(dates.parse(texts, "x")) == ["2020-01-30", "2020-01-31", "2020-02-01"]
    with pytest.raises(InputError, match="may be of"):  # days of January as well
        dates.parse([f"01/{month:02d}/2020" for month in range(1, 13)], "x")
    years = [f"01/{month:02d}/{year}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    assert dates.iso(dates.parse(years, "x"))[:2] == ["2020-01-01", "2020-02-01"]


def test_an_instruments_lines_decimal_commas_and_an_empty_column(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = "".join(
        f"{d:%d.%m.%Y %H:%M};{v:.3f};\n".replace(f"{v:.3f}", f"{v:.3f}".replace(".", ","))
        for d, v in zip(DATES, VALUES, strict=True)
    )
    path.write_text(f"Logger 7;München;\nsince;2017;\n\nZeit;Druck [bar];\n{rows}", encoding="latin-1")
    tidied = tidy(path)
    assert tidied is not None and len(tidied.notes) == 3
    table = pd.read_csv(io.StringIO(tidied.text), parse_dates=["Zeit"])
    assert list(table) == ["Zeit", "Druck [bar]"]
    np.testing.assert_array_equal(table["Druck [bar]"], VALUES)
    assert table["Zeit"].iloc[-1] == datetime.fromisoformat(DATES[-1].isoformat())


@pytest.mark.parametrize("text", ["1.5\n2\n3\n", "2020-01-01,1.5\n2020-01-02,2\n2020-01-03,3\n"])
def test_a_header_is_added_where_there_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    tidied = tidy(path)
    assert tidied is not None and len(tidied.text.splitlines()) == 4


def test_what_can_be_read_is_left_alone(tmp_path: Path) -> None:
    for name, text in {
        "iso.csv": "date,v\n2020-01-01,1\n2020-01-02,2\n",
        "comma.csv": "time;v\n0;1,5\n1;2,5\n",
        "gaps.tsv": "time\tv\n0\t\n1\t2\n",
        "numbered.csv": "0,1\n3,4\n5,6\n",
        "words.csv": "when,v,kind\n2020-01-01,1,a\n2020-01-02,2,b\n",
    }.items():
        path = tmp_path / name
        path.write_text(text)
        assert tidy(path) is None, name
    assert tidy(tmp_path / "x.wav") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; expected a header and rows"),
        ("a,b\n1,2\n3,4,5\n6,7\n8,9\n", "row 3 has 3 cells, the header 2; fix it"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        tidy(path)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%dT%H:%M:%S%z",
        "%d.%m.%Y %H:%M:%S%z",
        "%m/%d/%Y %I:%M %p %z",
        "%Y-%m-%d %H:%M %z",
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def test_dates_with_offsets_over_a_clock_change_become_utc(tmp_path: Path, form: str, zone: str) -> None:
    """Local hours that a clock set back shows twice, or skips, have their offset to tell them."""
    for begin in ("2020-10-20", "2020-03-05"):
        local = pd.date_range(begin, periods=900, freq="h", tz=zone)
        path = tmp_path / f"{begin}.csv"
        pd.DataFrame({"when": local.strftime(form), "v": VALUES}).to_csv(path, index=False)
        if (tidied := tidy(path)) is not None:
            path.write_text(tidied.text)
            assert tidied.notes[0].endswith(", in UTC")
        recording = read_recording(path, ["v"], rate_unit="hour")
        np.testing.assert_array_equal(recording.clean[0], VALUES)
        assert recording.sampling_rate == 1
        expected = local[0].tz_convert("UTC").tz_localize(None).isoformat().removesuffix("T00:00:00")
        assert recording.first_time == expected


@pytest.mark.parametrize("suffix", ["Z", " UTC", " GMT", " +00:00"])
def test_dates_of_any_format_in_utc(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "x.csv"
    pd.DataFrame({"when": DATES.strftime("%d.%m.%Y %H:%M") + suffix, "v": VALUES}).to_csv(path, index=False)
    tidied = tidy(path)
    assert tidied is not None
    table = pd.read_csv(io.StringIO(tidied.text), parse_dates=["when"])
    np.testing.assert_array_equal(table["when"], DATES)


def test_a_format_with_an_offset_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("when,v\n20.2.1 05h00 +0200,1\n20.2.1 05h00 +0100,2\n20.2.1 06h00 +0100,3\n")
    tidied = tidy(path, "when", "%y.%m.%d %Hh%M %z")
    assert tidied is not None
    assert tidied.text == "when,v\n2020-02-01T03:00:00,1\n2020-02-01T04:00:00,2\n2020-02-01T05:00:00,3\n"


def test_days_and_years_are_no_offsets(tmp_path: Path) -> None:
    assert dates.iso(dates.parse(["30-01-2020", "31-01-2020"], "x")) == ["2020-01-30", "2020-01-31"]


@pytest.mark.parametrize("days", ["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%y"])
@pytest.mark.parametrize("clock", ["%H:%M", "%H:%M:%S", "%I:%M:%S %p"])
def test_a_date_and_a_time_of_day_in_two_columns_are_one_time(tmp_path: Path, days: str, clock: str) -> None:
    path = tmp_path / "x.csv"
    frame = pd.DataFrame({"Date": DATES.strftime(days), "Time": DATES.strftime(clock), "v": VALUES})
    frame.to_csv(path, index=False, sep=";")
    tidied = tidy(path)
    assert tidied is not None and "joined 'Date' and 'Time' as its times" in tidied.notes[0]
    path.write_text(tidied.text)
    recording = read_recording(path, ["v"], rate_unit="hour")
    np.testing.assert_array_equal(recording.clean[0], VALUES)
    assert (recording.sampling_rate, recording.first_time) == (
        1,
        DATES[0].isoformat().removesuffix("T00:00:00"),
    )


def test_years_months_days_and_hours_in_columns_are_one_time(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    frame = pd.DataFrame({"No": range(900), "year": DATES.year, "month": DATES.month, "day": DATES.day,
                          "hour": DATES.hour, "v": VALUES})  # fmt: skip
    frame.to_csv(path, index=False)
    tidied = tidy(path)
    assert tidied is not None and tidied.text.startswith("No,time,v\n0,2017-06-26")
    path.write_text(tidied.text)
    assert read(path, "v")[1] == 1


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("header", ["", "date   clock  v    w", "# date clock  v    w"])
def test_columns_that_runs_of_blanks_separate(tmp_path: Path, decimal: str, header: str) -> None:
    path = tmp_path / "x.dat"
    lines = ["Logger 7, measured by somebody", header] if header else []
    for moment, value in zip(DATES, VALUES, strict=True):
        numbers = f"{value:9.3f}\t{-value:.3f}".replace(".", decimal)
        lines.append(f"  {moment:%d.%m.%Y}  {moment:%H:%M} {numbers} ")
    path.write_text("\n".join(lines) + "\n")
    tidied = tidy(path)
    assert tidied is not None and "columns are separated by blanks" in tidied.notes
    result = tmp_path / "y.csv"
    result.write_text(tidied.text)
    values, rate = read(result, "v" if header else "column2")
    np.testing.assert_allclose(values, VALUES)
    assert rate == 1


def test_blanks_after_commas_separate_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("a, b\n" + "1, 2.5\n" * 50)
    tidied = tidy(path)
    assert tidied is not None and tidied.text.startswith("a,b\n1,2.5\n")
