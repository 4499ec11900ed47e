"""Read what `compare`, `evaluate` and `train` wrote, as typed rows and arrays in a fixed order."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, read_json

KINDS = ("model", "baseline", "limit")


@dataclass(frozen=True)
class Score:
    """A metric's value and its interval; NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One predictor's line in the leaderboard of one dataset."""

    dataset: str
    rank: int
    predictor: str
    kind: str
    l1: Score
    mse: Score
    snr_gain_db: Score
    times_limit: float
    """The L1 error over that of the limit; NaN where there is no limit, or it is zero."""
    limit: str
    """The limit that `times_limit` refers to: its name, or its value."""
    parameters: int

    @property
    def label(self) -> str:
        """The predictor's name without that of its dataset."""
        return self.predictor.removeprefix(f"{self.dataset}-") or self.predictor

    @property
    def limit_label(self) -> str:
        """The name of the limit without that of the dataset; empty where the column holds no name."""
        try:
            float(self.limit)
        except ValueError:
            return self.limit.removeprefix(f"{self.dataset}-")
        return ""


@dataclass(frozen=True)
class Example:
    """One test signal and what one predictor made of it; each array (length,), NaN where missing."""

    position: Array
    noisy: Array
    clean: Array
    estimate: Array


@dataclass(frozen=True)
class Curve:
    """The loss as training goes on; both arrays (points,)."""

    step: Array
    loss: Array


@dataclass(frozen=True)
class Learning:
    """One signal's estimate while a model trains."""

    step: Array
    """(frames,)"""
    estimate: Array
    """(frames, length)"""
    noisy: Array
    """(length,)"""
    clean: Array
    """(length,)"""


@dataclass(frozen=True)
class Paper:
    """A predictor's L1 error at the published size, and the device that it was trained on."""

    l1: Score
    device: str


def leaderboard(path: Path) -> list[Row]:
    """Rows of `leaderboard.csv`, in its order; raise `InputError` naming what cannot be read."""
    scores = [f"{metric}{end}" for metric in ("l1", "mse", "snr_gain_db") for end in ("", "_low", "_high")]
    columns = ["dataset", "rank", "predictor", "kind", *scores, "times_limit", "limit", "parameters"]
    rows = []
    for number, line in _lines(path, columns):
        if line["kind"] not in KINDS:
            raise InputError(
                f"{path}, row {number}, column kind: {line['kind']!r}; expected one of {', '.join(KINDS)}"
            )
        values = {column: _number(path, number, column, line[column]) for column in [*scores, "times_limit"]}
        rows.append(
            Row(
                dataset=line["dataset"],
                rank=int(_number(path, number, "rank", line["rank"] or "0")),
                predictor=line["predictor"],
                kind=line["kind"],
                l1=Score(values["l1"], values["l1_low"], values["l1_high"]),
                mse=Score(values["mse"], values["mse_low"], values["mse_high"]),
                snr_gain_db=Score(
                    values["snr_gain_db"], values["snr_gain_db_low"], values["snr_gain_db_high"]
                ),
                times_limit=values["times_limit"],
                limit=line["limit"],
                parameters=int(_number(path, number, "parameters", line["parameters"] or "0")),
            )
        )
    return rows


def positions(path: Path) -> dict[str, tuple[Array, Array]]:
    """Error by position from `position.csv`: predictor → (position, l1), each (length,)."""
    gathered: dict[str, list[tuple[float, float]]] = {}
    for number, line in _lines(path, ["dataset", "predictor", "kind", "position", "l1"]):
        point = (
            _number(path, number, "position", line["position"]),
            _number(path, number, "l1", line["l1"]),
        )
        gathered.setdefault(line["predictor"], []).append(point)
    columns = {name: _columns(points) for name, points in gathered.items()}
    return {name: (position, l1) for name, (position, l1) in columns.items()}


def curves(path: Path) -> dict[tuple[str, str], Curve]:
    """Losses from `curves.csv`: (model, `train` or `validation`) → curve; empty cells are left out."""
    gathered: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number, line in _lines(path, ["dataset", "model", "step", "split", "loss"]):
        loss = _number(path, number, "loss", line["loss"])
        if not math.isnan(loss):
            point = (_number(path, number, "step", line["step"]), loss)
            gathered.setdefault((line["model"], line["split"]), []).append(point)
    return {key: Curve(*_columns(points)) for key, points in gathered.items()}


def examples(path: Path) -> list[Example]:
    """Test signals of `plots/examples/<predictor>.csv`, in the order of their numbers; none if no file."""
    if not path.exists():
        return []
    gathered: dict[int, list[tuple[float, ...]]] = {}
    values = ["position", "noisy", "clean", "estimate"]
    for number, line in _lines(path, ["signal", *values]):
        signal = int(_number(path, number, "signal", line["signal"] or "0"))
        gathered.setdefault(signal, []).append(
            tuple(_number(path, number, column, line[column]) for column in values)
        )
    return [Example(*_columns(points)) for _, points in sorted(gathered.items())]


def learning(folder: Path) -> Learning | None:
    """The frames in `plots/learning/<model>/`, or none if they were not kept."""
    names = ("step", "estimate", "noisy", "clean")
    if not all((folder / f"{name}.npy").is_file() for name in names):
        return None
    try:
        step, estimate, noisy, clean = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in names)
    except ValueError as error:
        raise InputError(f"{folder}: no readable NPY arrays ({error}); run `dvc repro` again") from None
    frames = (len(step), noisy.size)
    if estimate.shape != frames or clean.shape != noisy.shape:
        raise InputError(f"{folder}/estimate.npy: shape {estimate.shape}; expected {frames} (frames, length)")
    return Learning(step, estimate, noisy, clean) if len(step) else None


def paper(folder: Path) -> dict[str, Paper]:
    """L1 errors in `metrics/paper/<predictor>.json`, by predictor; empty where there is no folder."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            score = content["test"]["test"]["l1"]
            l1 = Score(*(float(score[key]) for key in ("value", "low", "high")))
            found[path.stem] = Paper(l1, str(content["device"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: no {error}; expected test.test.l1 with value, low and high, and device"
            ) from None
    return found


def _lines(path: Path, columns: list[str]) -> list[tuple[int, Mapping[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise InputError(f"{path}: no column {', '.join(missing)}; run `dvc repro` again")
            return list(enumerate(reader, start=2))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` first") from None


def _number(path: Path, row: int, column: str, text: str) -> float:
    """The number in a cell; NaN for an empty one."""
    if not text.strip():
        return math.nan
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{path}, row {row}, column {column}: {text!r}; expected a number") from None


def _columns(points: list[tuple[float, float]] | list[tuple[float, ...]]) -> list[Array]:
    """Points, sorted by their first coordinate, as one array a coordinate."""
    return list(np.array(sorted(points, key=lambda point: point[0]), dtype=np.float64).T)
