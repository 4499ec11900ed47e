"""Scores of one predictor on a test set, each with its interval."""

from __future__ import annotations

import math
from functools import partial
from types import ModuleType

from tidemark.core.entries import EvaluationEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, Split
from tidemark.evaluation.bootstrap import interval


def scores(
    task: ModuleType, estimate: Array, split: Split, entry: EvaluationEntry
) -> dict[str, dict[str, float]]:
    """Every metric of the task as {"value", "low", "high"}; `estimate` is shaped as the task wants it.

    A metric without a value there is left out; raises `InputError` if that is the headline.
    """
    result: dict[str, dict[str, float]] = {}
    for name, parts in task.sums(estimate, split).items():
        value, low, high = interval(
            parts,
            partial(task.metric, name),
            resamples=entry.resamples,
            confidence=entry.confidence,
            seed=entry.seed,
        )
        if not math.isnan(value):
            result[name] = {"value": value, "low": low, "high": high}
    if task.HEADLINE not in result:
        raise InputError(
            f"{task.HEADLINE} has no value on a test set whose targets are all alike or missing; "
            "expected ones that differ: choose other data for testing"
        )
    return result
