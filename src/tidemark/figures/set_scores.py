"""Every predictor's scores on each of a dataset's test sets, as `compare` wrote them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from tidemark.figures import cells
from tidemark.figures.tables import KINDS, Score


@dataclass(frozen=True)
class SetScore:
    """One predictor's score in one metric on one test set; NaN where there is no number."""

    dataset: str
    test: str
    noise_std: float
    """NaN where the set differs from the dataset's law by more than its noise."""
    predictor: str
    kind: str
    metric: str
    score: Score
    limit: str
    """The limit that the predictor is held against; empty if there is none."""
    limit_value: float
    """That limit's value of the metric on the same set."""
    times_limit: float
    published: float
    components: float = math.nan
    """Components of a signal; NaN where the set differs from the law by more than their number."""

    @property
    def label(self) -> str:
        """The predictor's name without that of its dataset."""
        return self.predictor.removeprefix(f"{self.dataset}-") or self.predictor

    @property
    def limit_label(self) -> str:
        """The limit's name without that of the dataset."""
        return self.limit.removeprefix(f"{self.dataset}-")


def read(path: Path) -> list[SetScore]:
    """Rows of `tests.csv`, in its order; none if there is no such file.

    Raises `InputError` naming what cannot be read.
    """
    if not path.exists():
        return []
    text = ["dataset", "test", "predictor", "kind", "metric", "limit"]
    numbers = ["noise_std", "components", "limit_value", "times_limit", "published"]
    table = cells.read(path, text, [*numbers, "value", "low", "high"])
    table.check("kind", KINDS)
    columns = {**table.text, **{name: column.tolist() for name, column in table.numbers.items()}}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [SetScore(score=Score(*(row.pop(end) for end in ("value", "low", "high"))), **row) for row in rows]
