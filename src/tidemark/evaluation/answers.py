"""What one predictor says of every test set of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split, read_split
from tidemark.evaluation.smoothing import Smoothing, learn

Predict = Callable[[Split, str], Array]
"""From a split and its name to the predictor's estimate of it."""


@dataclass(frozen=True)
class Answers:
    """A predictor's estimates beside what they are of."""

    info: DatasetInfo
    splits: Mapping[str, Split]
    """By test set."""
    estimates: Mapping[str, Array]
    """By test set, shaped as the task wants it."""
    smoothing: Smoothing | None = None
    """How they were smoothed over time, of a task whose windows follow one another."""


def answers(task: ModuleType, predict: Predict, dataset: Path, info: DatasetInfo) -> Answers:
    """What `predict` says of the test sets in folder `dataset`, smoothed too where windows are a sequence.

    There, an estimate is (windows, 2, classes): the predictor's own probabilities, and those after smoothing.
    Raises `InputError` where an estimate has another shape than its targets want, or is not of probabilities.
    """
    splits = {test: read_split(dataset, test) for test in info.test_sets}
    found = {test: predict(split, test) for test, split in splits.items()}
    if not getattr(task, "SEQUENCES", False):
        for test, split in splits.items():
            _check_shape(found[test], task.estimate_shape(split))
        return Answers(info, splits, found)
    validation = read_split(dataset, "validation")
    known = predict(validation, "validation")
    for estimate, split in [(known, validation), *((found[test], splits[test]) for test in splits)]:
        _check_shape(estimate, (len(split[task.TARGET]), len(info.classes)))
        _check_probabilities(estimate)
    duration = round(1e9 * info.length / info.sampling_rate)
    smoothing = learn(task, read_split(dataset, "train"), validation, known, duration)
    both = {
        test: np.stack([np.asarray(found[test], dtype=np.float32), smoothing(found[test], split)], 1)
        for test, split in splits.items()
    }
    return Answers(info, splits, both, smoothing)


def _check_shape(estimate: Array, expected: tuple[int, ...]) -> None:
    if estimate.shape != expected:
        raise InputError(
            f"an estimate has shape {estimate.shape}; expected {expected}, for the targets there"
        )


def _check_probabilities(estimate: Array) -> None:
    sums = np.asarray(estimate, dtype=np.float64).sum(1)
    wrong = np.flatnonzero(~((np.abs(sums - 1) < 1e-3) & (estimate >= 0).all(1)))
    if len(wrong):
        raise InputError(
            f"an estimate's row {wrong[0]} is {np.asarray(estimate[wrong[0]]).tolist()}; "
            "expected probabilities of the classes, which sum to 1"
        )
