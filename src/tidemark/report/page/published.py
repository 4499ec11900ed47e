"""Scores on several test sets, and beside what was published: the rows of tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tidemark.evaluation.comparison import Predictor, Score
from tidemark.report.page.results import Result


@dataclass(frozen=True)
class Line:
    """One published number and ours beside it."""

    test: str
    predictor: Predictor
    published: float
    ours: Score
    limit: Predictor | None
    limit_value: float
    times_limit: float
    paper: Score | None
    """Ours at the published size …"""
    paper_times: float
    """… and its ratio to the limit there; NaN where that was not measured."""


def published(result: Result, metric: str = "") -> list[Line]:
    """What is published of the dataset's predictors, by test set, best first; empty if nothing.

    In the main metric of what is published, or in another one.
    """
    source = result.section.published
    if source is None:
        return []
    metric = metric or source.metric
    known = source.scores if metric == source.metric else source.also[metric]
    lines = []
    for test in result.comparison.tests:
        for each in result.comparison.predictors:
            value = known.get(each.label, {}).get(test)
            if value is None:
                continue
            limit = result.limit_of(each, metric)
            large, ratio = at_paper_scale(result, each, metric, test)
            lines.append(
                Line(
                    test=test,
                    predictor=each,
                    published=value,
                    ours=each.score(metric, test),
                    limit=limit,
                    limit_value=limit.score(metric, test).value if limit else math.nan,
                    times_limit=result.times_limit(each, metric, test),
                    paper=large,
                    paper_times=ratio,
                )
            )
    return lines


def at_paper_scale(result: Result, each: Predictor, metric: str, test: str) -> tuple[Score | None, float]:
    """A predictor's score at the published size and its ratio to its limit there, NaN if not known."""
    held = result.limit_of(each, metric)
    collected, limit = result.paper.get(each.name), result.paper.get(held.name) if held else None
    score = collected.score(metric, test) if collected else None
    bound = limit.score(metric, test) if limit else None
    if score is None or bound is None or bound.value <= 0:
        return score, math.nan
    return score, score.value / bound.value


def best_models(result: Result) -> Iterator[tuple[str, str]]:
    """Of each test set the name of the best network, in the metric of the table of all test sets."""
    metric = result.view.by_set
    best = max if result.comparison.better.get(metric) == "higher" else min
    for test in result.comparison.tests:
        scores = {each.name: each.score(metric, test).value for each in result.comparison.of_side("network")}
        scores = {name: value for name, value in scores.items() if not math.isnan(value)}
        if scores:
            yield test, best(scores, key=scores.__getitem__)
