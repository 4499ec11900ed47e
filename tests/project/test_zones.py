"""Dates with names of zones, and of a named zone, against pandas and the tz database."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project import dates
from tidemark.project.tidy import tidy

AUTUMN = pd.date_range("2021-10-30", "2021-11-02", freq="h", tz="Europe/Berlin")
NEW_YORK = pd.date_range("2021-11-06", "2021-11-09", freq="h", tz="America/New_York")


def _utc(times: pd.DatetimeIndex) -> np.ndarray:
    return times.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M %Z", "%d.%m.%Y %H:%M:%S %Z", "%m/%d/%Y %I:%M %p %Z"])
@pytest.mark.parametrize("times", [AUTUMN, NEW_YORK], ids=["CEST, CET", "EDT, EST"])
def test_abbreviations_over_a_clock_change(form: str, times: pd.DatetimeIndex) -> None:
    found = dates.parse([*times.strftime(form)], "x")
    assert found is not None
    np.testing.assert_array_equal(found, _utc(times))


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("EST", "Australia/Sydney"),
        ("IST", "Asia/Kolkata"),
        ("CST", "Asia/Shanghai"),
        ("QQT", "Europe/Berlin"),
    ],
)
def test_an_abbreviation_of_several_zones_is_refused_with_a_hint(zone: str, hint: str) -> None:
    texts = [
        f"{text} {zone}"
        for text in pd.date_range("2021-01-01", periods=50, freq="h").strftime("%Y-%m-%d %H:%M")
    ]
    with pytest.raises(InputError, match=f"{zone}.*--time-zone.*{hint}|{zone}.*{hint}.*--time-zone"):
        dates.parse(texts, "x")
    assert dates.parse(texts, "x", zone="Asia/Kolkata") is not None


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"])
@pytest.mark.parametrize("month", ["2021-03-27", "2021-10-30"])
def test_local_times_of_a_named_zone(tmp_path: Path, form: str, month: str) -> None:
    times = pd.date_range(month, periods=72, freq="h", tz="Europe/Berlin")
    path = tmp_path / "load.csv"
    pd.DataFrame({"when": times.strftime(form), "v": range(72)}).to_csv(path, index=False)
    tidied = tidy(path, time_zone="Europe/Berlin")
    assert tidied is not None and "in UTC" in tidied.notes[0]
    written = [np.datetime64(line.split(",")[0], "us") for line in tidied.text.splitlines()[1:]]
    np.testing.assert_array_equal(written, _utc(times))


def test_an_hour_that_should_be_there_twice_and_is_there_once() -> None:
    local = AUTUMN.tz_localize(None).drop_duplicates()
    found = dates.parse([*local.strftime("%Y-%m-%d %H:%M")], "x", zone="Europe/Berlin")
    assert found is not None
    np.testing.assert_array_equal(np.unique(np.diff(found)), np.array([3600, 7200], "timedelta64[s]"))


def test_what_a_zone_cannot_be_is_refused(tmp_path: Path) -> None:
    texts = ["2021-03-28 01:00", "2021-03-28 02:00", "2021-03-28 03:00"]
    with pytest.raises(InputError, match="not the times of Europe/Berlin"):
        dates.parse(texts, "x", zone="Europe/Berlin")
    with pytest.raises(InputError, match="--time-zone Berlin: unknown"):
        dates.parse(texts, "x", zone="Berlin")
    (tmp_path / "x.csv").write_text("v,w\n" + "1,2\n" * 30)
    with pytest.raises(InputError, match="no column of dates"):
        tidy(tmp_path / "x.csv", time_zone="Europe/Berlin")
