"""Tables of a predictor of classes: which are confused, where, by whom, and when."""

from __future__ import annotations

import numpy as np

from tidemark.classify.evaluation import scores
from tidemark.core.scoring import Predictions, Table
from tidemark.core.store import Array, Split
from tidemark.evaluation.entry import EvaluationEntry


def confusion(predictions: Predictions, entry: EvaluationEntry) -> Table:
    """Windows by test set, whether smoothed (0 or 1), true and predicted class."""
    names = predictions.info.classes
    rows = [
        (test, smoothed, names[true], names[predicted], round(windows))
        for test, split in predictions.splits.items()
        for (smoothed, true, predicted), windows in np.ndenumerate(
            scores.confusion(predictions.values[test], split).sum(0)
        )
    ]
    return Table(["test", "smoothed", "true", "predicted", "windows"], rows)


def by_class(predictions: Predictions, entry: EvaluationEntry) -> Table:
    """Precision, recall, F1 and windows of each class, by test set, whether smoothed (0 or 1)."""
    rows = [
        (test, smoothed, name, precision, recall, f1, round(windows))
        for test, split in predictions.splits.items()
        for smoothed, own in enumerate(
            np.moveaxis(scores.by_class(predictions.values[test], split), 0, -1).tolist()
        )
        for name, (precision, recall, f1, windows) in zip(predictions.info.classes, own, strict=True)
    ]
    return Table(["test", "smoothed", "class", "precision", "recall", "f1", "windows"], rows)


def participants(predictions: Predictions, entry: EvaluationEntry) -> Table:
    """Scores of each participant; empty where one has none."""
    columns = ("kappa", "smoothed_kappa", "balanced_accuracy", "macro_f1")
    rows: list[tuple[object, ...]] = []
    for test, split in predictions.splits.items():
        own, smoothed = np.moveaxis(scores.confusion(predictions.values[test], split), 1, 0)
        values = [scores.metric(name, smoothed if "smoothed" in name else own) for name in columns]
        windows = own.sum((1, 2)).astype(np.int64).tolist()
        for number, *each in zip(np.unique(split["participant"]), windows, *values, strict=True):
            rows.append((test, predictions.info.participants[number], *each))
    return Table(["test", "participant", "windows", *columns], rows)


def timeline(predictions: Predictions, entry: EvaluationEntry) -> Table:
    """Every window of some participants of each test set: what it was, and what it was taken for."""
    info = predictions.info

    def shown(split: Split) -> Array:
        people = np.unique(split["participant"])
        return np.asarray(people[[*entry.shown(info.name, len(people))]])

    rows = [
        (
            test,
            info.participants[participant],
            np.datetime_as_string(np.datetime64(time, "ns"), unit="ms"),
            *(info.classes[number] for number in (true, predicted, smoothed)),
            confidence,
        )
        for test, split in predictions.splits.items()
        for participant, time, true, predicted, smoothed, confidence in scores.timeline(
            predictions.values[test], split, shown(split)
        )
    ]
    return Table(["test", *scores.TIMELINE], rows)
