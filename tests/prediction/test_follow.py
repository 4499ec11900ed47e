"""Lines as they come: what is written when, equal to what a file gives, in memory that does not grow."""

from __future__ import annotations

import io
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import numpy as np
import pandas as pd
import psutil
import pytest
import torch

from support.calibrated import calibrated
from support.models import signals, trained
from tidemark.core import trained as stored
from tidemark.core.calibration import Calibration
from tidemark.core.conformal import pooled_half_widths
from tidemark.core.errors import InputError
from tidemark.core.likeness import describe
from tidemark.core.store import Array
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file
from tidemark.prediction.following import follow
from tidemark.prediction.loading import load_model

SOURCE = Path(__file__).parents[2] / "src"
HOUR = 360_000
"""Rows of an hour at 100 Hz."""


def save(folder: Path, bidirectional: bool = False) -> Path:
    """A recurrent network that was not trained, at 100 Hz."""
    info = signals(name="sine", length=100, sampling_rate=100.0, rate_unit="s", mean=[5.0], std=[2.0])
    chosen = {"hidden": 3, "bidirectional": bidirectional}
    torch.manual_seed(0)
    network = stored.build("recurrent", chosen, info, "test")
    known = stored.TrainedInfo("tiny", "recurrent", chosen, not bidirectional, 1, info)
    stored.save(folder / "tiny", known, network.state_dict())
    return folder / "tiny"


def rows(count: int) -> list[str]:
    random = np.random.default_rng(0)
    t = np.arange(count)
    values = 5 + 2 * np.sin(t / 60) + random.normal(0, 0.3, count)
    return [
        f"{time / 100:.2f},{'' if time % 977 == 5 else f'{value:.4f}'},n{time % 7}\n"
        for time, value in zip(t.tolist(), values.tolist(), strict=True)
        if time % 4999 != 3
    ]


@contextmanager
def started(model: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`tidemark predict MODEL - --follow`, and its streams, which are closed at the end."""
    code = "from tidemark.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "predict", str(model), "-", "--follow", *options],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield process


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), skip_blank_lines=False)


def offline(model: Trained, folder: Path, text: str, **options: Any) -> str:
    """What is written for a file of the same text."""
    source, destination = folder / "x.csv", folder / "y.csv"
    source.write_bytes(text.encode())
    predict_file(model, str(source), str(destination), **options)
    return destination.read_bytes().decode()


def followed(model: Trained, text: str, pieces: int, **options: Any) -> str:
    """What is written where lines come in pieces of so many bytes."""

    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            return super().read1(pieces)

    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=Slow(text.encode())))
        patch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=out.flush, fileno=lambda: -1))
        follow(model, "-", **options)
    return out.getvalue().decode()


def assert_equal(found: str, expected: str, tolerance: float = 2e-5) -> None:
    """The same text but for the last digits of numbers: batches of another size round otherwise."""
    pd.testing.assert_frame_equal(table(found), table(expected), rtol=0, atol=tolerance)
    assert found.count("\n") == expected.count("\n")


@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_hour_at_100_hertz_in_memory_that_does_not_grow(tmp_path: Path, bidirectional: bool) -> None:
    lines = rows(HOUR)
    model = save(tmp_path, bidirectional)
    with started(model) as process:
        assert process.stdin is not None and process.stdout is not None
        read: list[bytes] = []
        reader = threading.Thread(
            target=lambda out: read.extend(iter(lambda: out.read1(2**16), b"")), args=[process.stdout]
        )
        reader.start()
        process.stdin.write(b"t,x,note\n")
        memory = []
        for first in range(0, len(lines), len(lines) // 20):
            process.stdin.write("".join(lines[first : first + len(lines) // 20]).encode())
            process.stdin.flush()
            memory.append(psutil.Process(process.pid).memory_info().rss / 2**20)
        process.stdin.close()
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
        reader.join(10)
        found = b"".join(read).decode()
        assert_equal(found, offline(load_model(model), tmp_path, "t,x,note\n" + "".join(lines)))
        assert max(memory[10:]) < max(memory[4:10]) + 2, memory  # MB; the rows alone would take 25 as text


def next_lines(stream: IO[bytes], seconds: float) -> bytes:
    """What comes until nothing has come for so long."""
    text = b""
    while select.select([stream], [], [], seconds)[0]:
        piece = os.read(stream.fileno(), 2**16)
        if not piece:
            break
        text += piece
    return text


@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_estimate_is_written_as_soon_as_it_can_be_known(tmp_path: Path, bidirectional: bool) -> None:
    lines = rows(130)
    with started(save(tmp_path, bidirectional)) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"t,x,note\n" + lines[0].encode())
        process.stdin.flush()
        assert select.select([process.stdout], [], [], 60)[0]  # the header
        text = next_lines(process.stdout, 0.5)
        for number, line in enumerate(lines[1:], 2):
            process.stdin.write(line.encode())
            process.stdin.flush()
            samples = number + (number > 3)  # a row is missing
            known = max(0, samples - 100) if bidirectional else samples
            expected = 1 + known - (known > 3)
            while text.count(b"\n") < expected:
                assert select.select([process.stdout], [], [], 5)[0], f"row {number}: nothing comes"
                text += os.read(process.stdout.fileno(), 2**16)
        assert next_lines(process.stdout, 0.3) == b""
        process.stdin.close()
        text += next_lines(process.stdout, 5)
        assert process.wait(10) == 0
        expected_text = offline(load_model(tmp_path / "tiny"), tmp_path, "t,x,note\n" + "".join(lines))
        assert_equal(text.decode(), expected_text)


def running_mean(windows: Array) -> Array:
    filled = np.nan_to_num(windows.astype(np.float64))
    return np.cumsum(filled, axis=-1) / np.arange(1, windows.shape[-1] + 1)


@pytest.mark.parametrize("pieces", [1, 7, 100, 2**16])
@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_every_form_of_a_file_comes_out_as_offline(tmp_path: Path, pieces: int, ending: str) -> None:
    head = '\ufeffday;"a ""note""\nof two lines";x;V;n' + (ending or "\n")
    body = [
        f'{day};"say ""hi; {day}""";{day % 9},50;"{day},25";{day}{ending or chr(10)}' for day in range(1, 90)
    ]
    body[4] = body[4].replace("5,50", "NA")
    body[9] = (ending or "\n") + body[9]
    text = head.replace("\nof two lines", "") + "".join(body)
    text = text if ending else text.rstrip("\n")
    model = trained(
        lambda windows: 2 * np.nan_to_num(windows), signals(channels=2, mean=[1.0, 2.0], std=[1.0, 0.1])
    )
    options = {"columns": ["V", "x"]}
    assert followed(model, text, pieces, **options) == offline(model, tmp_path, text, **options)


