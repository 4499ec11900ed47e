"""Recordings that libraries ship, written as anyone's own: what is in them, and that it can be read."""

from pathlib import Path

import matplotlib.cbook
import numpy as np
import pytest
from statsmodels.datasets import co2, sunspots

from stages.recorded import recorded
from tidemark.signals.recordings.recording import read_recording


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("recorded")
    recorded(found)
    assert sorted(path.name for path in found.iterdir()) == ["co2.csv", "shares.csv", "sunspots.csv"]
    return found


def test_shares_are_the_logarithms_of_what_is_shipped_and_go_together(folder: Path) -> None:
    assert (folder / "shares.csv").read_text().startswith("day,volume,range\n0,16.92")
    found = read_recording(
        folder / "shares.csv", columns=["volume", "range"], sampling_rate=1, rate_unit="sample"
    )
    with np.load(matplotlib.cbook.get_sample_data("goog.npz", asfileobj=False)) as arrays:
        days = arrays["price_data"]
    assert found.clean.shape == (2, 1047)
    np.testing.assert_allclose(np.exp(found.clean[0]), days["volume"], rtol=1e-6)
    np.testing.assert_allclose(np.exp(np.exp(found.clean[1])), days["high"] / days["low"], rtol=1e-5)
    assert np.corrcoef(found.clean)[0, 1] > 0.5


def test_co2_is_weekly_and_missing_weeks_are_missing(folder: Path) -> None:
    assert (folder / "co2.csv").read_text().startswith("date,co2\n1958-03-29,316.1\n")
    found = read_recording(folder / "co2.csv", columns=["co2"], time_column="date", rate_unit="week")
    expected = co2.load_pandas().data["co2"].to_numpy()
    np.testing.assert_array_equal(found.clean[0], expected)
    assert np.isnan(expected).any()
    assert (found.sampling_rate, found.first_time) == (1.0, "1958-03-29")


def test_sunspots_are_yearly_numbers(folder: Path) -> None:
    assert (folder / "sunspots.csv").read_text().startswith("year,sunspots\n1700,5\n")
    found = read_recording(folder / "sunspots.csv", columns=["sunspots"], sampling_rate=1, rate_unit="sample")
    np.testing.assert_array_equal(found.clean[0], sunspots.load_pandas().data["SUNACTIVITY"].to_numpy())


def test_they_are_the_same_bytes_each_time(folder: Path, tmp_path: Path) -> None:
    recorded(tmp_path)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
