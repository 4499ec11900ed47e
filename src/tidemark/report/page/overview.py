"""One row a dataset: the best network, the best classical method, the limit, and who is ahead."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tidemark.evaluation.comparison import Predictor
from tidemark.report.page import verdict
from tidemark.report.page.results import Result

TIE = "tie"
"""Nobody is ahead: the intervals overlap."""


@dataclass(frozen=True)
class Line:
    """One dataset at a glance."""

    result: Result
    model: Predictor | None
    baseline: Predictor | None
    limit: Predictor | None
    """The one that the best network is held against."""
    times_limit: float
    """The best network's error over that limit's; NaN where that says nothing."""
    at_limit: bool
    """Whether the best network's interval and that limit's overlap."""
    ahead: str
    """`network`, `classical`, `tie`, or empty where there is nobody to compare."""
    margin: str
    """By how much; empty where nobody is."""


def lines(results: Iterable[Result]) -> list[Line]:
    """The datasets at a glance, in their order."""
    return [_line(result) for result in results]


def _line(result: Result) -> Line:
    model, collected = result.model, verdict.verdict(result.comparison)
    ahead = margin = ""
    if collected is not None:
        ahead = TIE if collected.tie else collected.first.side
        margin = "" if collected.tie else collected.margin
    limit = result.limit_of(model) if model else next(iter(result.comparison.of_kind("limit")), None)
    ratio = model.times_limit.get("test", math.nan) if model else math.nan
    level = bool(model and limit and result.headline(model).low <= result.headline(limit).high)
    return Line(result, model, result.baseline, limit, ratio, level, ahead, margin)
