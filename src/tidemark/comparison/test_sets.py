"""Every predictor on every test set, beside the limit there and what was published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tidemark.comparison.leaderboard import Competitor, limit_of, ratio
from tidemark.core.entries import Params

HEADER = [
    "dataset",
    "test",
    "noise_std",
    "components",
    "predictor",
    "kind",
    "metric",
    "value",
    "low",
    "high",
    "limit",
    "limit_value",
    "times_limit",
    "above_limit",
    "published",
]


def test_sets(
    everyone: list[Competitor], settings: Params, better: Mapping[str, str]
) -> tuple[list[str], Iterator[list[Any]]]:
    """Header and rows, long form, of the datasets that have more than one test set.

    `better` says of each metric whether lower or higher is, or nominal; only of the first a multiple of the
    limit says something, and of a logarithm (`lower_log`) how far it lies above.
    `noise_std` and `components` are empty where a set differs from the dataset's law by anything else.
    """
    return HEADER, _rows(everyone, settings, better)


def _rows(everyone: list[Competitor], settings: Params, better: Mapping[str, str]) -> Iterator[list[Any]]:
    worst: dict[tuple[str, str, str], float] = {}
    for competitor in everyone:
        for test, scores in competitor.tests.items():
            for metric, score in scores.items():
                place = (competitor.dataset, test, metric)
                worst[place] = max(worst.get(place, 0.0), score["value"])
    for competitor in everyone:
        if len(competitor.tests) == 1:
            continue
        dataset, limit = competitor.dataset, limit_of(competitor, everyone)
        published = settings.published.get(competitor.name)
        for test in sorted(competitor.tests, key=_by_number):
            scores = competitor.tests[test]
            numbers = [_only(key, dataset, test, settings) for key in ("noise_std", "components")]
            for metric in [metric for metric in better if metric in scores]:
                score = scores[metric]
                printed = published.scores.get(test, "") if published and published.metric == metric else ""
                row = [dataset, test, *numbers, competitor.name, competitor.kind, metric]
                row += [score["value"], score["low"], score["high"]]
                if limit is None:
                    yield [*row, "", "", "", "", printed]
                    continue
                best = limit.tests[test][metric]["value"]
                times: float | str = ""
                if better[metric] == "lower":
                    times = ratio(metric, score["value"], best, worst[dataset, test, metric])
                above = score["value"] - best if better[metric] == "lower_log" else ""
                yield [*row, limit.name, best, times, above, printed]


def _by_number(test: str) -> list[tuple[float, str]]:
    """Order of names, by the numbers in them: components-3 before components-20."""
    parts = re.split(r"(\d+(?:\.\d+)?)", test)
    return [(float(part), "") if place % 2 else (0.0, part) for place, part in enumerate(parts)]


def _only(key: str, dataset: str, test: str, settings: Params) -> Any:
    """That key of a test set's law, if it is one number and all that sets this test set apart."""
    entry = settings.datasets.get(dataset)
    if entry is None:  # recorded
        return ""
    changes = entry.tests.get(test, {})
    value = {**entry.law, **changes}.get(key)
    return value if isinstance(value, int | float) and not set(changes) - {key} else ""
