"""Read what `compare` wrote, and scores at the published size, as typed rows and arrays in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, read_json
from tidemark.figures import cells
from tidemark.figures.views import View

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
    scores: Mapping[str, Score]
    """By metric; the first is the one that ranks."""
    times_limit: float
    """That error over the limit's; NaN where there is no limit, or it is zero."""
    limit: str
    """The limit that `times_limit` refers to: its name, or its value."""
    parameters: int

    @property
    def score(self) -> Score:
        """The error that ranks."""
        return next(iter(self.scores.values()))

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
class Curve:
    """The loss as training goes on; both arrays (points,)."""

    step: Array
    loss: Array


@dataclass(frozen=True)
class CurriculumStage:
    """A part of a model's curriculum."""

    step: int
    """Its first training step."""
    law: str
    """What of the dataset's law differs in it, as a reader would write it; empty if nothing does."""


@dataclass(frozen=True)
class Paper:
    """A predictor's scores at the published size, and the device that it was trained on."""

    tests: Mapping[str, Mapping[str, Score]]
    """Test set → metric → score."""
    device: str

    def score(self, metric: str, test: str = "test") -> Score | None:
        """The score in one metric on one test set, if it was measured."""
        return self.tests.get(test, {}).get(metric)


def leaderboard(path: Path, view: View) -> list[Row]:
    """Rows of `leaderboard.csv`, in its order; raise `InputError` naming what cannot be read."""
    metrics = [metric.name for metric in view.metrics]
    scores = [f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")]
    names = ["dataset", "predictor", "kind", "limit"]
    table = cells.read(path, names, ["rank", *scores, "times_limit", "parameters"])
    table.check("kind", KINDS)
    rows = []
    for number in range(len(table)):
        text = {name: table.text[name][number] for name in names}
        values = {name: float(column[number]) for name, column in table.numbers.items()}
        rows.append(
            Row(
                dataset=text["dataset"],
                rank=int(np.nan_to_num(values["rank"])),
                predictor=text["predictor"],
                kind=text["kind"],
                scores={
                    metric: Score(*(values[f"{metric}{end}"] for end in ("", "_low", "_high")))
                    for metric in metrics
                },
                times_limit=values["times_limit"],
                limit=text["limit"],
                parameters=int(np.nan_to_num(values["parameters"])),
            )
        )
    return rows


def positions(path: Path, view: View) -> dict[str, tuple[Array, Array]]:
    """Error by position from `position.csv`: predictor → (position, error that ranks), each (length,)."""
    error = view.headline.name
    table = cells.read(path, ["predictor"], ["position", error])
    found = {}
    for (predictor,), rows in table.groups("predictor").items():
        position, values = ordered(table, rows, "position", error)
        found[predictor] = (position, values)
    return found


def curves(path: Path) -> dict[tuple[str, str], Curve]:
    """Losses from `curves.csv`: (model, `train` or `validation`) → curve; empty cells are left out."""
    table = cells.read(path, ["model", "split"], ["step", "loss"])
    found = {}
    for (model, split), rows in table.groups("model", "split").items():
        rows = rows[~np.isnan(table.numbers["loss"][rows])]
        if len(rows):
            found[model, split] = Curve(*ordered(table, rows, "step", "loss"))
    return found


def stages(path: Path) -> dict[str, list[CurriculumStage]]:
    """Curricula from `stages.csv`: model → its stages, in order; none if there is no such file."""
    if not path.exists():
        return {}
    table = cells.read(path, ["model", "law"], ["step"])
    found: dict[str, list[CurriculumStage]] = {}
    for model, law, step in zip(table.text["model"], table.text["law"], table.numbers["step"], strict=True):
        found.setdefault(model, []).append(CurriculumStage(int(step), law))
    return found


def paper(folder: Path) -> dict[str, Paper]:
    """Scores in `metrics/paper/<predictor>.json`, by predictor; empty where there is no folder."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            tests = {
                test: {metric: _score(values) for metric, values in scores.items()}
                for test, scores in content["test"].items()
            }
            tests["test"]  # the one that follows the dataset's own law
            found[path.stem] = Paper(tests, str(content["device"]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: no {error}; expected test.test with value, low and high by metric, and device"
            ) from None
    return found


def _score(values: Mapping[str, float]) -> Score:
    return Score(*(float(values[key]) for key in ("value", "low", "high")))


def ordered(table: cells.Columns, rows: Array, first: str, *others: str) -> list[Array]:
    """Columns of some rows, sorted by the first of them."""
    rows = rows[np.argsort(table.numbers[first][rows], kind="stable")]
    return [table.numbers[name][rows] for name in (first, *others)]
