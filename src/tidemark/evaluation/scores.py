"""Scores of one predictor on a test set, each with its interval."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from tidemark.core.entries import EvaluationEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, Split
from tidemark.evaluation.bootstrap import interval


def scores(
    task: ModuleType, estimate: Array, split: Split, entry: EvaluationEntry
) -> dict[str, dict[str, float]]:
    """Every metric of the task as {"value", "low", "high"}; `estimate` is shaped as the task wants it."""
    expected = task.estimate_shape(split)
    if estimate.shape != expected:
        raise InputError(
            f"an estimate has shape {estimate.shape}; expected {expected}, for the targets there"
        )
    result: dict[str, dict[str, float]] = {}
    for name, (numerator, denominator) in task.sums(estimate, split).items():
        value, low, high = interval(
            numerator,
            denominator,
            partial(task.metric, name),
            resamples=entry.resamples,
            confidence=entry.confidence,
            seed=entry.seed,
        )
        result[name] = {"value": value, "low": low, "high": high}
    return result
