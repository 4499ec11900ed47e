"""Read what `compare`, `evaluate` and `train` wrote, as typed rows and arrays in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, read_json
from tidemark.figures import cells

KINDS = ("model", "baseline", "limit")
ATTENTIONS = ("temporal", "spectral")
"""Where a model may look: along the signal, along its spectrum."""


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
    test: str = "test"
    """The test set that it is of."""

    def first(self, samples: int) -> Example:
        """The beginning of the signal."""
        return Example(
            self.position[:samples], self.noisy[:samples], self.clean[:samples], self.estimate[:samples],
            self.test,
        )  # fmt: skip


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
    attention: Mapping[str, Array] = field(default_factory=dict)
    """`temporal`, `spectral` → (length, length): row t says where output t looks, and sums to 1."""

    def first(self, samples: int) -> Learning:
        """The beginning of the signal, without attention."""
        return Learning(self.step, self.estimate[:, :samples], self.noisy[:samples], self.clean[:samples])


@dataclass(frozen=True)
class Paper:
    """A predictor's errors at the published size, and the device that it was trained on."""

    l1: Score
    """On the set `test`."""
    device: str
    mse: Mapping[str, Score] = field(default_factory=dict)
    """By test set."""


def leaderboard(path: Path) -> list[Row]:
    """Rows of `leaderboard.csv`, in its order; raise `InputError` naming what cannot be read."""
    metrics = ("l1", "mse", "snr_gain_db")
    scores = [f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")]
    names = ["dataset", "predictor", "kind", "limit"]
    table = cells.read(path, names, ["rank", *scores, "times_limit", "parameters"])
    table.check("kind", KINDS)
    rows = []
    for number in range(len(table)):
        text = {name: table.text[name][number] for name in names}
        values = {name: float(column[number]) for name, column in table.numbers.items()}
        l1, mse, gain = (
            Score(*(values[f"{metric}{end}"] for end in ("", "_low", "_high"))) for metric in metrics
        )
        rows.append(
            Row(
                dataset=text["dataset"],
                rank=int(np.nan_to_num(values["rank"])),
                predictor=text["predictor"],
                kind=text["kind"],
                l1=l1,
                mse=mse,
                snr_gain_db=gain,
                times_limit=values["times_limit"],
                limit=text["limit"],
                parameters=int(np.nan_to_num(values["parameters"])),
            )
        )
    return rows


def positions(path: Path) -> dict[str, tuple[Array, Array]]:
    """Error by position from `position.csv`: predictor → (position, l1), each (length,)."""
    table = cells.read(path, ["predictor"], ["position", "l1"])
    found = {}
    for (predictor,), rows in table.groups("predictor").items():
        position, l1 = _ordered(table, rows, "position", "l1")
        found[predictor] = (position, l1)
    return found


def curves(path: Path) -> dict[tuple[str, str], Curve]:
    """Losses from `curves.csv`: (model, `train` or `validation`) → curve; empty cells are left out."""
    table = cells.read(path, ["model", "split"], ["step", "loss"])
    found = {}
    for (model, split), rows in table.groups("model", "split").items():
        rows = rows[~np.isnan(table.numbers["loss"][rows])]
        if len(rows):
            found[model, split] = Curve(*_ordered(table, rows, "step", "loss"))
    return found


def examples(path: Path) -> list[Example]:
    """Signals of `plots/examples/<predictor>.csv`: by test set in the file's order; none if no file.

    Within a test set they are in the order of their numbers.
    """
    if not path.exists():
        return []
    table = cells.read(path, ["test", "signal"], ["position", "noisy", "clean", "estimate"])
    tests = list(dict.fromkeys(table.text["test"]))
    signals = table.groups("test", "signal")
    try:
        keys = sorted(signals, key=lambda key: (tests.index(key[0]), int(key[1])))
    except ValueError as error:
        raise InputError(f"{path}, column signal: {error}; expected whole numbers") from None
    found = []
    for key in keys:
        position, noisy, clean, estimate = _ordered(
            table, signals[key], "position", "noisy", "clean", "estimate"
        )
        found.append(Example(position, noisy, clean, estimate, key[0]))
    return found


def learning(folder: Path) -> Learning | None:
    """What `plots/learning/<model>/` holds, or none if no frames were kept."""
    names = ("step", "estimate", "noisy", "clean")
    if not all((folder / f"{name}.npy").is_file() for name in names):
        return None
    step, estimate, noisy, clean = (_array(folder / f"{name}.npy") for name in names)
    frames = (len(step), noisy.size)
    if estimate.shape != frames or clean.shape != noisy.shape:
        raise InputError(f"{folder}/estimate.npy: shape {estimate.shape}; expected {frames} (frames, length)")
    attention = {}
    for name in ATTENTIONS:
        path = folder / f"attention_{name}.npy"
        if path.is_file():
            attention[name] = _array(path)
            square = (noisy.size, noisy.size)
            if attention[name].shape != square:
                raise InputError(f"{path}: shape {attention[name].shape}; expected {square} (length, length)")
    return Learning(step, estimate, noisy, clean, attention) if len(step) else None


def paper(folder: Path) -> dict[str, Paper]:
    """Errors in `metrics/paper/<predictor>.json`, by predictor; empty where there is no folder."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            tests = content["test"]
            mse = {name: _score(scores["mse"]) for name, scores in tests.items() if "mse" in scores}
            found[path.stem] = Paper(_score(tests["test"]["l1"]), str(content["device"]), mse)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: no {error}; expected test.test.l1 with value, low and high, and device"
            ) from None
    return found


def _score(values: Mapping[str, float]) -> Score:
    return Score(*(float(values[key]) for key in ("value", "low", "high")))


def _array(path: Path) -> Array:
    try:
        array: Array = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise InputError(f"{path}: no readable NPY array ({error}); run `dvc repro` again") from None
    return array


def _ordered(table: cells.Columns, rows: Array, first: str, *others: str) -> list[Array]:
    """Columns of some rows, sorted by the first of them."""
    rows = rows[np.argsort(table.numbers[first][rows], kind="stable")]
    return [table.numbers[name][rows] for name in (first, *others)]
