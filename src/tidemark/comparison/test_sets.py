"""Every predictor on every test set, beside the limit there and what was published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tidemark.comparison.leaderboard import Competitor, limit_of
from tidemark.core.params import Params

HEADER = [
    "dataset",
    "test",
    "noise_std",
    "predictor",
    "kind",
    "metric",
    "value",
    "low",
    "high",
    "limit",
    "limit_value",
    "times_limit",
    "published",
]
RATIOS = ("l1", "mse")
"""Metrics of which a multiple says something; decibels are a ratio already."""


def test_sets(everyone: list[Competitor], settings: Params) -> tuple[list[str], Iterator[list[Any]]]:
    """Header and rows, long form, of the datasets that have more than one test set.

    `noise_std` is empty where a set differs from the dataset's law by more than its noise.
    """
    return HEADER, _rows(everyone, settings)


def _rows(everyone: list[Competitor], settings: Params) -> Iterator[list[Any]]:
    for competitor in everyone:
        if len(competitor.tests) == 1:
            continue
        limit = limit_of(competitor, everyone)
        published = settings.published.get(competitor.name)
        for test, scores in competitor.tests.items():
            noise = _noise(competitor.dataset, test, settings)
            for metric, score in scores.items():
                printed = published.scores.get(test, "") if published and published.metric == metric else ""
                row = [competitor.dataset, test, noise, competitor.name, competitor.kind, metric]
                row += [score["value"], score["low"], score["high"]]
                if limit is None:
                    yield [*row, "", "", "", printed]
                    continue
                best = limit.tests[test][metric]["value"]
                ratio = score["value"] / best if metric in RATIOS and best > 0 else ""
                yield [*row, limit.name, best, ratio, printed]


def _noise(dataset: str, test: str, settings: Params) -> Any:
    """The noise's standard deviation, if it is one number and all that sets this test set apart."""
    entry = settings.datasets[dataset]
    changes = entry.tests.get(test, {})
    if set(changes) - {"noise_std"}:
        return ""
    noise = {**entry.law, **changes}.get("noise_std")
    return noise if isinstance(noise, int | float) else ""
