"""Numbers that stand for missing values: a file with them is that with empty cells, as the recording was."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from support.models import signals, trained
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file
from tidemark.prediction.following import follow
from tidemark.prediction.model import Model

TASKS = ("denoise", "forecast", "infer")
GAPS = [3, 17, 18, 38]
MISSING = "recordings: {signals: {missing: [-999, 1e20]}}\n"


def doubled(windows: Array) -> Array:
    return np.asarray(np.nan_to_num(2 * windows))


def mean(past: Array) -> Array:
    """A forecast of the past's mean, which a number that is no value changes."""
    return np.repeat(past.mean(-1, keepdims=True), 3, axis=-1)


def largest(context: Array) -> Array:
    """The largest value of the context at every point, and a deviation of 1."""
    values = np.broadcast_to(context[:, :1].max(-1, keepdims=True), context[:, :1].shape)
    return np.concatenate([values, np.ones_like(values)], 1)


def model(task: str) -> Trained:
    function = {"denoise": doubled, "forecast": mean, "infer": largest}[task]
    return trained(function, signals(task=task, horizon=3, columns=["x"], std=[300.0]))


def written(cell: str) -> str:
    """A table of forty rows, in some of which the cell stands for a missing value."""
    values = [f"{value:.3f}" for value in 5 + np.sin(np.arange(40) / 3)]
    for row, number in zip(GAPS, [cell, cell, cell, "1e20" if cell else ""], strict=True):
        values[row] = number
    return "n,x\n" + "".join(f"{row},{value}\n" for row, value in enumerate(values))


def project(task: str, text: str = MISSING) -> None:
    path = Path("pipelines") / task / "params.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)


def outcome(task: str, cell: str, **options: Any) -> Array:
    Path("x.csv").write_text(written(cell))
    predict_file(model(task), "x.csv", "y.csv", **options)
    values = pd.read_csv("y.csv")["x"].to_numpy()
    if task == "denoise":  # a missing value's cell stays as it is
        assert np.array_equal(values[GAPS], [float(cell or "nan")] * 3 + [1e20 if cell else np.nan], True)
        values = np.delete(values, GAPS)
    return values


@pytest.mark.parametrize("task", TASKS)
def test_numbers_of_the_recording_are_missing_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    """They were values: of the file alone nobody could tell."""
    monkeypatch.chdir(tmp_path)
    project(task)
    np.testing.assert_array_equal(outcome(task, "-999"), outcome(task, ""))


@pytest.mark.parametrize("task", TASKS)
def test_numbers_that_are_chosen_count_in_place_of_the_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = outcome(task, "")
    np.testing.assert_array_equal(outcome(task, "-77", missing=[-77, 1e20]), expected)
    project(task)
    np.testing.assert_array_equal(outcome(task, "-77", missing=[-77, 1e20]), expected)
    with pytest.raises(InputError, match=r"row 40, column 'x': 1e\+20 is too large"):
        outcome(task, "-999", missing=[])


@pytest.mark.parametrize("task", TASKS)
def test_lines_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], task: str
) -> None:
    monkeypatch.chdir(tmp_path)
    project(task)
    found = []
    for cell in ("", "-999"):
        lines = io.BufferedReader(io.BytesIO(written(cell).encode()))
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=lines))
        follow(model(task), "-")
        values = pd.read_csv(io.BytesIO(capfdbinary.readouterr().out))["x"].to_numpy()
        found.append(np.delete(values, GAPS) if task == "denoise" else values)
    assert len(found[0])
    np.testing.assert_array_equal(found[0], found[1])


def test_arrays_and_tables_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = pd.read_csv(io.StringIO(written("-999")))
    values = table["x"].to_numpy()
    empty = np.where(np.isin(values, [-999, 1e20]), np.nan, values)
    able = Model(model("forecast"))
    expected = able.predict(empty)
    np.testing.assert_array_equal(able.predict(values, missing=[-999, 1e20]), expected)
    project("forecast")
    np.testing.assert_array_equal(able.predict(values), expected)
    np.testing.assert_array_equal(able.predict(table, columns="x")["x"], expected)


@pytest.mark.parametrize(
    "text",
    ["recordings: {}\n", "recordings: {other: {missing: [-999]}}\n", "recordings: {signals: {}}\n", "{}\n"],
)
def test_a_project_without_the_recording_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    project("forecast", text)
    Path("x.csv").write_text(written("5"))
    with pytest.raises(InputError, match="too large"):
        predict_file(model("forecast"), "x.csv", "y.csv")


@pytest.mark.parametrize("value", ["-999", "", "[x]"])
def test_what_is_no_list_of_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    project("forecast", f"recordings: {{signals: {{missing: {value}}}}}\n")
    Path("x.csv").write_text(written(""))
    with pytest.raises(InputError, match=r"recordings.signals.missing = .*: expected a list of numbers"):
        predict_file(model("forecast"), "x.csv", "y.csv")


def test_a_classifier_takes_none(tmp_path: Path) -> None:
    able = trained(mean, signals(task="classify"))
    with pytest.raises(InputError, match=r"^--missing = -999: the model's task is classify; leave it out"):
        predict_file(able, str(tmp_path / "x.csv"), missing=[-999])
