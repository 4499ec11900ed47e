"""What the file of a limit provides: the best answers that its information allows, one for each score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidemark.core.frozen import Frozen
from tidemark.core.store import Array

Best = Mapping[str, Array]
"""Predictions by metric: of all that can be said, those that have the best score in it on average."""


@dataclass(frozen=True)
class Answers:
    """What a limit says of one split.

    Different scores have different best answers: the mean of what is still possible that of a squared error,
    its median that of an absolute one.
    """

    best: Best
    """The first is what figures show; where a metric has none, that is scored, and is no limit."""
    halves: Sequence[Best] = ()
    """Of a sampled limit, the same from each half of the draws (or from half as many cells of a grid): by how
    much their scores are worse than that of all draws is by how much that is worse than the limit itself,
    since the error of an average of n draws falls as 1 / n. None where it is computed exactly."""

    @property
    def shown(self) -> Array:
        """What is scored where a metric has no answer of its own."""
        return next(iter(self.best.values()))


@dataclass(frozen=True)
class Limit:
    """What the file of a limit provides."""

    options: type[Frozen]
    answer: Callable[..., Answers]
    """(split, DatasetInfo, options) → answers."""
    told: Callable[[Any], Sequence[str]] = lambda options: ()
    """From options to the arrays of a split that a genie tells of each signal, beside the law of all."""
