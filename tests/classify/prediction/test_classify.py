"""A participant's file through a classifier: a row for each window that is whole."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.signal

from support.models import signals, trained
from support.study_files import START, at_rest, text_of, times, write
from tidemark.core.calibration import Calibration
from tidemark.core.errors import InputError
from tidemark.core.likeness import describe
from tidemark.core.store import Array
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file
from tidemark.prediction.following import follow
from tidemark.prediction.model import Model

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


def calibrated() -> Trained:
    """A model trained on windows of a sensor that hardly moves, and of one that is shaken."""
    still = at_rest(8 * LENGTH).reshape(8, LENGTH, 3).swapaxes(1, 2)
    shaken = still + 0.5 * np.sin(2 * np.pi * 3 * np.arange(LENGTH) / RATE)
    return replace(model(Shaken()), calibration=Calibration(describe(np.concatenate([still, shaken]))))


def moving(folder: Path, name: str, values: Array) -> Path:
    return write(folder / name, text_of(times(len(values)), values, [""] * len(values)))


def test_windows_unlike_those_of_training_are_refused_with_the_numbers(tmp_path: Path) -> None:
    predict_file(calibrated(), str(recording(tmp_path)))
    jumping = at_rest(4 * LENGTH) * (1 + 9 * (np.arange(4 * LENGTH) % 4 == 0))[:, None]
    smooth = np.round(at_rest(4 * LENGTH), 1) + 0.5 * np.sin(np.arange(4 * LENGTH) / 25)[:, None]
    for values, what in ((jumping, "standard deviation 2."), (smooth, "noise level 0.000")):
        path = str(moving(tmp_path, "P009.csv", values))
        with pytest.raises(InputError) as error:
            predict_file(calibrated(), path)
        assert str(error.value).startswith(f"{path}: axis 'x': {what}")
        assert "--unchecked" in str(error.value) and "rescale" not in str(error.value)
        with pytest.raises(InputError, match="^array: axis 'x': "):
            Model(calibrated()).predict(values.T)
        assert predict_file(calibrated(), path, unchecked=True).summary.endswith(
            "0 left out for missing values"
        )
        assert Model(calibrated()).predict(values.T, unchecked=True).shape == (4,)


def test_a_recording_in_any_unit_is_rescaled_to_1_g(tmp_path: Path) -> None:
    path, other = recording(tmp_path), recording(tmp_path, "P008.csv.gz", unit=1000)
    with pytest.raises(InputError, match="neither g nor m/s2"):
        predict_file(calibrated(), str(other))
    done = predict_file(calibrated(), str(other), rescale=True)
    assert done.summary.endswith("; rescaled to a median norm of 1 g")
    expected = pd.read_csv(predict_file(calibrated(), str(path)).destination)
    found = pd.read_csv(done.destination)
    assert found["label"].tolist() == expected["label"].tolist()
    np.testing.assert_allclose(found[["moving"]], expected[["moving"]], atol=2e-3)  # at rest it is 1.0006 g
    table = at_rest(4 * LENGTH)
    np.testing.assert_array_equal(
        Model(calibrated()).predict(300 * table.T, rescale=True), Model(calibrated()).predict(table.T)
    )
    with pytest.raises(InputError, match="--units = g: --rescale takes any unit"):
        predict_file(calibrated(), str(path), rescale=True, units="g")


@pytest.mark.parametrize("option", [{"interval": 0.9}, {"paths": 3}, {"std": True}])
def test_what_a_class_has_not_is_refused_with_what_it_has(tmp_path: Path, option: dict[str, Any]) -> None:
    with pytest.raises(
        InputError, match=r"^--.*: a class has no .* the probability of every class is written"
    ):
        predict_file(calibrated(), str(recording(tmp_path)), **option)


def followed(model: Trained, pieces: Iterator[bytes], **options: Any) -> str:
    """What is written where lines come in these pieces."""
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        stream = SimpleNamespace(read1=lambda size: next(pieces, b""))
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        patch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=out.flush, fileno=lambda: -1))
        follow(model, "-", **options)
    return out.getvalue().decode()


def cut(text: str, size: int) -> Iterator[bytes]:
    data = text.encode()
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [37, 5000, 2**20])
def test_lines_as_they_come_give_what_a_file_gives(tmp_path: Path, size: int) -> None:
    random = np.random.default_rng(0)
    count = 12 * LENGTH
    kept = np.ones(count, dtype=bool)
    for start, rows in ((700, 3), (2000, 1), (2390, 20), (3333, 900)):
        kept[start : start + rows] = False
    values = at_rest(count) + 0.4 * np.sin(np.arange(count) / 5)[:, None] * (np.arange(count) > 2000)[:, None]
    values[[10, 1500]] = np.nan
    jitter = np.rint(random.normal(0, 1e6, count)).astype(np.int64)
    text = text_of((times(count) + jitter)[kept], values[kept], [""] * kept.sum())
    for unit in ("g", "m/s2"):
        text = text if unit == "g" else text_of(times(count)[kept], 9.80665 * values[kept], [""] * kept.sum())
        done = predict_file(model(Shaken()), str(write(tmp_path / "P001.csv", text)), units=unit)
        whole = Path(done.destination).read_text()
        found = followed(model(Shaken()), cut(text, size), units=unit)
        assert found.count("\n") == whole.count("\n") >= 4
        pd.testing.assert_frame_equal(
            pd.read_csv(io.StringIO(found)), pd.read_csv(io.StringIO(whole)), rtol=0, atol=2e-4
        )


def test_a_window_is_written_when_its_last_row_has_come() -> None:
    lines = text_of(times(5 * LENGTH), at_rest(5 * LENGTH), [""] * 5 * LENGTH).splitlines(keepends=True)
    out, written = io.BytesIO(), []

    def feed() -> Iterator[bytes]:
        for line in lines:
            written.append(out.getvalue().count(b"\n"))
            yield line.encode()
        written.append(out.getvalue().count(b"\n"))

    pieces = feed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys, "stdin", SimpleNamespace(buffer=SimpleNamespace(read1=lambda size: next(pieces, b"")))
        )
        patch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=out.flush, fileno=lambda: -1))
        follow(model(Shaken()), "-")
    assert written[1:] == [1 + row // LENGTH for row in range(5 * LENGTH + 1)]


def test_memory_does_not_grow_with_the_recording() -> None:
    def feed(blocks: int) -> Iterator[bytes]:
        yield b"time,x,y,z\n"
        for block in range(blocks):
            moments = START + np.timedelta64(10, "ms") * np.arange(block * LENGTH, (block + 1) * LENGTH)
            yield "".join(f"{str(now)[:23].replace('T', ' ')},0.6,-0.64,0.48\n" for now in moments).encode()

    peaks = []
    for blocks in (20, 100):
        plain = trained(lambda pictures: np.zeros((len(pictures), 2)), signals(**INFO))
        tracemalloc.start()
        assert followed(plain, feed(blocks)).count("\n") == blocks + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 50_000  # bytes; the rows more are over a million


def slow(rate: float) -> str:
    """A clock that gives so many rows a second."""
    return text_of(times(20 * LENGTH, rate), at_rest(20 * LENGTH), [""] * 20 * LENGTH)


@pytest.mark.parametrize(("rate", "windows"), [(99.98, 18), (100.02, 19)])
def test_a_clock_that_drifts_by_a_sample_costs_a_window_at_most(rate: float, windows: int) -> None:
    """8,000 rows are 1.6 samples late: one place is left free; or early: one row has no place."""
    found = followed(model(Shaken()), cut(slow(rate), 2**16))
    assert windows <= found.count("\n") - 1 <= windows + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "standard input: row 1: the file is empty"),
        ("time,x,y\n", "standard input: row 1: expected columns time, x, y, z"),
        ("time,x,y,z\n2020-01-01 00:00:00,1,0,0\n", "standard input: 1 rows, where a window has 400; send more"),
        (slow(50), "standard input: 50 rows a second, but the model takes 100, and with --follow nothing is resampled"),
        (text_of(times(500), 9.8 * at_rest(500), [""] * 500), "standard input: rows 2 to 411: the median norm"),
        (slow(100)[:30_000] + "oops\n", "standard input: row "),
        (text_of(times(500)[[*range(450), 448]], at_rest(451), [""] * 451), "standard input: row 452: "),
        (text_of(times(500), at_rest(500), [""] * 500).replace("\n", ",\n", 1), "standard input: row "),
    ],
)  # fmt: skip
def test_lines_that_are_wrong_are_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        followed(model(Shaken()), cut(text, 1000))
    assert str(error.value).startswith(said) and "\n" not in str(error.value)
