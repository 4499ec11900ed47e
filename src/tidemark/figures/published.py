"""Scores on several test sets beside what was published: tables, as rows and columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidemark.figures.set_scores import SetScore
from tidemark.figures.tables import Paper, Score

METRIC = "mse"
RAW = "raw"
"""Label of the baseline that answers with its input."""


@dataclass(frozen=True)
class Limit:
    """What a limit scores on one test set."""

    name: str
    label: str
    value: float


@dataclass(frozen=True)
class Line:
    """One test set."""

    test: str
    noise_std: float
    components: float
    limits: Sequence[Limit]
    """Those that the predictors shown are held against."""
    raw: SetScore | None
    """The input itself."""
    cells: Sequence[SetScore | None]
    """One a column."""
    best: str
    """The best model; empty if there is none."""

    @property
    def law(self) -> str:
        """What sets the signals of the set apart, if it is a number; otherwise empty."""
        if self.noise_std > 0:
            return f"noise {self.noise_std:g}"
        return f"{self.components:g} components" if self.components > 0 else ""


@dataclass(frozen=True)
class Table:
    """Test sets as rows, predictors as columns."""

    metric: str
    """What is in the cells."""
    predictors: Sequence[SetScore]
    """One of each column's scores: who it is."""
    lines: Sequence[Line]


def published(scores: Iterable[SetScore], dataset: str, better: str = "lower") -> Table | None:
    """Scores of the predictors of which something is published, the input left out; none if there are none.

    They are in the first metric of which something is published.
    """
    scores = list(scores)
    metrics = (row.metric for row in scores if row.dataset == dataset and not math.isnan(row.published))
    rows = _rows(scores, dataset, next(metrics, METRIC))
    named = {row.predictor for row in rows if not math.isnan(row.published) and row.label != RAW}
    shown = [row for row in _predictors(rows) if row.predictor in named]
    return _table(rows, shown, better) if named else None


def complete(
    scores: Iterable[SetScore],
    dataset: str,
    order: Sequence[str] = (),
    metric: str = METRIC,
    better: str = "lower",
) -> Table | None:
    """Scores of every predictor, in the given order; none if nothing is known of the dataset."""
    rows = _rows(scores, dataset, metric)
    place = {predictor: number for number, predictor in enumerate(order)}
    columns = sorted(_predictors(rows), key=lambda row: place.get(row.predictor, len(place)))
    return _table(rows, columns, better) if rows else None


def at_paper_scale(cell: SetScore, test: str, paper: Mapping[str, Paper]) -> tuple[Score, float] | None:
    """A predictor's score at the published size and its ratio to its limit there, NaN if not known."""
    found = paper.get(cell.predictor)
    score = found.score(cell.metric, test) if found else None
    if score is None:
        return None
    limit = paper.get(cell.limit)
    bound = limit.score(cell.metric, test) if limit else None
    return score, score.value / bound.value if bound and bound.value > 0 else math.nan


def _rows(scores: Iterable[SetScore], dataset: str, metric: str) -> list[SetScore]:
    return [row for row in scores if row.dataset == dataset and row.metric == metric]


def _predictors(rows: Sequence[SetScore]) -> list[SetScore]:
    first: dict[str, SetScore] = {}
    for row in rows:
        first.setdefault(row.predictor, row)
    return list(first.values())


def _table(rows: Sequence[SetScore], columns: Sequence[SetScore], better: str) -> Table:
    best = min if better == "lower" else max
    at = {(row.test, row.predictor): row for row in rows}
    lines = []
    for test in dict.fromkeys(row.test for row in rows):
        here = [row for row in rows if row.test == test]
        cells = [at.get((test, column.predictor)) for column in columns]
        limits = {
            cell.limit: Limit(cell.limit, cell.limit_label, cell.limit_value)
            for cell in cells if cell is not None and cell.limit
        }  # fmt: skip
        models = [row for row in here if row.kind == "model" and not math.isnan(row.score.value)]
        lines.append(
            Line(
                test=test,
                noise_std=here[0].noise_std,
                components=here[0].components,
                limits=list(limits.values()),
                raw=next((row for row in here if row.label == RAW), None),
                cells=cells,
                best=best(models, key=lambda row: row.score.value).predictor if models else "",
            )
        )
    return Table(rows[0].metric, columns, lines)
