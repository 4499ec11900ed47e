"""What evaluation needs of a task: predictions of a dataset's test sets, and how they are scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tidemark.core.store import Array, DatasetInfo, Split

if TYPE_CHECKING:
    import torch

    from tidemark.core.network import Network


class Predict(Protocol):
    """One predictor, ready to predict."""

    def __call__(self, split: Split, test: str, /) -> Array:
        """Predictions for a split, whose name is `test`."""
        ...


@dataclass(frozen=True)
class Table:
    """Rows to be written as CSV."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Predictions:
    """What one predictor says of every test set of a dataset."""

    info: DatasetInfo
    splits: Mapping[str, Split]
    """By test set."""
    values: Mapping[str, Array]
    """By test set, shaped as the task's metrics want it."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Further tables by file name, on how they came about."""


@dataclass(frozen=True)
class Scoring:
    """What evaluation needs of a task; in `metrics.py`."""

    headline: str
    """The metric that ranks."""
    better: Mapping[str, str]
    """Of each metric which values are better: lower, higher, lower_log (of a logarithm), or nominal."""
    sums: Callable[[Array, Split], Mapping[str, tuple[Array, ...]]]
    """From predictions and a split to sums by unit of resampling, (units, …), for each metric."""
    metric: Callable[..., Array]
    """From a metric's name and its sums over units, with any leading axes, to the score."""
    predict: Callable[[Network, torch.device, Split], Array]
    """A trained network's predictions for a split."""
    collect: Callable[[Predict, Path, DatasetInfo], Predictions]
    """From one predictor and a dataset's folder to its checked predictions of all test sets."""
    tables: Mapping[str, Callable[[Predictions, Any], Table]] = field(default_factory=dict)
    """Details by file name: from predictions and the evaluation's settings to a table."""
    latent: Sequence[str] = ()
    """Arrays of a split that say how the law drew each signal: shown to oracles and limits alone."""
    without_truth: Scoring | None = None
    """The same for a dataset that is without truth; none in a task that has no such datasets."""

    def of(self, info: DatasetInfo) -> Scoring:
        """How predictions for a dataset are scored."""
        return self.without_truth if info.without_truth and self.without_truth else self
