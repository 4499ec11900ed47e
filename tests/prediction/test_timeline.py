"""Times that go on: at the file's own step, written as the file writes them."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.prediction import timeline as module
from tidemark.prediction.stamps import date_text, number_text
from tidemark.prediction.timeline import Timeline
from tidemark.signals.recordings import delimited_lines
from tidemark.signals.recordings.formats import open_source


def continued(tmp_path, texts, count, unit="sample", rate=1.0):
    """The times after those of a CSV file, which is read in pieces."""
    path = tmp_path / "x.csv"
    path.write_text("time;x\n" + "".join(f"{text};1\n" for text in texts))
    with open_source(path) as source:
        timeline = Timeline(source, 0, SimpleNamespace(rate_unit=unit, sampling_rate=rate))
        positions = np.concatenate([timeline.positions(batch) for batch in source.batches([0]) if len(batch)])
        return timeline.texts(count), positions


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 100)
    monkeypatch.setattr(module, "SAMPLED", 3)


# How pandas, by its own calendar, writes dates a step apart.
GRIDS = [
    ("2024-02-20", "D", "%Y-%m-%d", "day", 1),
    ("2023-12-04", "7D", "%Y-%m-%d", "week", 1),
    ("1958-03-29", "7D", "%Y%m%d", "week", 1),
    ("2024-02-27 05:00", "h", "%Y-%m-%d %H:%M", "hour", 1),
    ("2024-02-27T05:00", "15min", "%Y-%m-%dT%H:%M:%S", "hour", 4),
    ("2024-02-27T05:00", "15min", "%Y%m%dT%H%M%S", "hour", 4),
    ("2024-12-31T23:59:30", "s", "%Y-%m-%dT%H:%M:%SZ", "s", 1),
    ("2024-12-31T23:59:59", "100ms", "%Y-%m-%d %H:%M:%S.%f", "s", 10),
    ("2024-12-30", "7D", "%G-W%V", "week", 1),
    ("2024-12-20", "D", "%G-W%V-%u", "day", 1),
]


@pytest.mark.parametrize(("start", "step", "form", "unit", "rate"), GRIDS)
@pytest.mark.parametrize("any_rate", [False, True])
def test_dates_go_on_in_the_form_of_the_file(tmp_path, start, step, form, unit, rate, any_rate):
    expected = list(pd.date_range(start, periods=40, freq=step).strftime(form))
    found, _ = continued(tmp_path, expected[:30], 10, "sample" if any_rate else unit, float(rate))
    assert found == expected[30:]


@pytest.mark.parametrize("freq", ["MS", "ME", "QS", "QE", "YS", "YE", "2MS", "SMS"])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
def test_months_quarters_and_years_go_on_by_the_calendar(tmp_path, freq, form):
    expected = list(pd.date_range("1999-11-01", periods=45, freq=freq).strftime(form))
    if freq == "SMS":  # twice a month: neither months nor a constant step
        with pytest.raises(InputError, match="resample to one constant step"):
            continued(tmp_path, expected, 5)
        return
    found, positions = continued(tmp_path, expected[:33], 12)
    assert found == expected[33:]
    assert positions.tolist() == list(range(33))


def test_last_days_of_months_though_the_first_rows_are_all_the_31st(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 30)
    dates = list(pd.date_range("2025-01-31", periods=14, freq="2ME").strftime("%Y-%m-%d"))
    assert continued(tmp_path, dates[:10], 4)[0] == dates[10:]


def test_missing_months_are_a_gap(tmp_path):
    dates = list(pd.date_range("2020-01-31", periods=40, freq="ME").strftime("%Y-%m-%d"))
    found, positions = continued(tmp_path, [*dates[:20], *dates[25:38]], 2)
    assert found == dates[38:]
    assert positions.tolist() == [*range(20), *range(25, 38)]


def test_a_row_that_is_no_month_is_refused(tmp_path):
    dates = list(pd.date_range("2020-01-01", periods=30, freq="MS").strftime("%Y-%m-%d"))
    for wrong in ("2022-07-02", dates[29], dates[3]):
        with pytest.raises(InputError, match="row 32: .* is not a whole number of steps of 1 month") as error:
            continued(tmp_path, [*dates, wrong], 2)
        assert "\n" not in str(error.value)


def test_months_are_no_constant_rate(tmp_path):
    dates = list(pd.date_range("2020-01-01", periods=30, freq="MS").strftime("%Y-%m-%d"))
    with pytest.raises(InputError, match="regular step"):
        continued(tmp_path, dates, 2, "day", 1 / 30)


def test_missing_rows_are_a_gap(tmp_path):
    days = list(pd.date_range("2024-01-01", periods=50, freq="D").strftime("%Y-%m-%d"))
    found, positions = continued(tmp_path, [*days[:10], *days[14:45]], 5)
    assert found == days[45:]
    assert positions.tolist() == [*range(10), *range(14, 45)]


def test_the_time_zone_is_kept(tmp_path):
    hours = [f"2024-03-30T{hour:02}:00+05:30" for hour in range(10, 23)]
    found, _ = continued(tmp_path, hours, 3, "hour")
    assert found == ["2024-03-30T23:00+05:30", "2024-03-31T00:00+05:30", "2024-03-31T01:00+05:30"]


def test_the_latest_time_zone_goes_on_after_a_change(tmp_path):
    hours = [f"2024-03-31T{hour:02}:00+01:00" for hour in range(2)]
    hours += [f"2024-03-31T{hour:02}:00+02:00" for hour in range(3, 5)]
    assert continued(tmp_path, hours, 2, "hour")[0] == ["2024-03-31T05:00+02:00", "2024-03-31T06:00+02:00"]


def test_midnight_without_a_time_of_day_among_times(tmp_path):
    hours = pd.date_range("2024-03-01", periods=30, freq="6h")
    texts = [text.removesuffix("T00:00:00") for text in hours.strftime("%Y-%m-%dT%H:%M:%S")]
    found, _ = continued(tmp_path, texts[:29], 1)
    assert found == [hours[29].strftime("%Y-%m-%dT%H:%M:%S")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([str(year) for year in range(1700, 1730)], ["1730", "1731", "1732"]),
        ([f"{k / 50:g}" for k in range(26)], ["0.52", "0.54", "0.56"]),
        ([f"{k / 50:.3f}".replace(".", ",") for k in range(26)], ["0,520", "0,540", "0,560"]),
        ([f'"{k - 30}"' for k in range(29)], ["-1", "0", "1"]),
        ([f"{k}e-3" for k in range(1, 30)], ["0.030", "0.031", "0.032"]),
        ([str(1700000000000000123 + 10**9 * k) for k in range(30)],
         [str(1700000000000000123 + 10**9 * k) for k in (30, 31, 32)]),
    ],
)  # fmt: skip
def test_numbers_go_on_with_as_many_places(tmp_path, texts, expected):
    assert continued(tmp_path, texts, 3)[0] == expected


def test_rounded_times_do_not_drift(tmp_path):
    found, _ = continued(tmp_path, [f"{k / 3:.2f}" for k in range(1, 61)], 60)
    np.testing.assert_allclose([float(text) for text in found], np.arange(61, 121) / 3, atol=0.015)


def test_one_row_shows_no_step(tmp_path):
    with pytest.raises(InputError, match="one row shows no step of time"):
        continued(tmp_path, ["2024-01-01"], 2)


def test_a_rate_that_is_not_the_models(tmp_path):
    days = list(pd.date_range("2024-01-01", periods=30, freq="D").strftime("%Y-%m-%d"))
    with pytest.raises(InputError, match="7 rows per week, but the model was trained at 1"):
        continued(tmp_path, days, 2, "week", 1.0)


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("2024-01-01", "1970-01-02"),
        ("20240101", "19700102"),
        ("2024-01-01T12", "1970-01-02T03"),
        ("2024-01-01T12:30", "1970-01-02T03:04"),
        ("2024-01-01 12:30:15", "1970-01-02 03:04:05"),
        ("2024-01-01T12:30:15,1", "1970-01-02T03:04:05,7"),
        ("2024-01-01T12:30:15.123456789", "1970-01-02T03:04:05.678900000"),
        ("2024-01-01T12:30Z", "1970-01-02T03:04Z"),
        ("2024-01-01T12:30-0800", "1970-01-01T19:04-0800"),
        ("2024-01-01T12:30:15+05", "1970-01-02T08:04:06+05"),
        ("2024W011", "1970W015"),
    ],
)
def test_a_moment_in_many_forms(example, expected):
    moment = Fraction(((24 + 3) * 3600 + 4 * 60 + 5) * 1_000_000 + 678_900)
    # Rounded, not cut, to the smallest part.
    if example == "2024-01-01 12:30:15":
        moment -= 400_000
    assert date_text(moment, example) == expected


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [(Fraction(1, 3), 2, "0.33"), (Fraction(-1, 20), 2, "-0.05"), (Fraction(-1, 1000), 2, "0.00"),
     (Fraction(1999, 1000), 1, "2.0"), (Fraction(120), 0, "120")],
)  # fmt: skip
def test_a_number_in_so_many_places(number, places, expected):
    assert number_text(number, places, ".") == expected