def test_what_was_known_before_a_wrong_row_is_written(tmp_path: Path) -> None:
    model = load_model(save(tmp_path))
    lines = rows(50)
    out = io.BytesIO()
    for wrong in ("0.50,abc,n\n", "0.50,1e20,n\n", "9.123,1.5,n\n", "1,2\n"):
        out = io.BytesIO()
        text = "t,x,note\n" + "".join(lines)
        with pytest.MonkeyPatch.context() as patch:
            feed = iter([text.encode(), wrong.encode(), b""])
            stream = SimpleNamespace(read1=lambda size, feed=feed: next(feed))
            patch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
            patch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=out.flush))
            with pytest.raises(InputError, match=r"^standard input: .*row 51"):
                follow(model, "-")
        assert out.getvalue().decode().count("\n") == 50


def line(past: Array) -> Array:
    """Three steps along the line through the last two values."""
    return past[..., -1:] + (past[..., -1:] - past[..., -2:-1]) * np.arange(1, 4)


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("horizon", [None, 1, 5])
def test_a_forecast_after_each_row_is_that_of_the_file_up_to_it(
    tmp_path: Path, timed: bool, horizon: int | None
) -> None:
    info = signals(task="forecast", length=6, horizon=3, normalisation="window")
    model = trained(line, info)
    random = np.random.default_rng(0)
    day = [f"2024-01-{number:02}," if timed else "" for number in range(1, 32) if number != 12]
    lines = [f"{each}{random.normal():.4f},{random.normal():.3f},n\n" for each in day[:25]]
    header = ("day," if timed else "") + "a,b,note\n"
    found = followed(model, header + "".join(lines), 100, horizon=horizon).splitlines()
    assert found[0] == ("origin,day,a,b" if timed else "origin,a,b")
    steps = horizon or 3
    assert len(found) == 1 + (25 - 5) * steps
    for number in range(6, 26):
        expected = offline(model, tmp_path, header + "".join(lines[:number]), horizon=horizon).splitlines()[
            1:
        ]
        origin = lines[number - 1].split(",")[0] if timed else str(number + 1)
        start = 1 + (number - 6) * steps
        assert found[start : start + steps] == [f"{origin},{row}" for row in expected]


def own_mean(context: Array) -> Array:
    """Of points to infer from: the mean of what is given, and how much of it there is."""
    value = context[:, 2].astype(float)
    mean = np.nanmean(value, axis=1, keepdims=True) + 0 * context[:, 0]
    return np.stack([mean, 0 * mean + np.isfinite(value).sum(1, keepdims=True)], 1)


@pytest.mark.parametrize("pieces", [1, 30, 2**16])
@pytest.mark.parametrize("options", [{}, {"std": True}, {"steps": 2}, {"rescale": True}, {"interval": 0.9}])
def test_what_lines_lack_is_inferred_as_offline(tmp_path: Path, pieces: int, options: dict[str, Any]) -> None:
    random = np.random.default_rng(0)
    windows = random.normal(0, 1, (99, 1, 8))
    known = Calibration(describe(windows), pooled_half_widths(random.normal(size=(99, 3))))
    model = replace(trained(own_mean, signals(task="infer", length=8)), calibration=known)
    scale = 1000 if "rescale" in options else 1
    texts = [f"{scale * value:.3f}" if random.random() < 0.6 else "" for value in random.normal(0, 1, 700)]
    times = [row for row in range(700) if row % 50 != 3]
    text = "t,x,note\n" + "".join(f"{row},{texts[row]},n{row}\n" for row in times)
    options = {"columns": ["x"], **options}
    found = followed(model, text, pieces, **options)
    assert_equal(found, offline(model, tmp_path, text, **options), 2e-5 * scale)
    if not options.keys() & {"std", "rescale"}:
        assert [row.split(",")[:3] for row in found.splitlines()][1][1] != "" or "steps" in options


