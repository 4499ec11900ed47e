"""Every predictor's scores on each of a dataset's test sets, as `compare` wrote them."""

from __future__ import annotations

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
    numbers = ["noise_std", "value", "low", "high", "limit_value", "times_limit", "published"]
    table = cells.read(path, text, numbers)
    table.check("kind", KINDS)
    return [
        SetScore(
            dataset=dataset, test=test, noise_std=noise, predictor=predictor, kind=kind, metric=metric,
            score=Score(value, low, high), limit=limit, limit_value=bound, times_limit=ratio,
            published=published,
        )
        for dataset, test, predictor, kind, metric, limit, noise, value, low, high, bound, ratio, published
        in zip(*(table.text[name] for name in text), *(table.numbers[name].tolist() for name in numbers),
               strict=True)
    ]  # fmt: skip
