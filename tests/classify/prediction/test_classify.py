"""A participant's file through a classifier: a row for each window that is whole."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.signal

from support.models import signals, trained
from support.study_files import at_rest, text_of, times, write
from tidemark.core.errors import InputError
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file

RATE, LENGTH = 100, 400
INFO = {
    "task": "classify",
    "length": LENGTH,
    "sampling_rate": RATE,
    "classes": ["moving", "still"],
    "spectrogram": {"window": "hann", "length": 100, "hop": 50},
}


class Shaken:
    """Logits: says how probable motion is by how much power there is from 2 to 4 Hz."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, spectrograms: Any) -> Any:
        self.seen.append(spectrograms)
        power = np.exp(2.0 * spectrograms[:, :, 2:5]).sum((1, 2, 3))
        moving = power / (power + 1000)
        with np.errstate(divide="ignore"):
            return np.log(np.stack([moving, 1 - moving], 1))


def model(predict: Shaken) -> Trained:
    return trained(predict, signals(**INFO))


def recording(folder: Path, name: str = "P007.csv.gz", unit: float = 1.0) -> Path:
    """Four windows of rest, four of shaking; a value is missing in the third, rows in the sixth."""
    count = 8 * LENGTH
    values = at_rest(count)
    shaking = 0.5 * np.sin(2 * np.pi * 3 * np.arange(count) / RATE) * (np.arange(count) >= count // 2)
    values = values + shaking[:, None]
    values[2 * LENGTH + 5, 1] = np.nan
    kept = np.delete(np.arange(count), np.arange(5 * LENGTH + 10, 5 * LENGTH + 20))
    return write(folder / name, text_of(times(count)[kept], unit * values[kept], [""] * len(kept)))


def test_a_row_for_each_whole_window(tmp_path: Path) -> None:
    shaken = Shaken()
    done = predict_file(model(shaken), str(recording(tmp_path)))
    assert Path(done.destination) == tmp_path / "P007-classes.csv"
    assert "6 windows, 2 left out" in done.summary
    table = pd.read_csv(done.destination, parse_dates=["time"])
    assert list(table) == ["time", "label", "moving", "still"]
    started = (table["time"] - pd.Timestamp("2016-11-13T02:18:00")).dt.total_seconds()
    assert started.tolist() == [0, 4, 12, 16, 24, 28]
    assert table["label"].tolist() == ["still"] * 3 + ["moving"] * 3
    assert np.allclose(table["moving"] + table["still"], 1, atol=1e-4)
    _, _, z = scipy.signal.stft(
        at_rest(LENGTH)[:, 0].round(6), nperseg=100, noverlap=50, boundary=None, padded=False
    )
    scaled = np.log(np.abs(z) * 50)  # SciPy divides by the window's sum
    assert np.allclose(shaken.seen[0][0, 0], scaled, atol=1e-2)


def test_other_units_and_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(recording(tmp_path, "P008.csv", 9.80665))
    predict_file(model(Shaken()), path, "-", units="m/s2")
    first, *rows = capsys.readouterr().out.splitlines()
    assert first == "time,label,moving,still" and len(rows) == 6
    assert rows[0].startswith("2016-11-13T02:18:00.000,still,0.0")


@pytest.mark.parametrize(
    "options, said",
    [
        ({}, "set units: m/s2"),
        ({"units": "feet"}, "--units = 'feet': expected g or m/s2"),
        ({"horizon": 3}, "--horizon = 3: the model's task is classify"),
        ({"columns": ["x"]}, "--column"),
    ],
)
def test_what_it_refuses(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    path = str(recording(tmp_path, unit=9.80665))
    with pytest.raises(InputError, match=said):
        predict_file(model(Shaken()), path, **options)
    assert [each.name for each in tmp_path.iterdir()] == ["P007.csv.gz"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in (str(tmp_path / "P001.csv.gz"), "-"):
        with pytest.raises(InputError, match=r"no such file|name one"):
            predict_file(model(Shaken()), name)


def test_where_it_writes(tmp_path: Path) -> None:
    path = recording(tmp_path)
    kept = path.read_bytes()
    for wrong, said in [(path, "is the file that is read"), (tmp_path, "is a folder")]:
        with pytest.raises(InputError, match=said):
            predict_file(model(Shaken()), str(path), str(wrong))
    assert path.read_bytes() == kept
    plain, zipped = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    for destination in (plain, zipped):
        predict_file(model(Shaken()), str(path), str(destination))
    assert gzip.decompress(zipped.read_bytes()) == plain.read_bytes()