def test_inferred_values_are_written_within_a_window_and_a_half() -> None:
    windows, out = np.zeros((9, 1, 8)), io.BytesIO()
    known = Calibration(describe(windows), None)
    model = replace(trained(own_mean, signals(task="infer", length=8)), calibration=known)
    written = []

    def lines() -> Iterator[bytes]:
        yield b"x,n\n"
        for row in range(400):
            written.append(out.getvalue().count(b"\n") - 1)
            yield b",1\n" if row % 5 == 4 else b"0.0,1\n"
        yield b""

    text = lines()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=SimpleNamespace(read1=lambda size: next(text))))
        patch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=out.flush, fileno=lambda: -1))
        follow(model, "-", columns=["x"])
    late = np.arange(400) - written
    assert out.getvalue().count(b"\n") == 401 and late[12:].max() <= 12


def test_a_blank_line_by_itself_holds_no_row(tmp_path: Path) -> None:
    model = trained(running_mean, signals())
    text = "x\n1.5\n\n2.5\n" + "0.5\n" * 30
    assert followed(model, text, 4) == offline(model, tmp_path, text)


@pytest.mark.parametrize("pieces", [1, 100, 2**16])
@pytest.mark.parametrize("rows_there", [30, 64 * 20 - 1, 64 * 20 + 300])
def test_rescaled_lines_are_those_of_the_rescaled_file(tmp_path: Path, pieces: int, rows_there: int) -> None:
    random = np.random.default_rng(0)
    windows = random.normal(0, 1, (99, 1, 20))
    model = calibrated(lambda x: np.tanh(np.nan_to_num(x)), windows, windows)
    values = 5e6 + 1e3 * random.normal(0, 1, rows_there) * np.linspace(1, 3, rows_there)
    text = "x,note\n" + "".join(f"{value:.2f},n\n" for value in values)
    pieces = pieces if rows_there < 1000 else max(pieces, 100)
    found = followed(model, text, pieces, rescale=True)
    assert found == offline(model, tmp_path, text, rescale=True)
    with pytest.raises(InputError, match="standard input: column 'x': standard deviation"):
        followed(model, text, pieces)


def test_a_rescaled_forecast_after_each_row_is_that_of_the_file_up_to_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    windows = random.normal(0, 1, (99, 1, 6))
    model = calibrated(
        lambda x: np.tanh(x[..., -3:]), windows, windows[..., :3], task="forecast", length=6, horizon=3
    )
    lines = [f"{value:.2f}\n" for value in 1e7 + 1e3 * random.normal(0, 1, 20) * np.arange(10, 30)]
    found = followed(model, "x\n" + "".join(lines), 100, rescale=True, interval=0.9).splitlines()
    for number in range(6, 21):
        text = "x\n" + "".join(lines[:number])
        expected = offline(model, tmp_path, text, rescale=True, interval=0.9).splitlines()[1:]
        assert found[1 + 3 * (number - 6) :][:3] == [f"{number + 1},{row}" for row in expected]


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda model: follow(model, "x.csv"), "--follow: x.csv is a file; write - for standard input"),
        (lambda model: follow(model, "-", "y.csv"), "--follow: it is standard output that is written; redirect it to y.csv"),
        (lambda model: follow(model, "-", kind="npy"), "--follow: lines are read, of CSV"),
        (lambda model: follow(model, "-", horizon=3), "--horizon = 3: the model's task is denoise"),
        (lambda model: follow(trained(line, signals(task="classify")), "-", rescale=True),
         "--rescale: what 1 g is shows in a whole recording; say --units, or name a file"),
        (lambda model: follow(trained(line, signals(task="infer")), "-", paths=2), "--paths: not together with --follow"),
        (lambda model: followed(model, "", 10), "standard input: the file is empty"),
        (lambda model: followed(model, "x\n", 10), "standard input: no rows below the header"),
        (lambda model: followed(model, "x\n1.5\n", 10, columns=["y"]), "standard input: no column 'y'; there are x"),
    ],
)  # fmt: skip
def test_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Trained], object], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        use(trained(running_mean, signals()))
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_a_reader_that_has_gone_is_one_line(tmp_path: Path) -> None:
    with started(save(tmp_path)) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdout.close()
        process.stdin.write(("t,x,note\n" + "".join(rows(20))).encode())
        process.stdin.close()
        assert process.wait(30) == 2
        assert (
            process.stderr.read()
            == b"error: standard output: cannot be written (Broken pipe); choose another place\n"
        )
