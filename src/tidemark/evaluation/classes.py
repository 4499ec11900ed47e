"""Tables of a predictor that tells classes apart: which are mixed up, where, by whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from tidemark.core.entries import EvaluationEntry
from tidemark.evaluation.answers import Answers
from tidemark.evaluation.table import Table


def confusion(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """Windows by test set, whether smoothed (0 or 1), true and predicted class."""
    names = answers.info.classes

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            counts = task.confusion(answers.estimates[test], split).sum(0)
            for (smoothed, true, predicted), windows in np.ndenumerate(counts):
                yield test, smoothed, names[true], names[predicted], round(windows)

    return ["test", "smoothed", "true", "predicted", "windows"], rows()


def by_class(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """Precision, recall, F1 and windows of each class, by test set, whether smoothed (0 or 1)."""

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            found = np.moveaxis(task.by_class(answers.estimates[test], split), 0, -1)
            for smoothed, own in enumerate(found.tolist()):
                for name, (precision, recall, f1, windows) in zip(answers.info.classes, own, strict=True):
                    yield test, smoothed, name, precision, recall, f1, round(windows)

    return ["test", "smoothed", "class", "precision", "recall", "f1", "windows"], rows()


def participants(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """Scores of each participant; empty where one has none."""

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            counts = task.confusion(answers.estimates[test], split)
            own, smoothed = counts[:, 0], counts[:, 1]
            columns = [
                task.metric("kappa", own),
                task.metric("smoothed_kappa", smoothed),
                task.metric("balanced_accuracy", own),
                task.metric("macro_f1", own),
            ]
            windows = own.sum((1, 2)).astype(np.int64).tolist()
            for number, *values in zip(np.unique(split["participant"]), windows, *columns, strict=True):
                yield test, answers.info.participants[number], *values

    header = ["kappa", "smoothed_kappa", "balanced_accuracy", "macro_f1"]
    return ["test", "participant", "windows", *header], rows()


def strip(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """Every window of the first participants of each test set: what it was, and what it was taken for."""
    names = answers.info.classes

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            found = task.strip(answers.estimates[test], split, entry.examples)
            for participant, time, true, predicted, smoothed, confidence in found:
                moment = np.datetime_as_string(np.datetime64(time, "ns"), unit="ms")
                who = answers.info.participants[participant]
                yield test, who, moment, names[true], names[predicted], names[smoothed], confidence

    return ["test", *task.STRIP], rows()
