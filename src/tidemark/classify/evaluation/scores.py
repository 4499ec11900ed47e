"""Classify, scored: agreement of predicted and annotated classes.

A prediction has both of `ROWS`, (windows, 2, classes): the predictor's own probabilities of classes, and
those after smoothing over each participant's windows.

Participants are what is resampled: windows of one person are alike, so that intervals from drawing windows
are far too narrow for another person's. All are drawn as often, not by their number of windows as has been
published: resamples would then be of people unlike those who were tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tidemark.classify.learning import TARGET, kappa, ratio
from tidemark.core.store import Array, Split

HEADLINE = "kappa"
ROWS = ("own", "smoothed")
BINS = 15
"""Bins of confidence, of equal width, as in Guo et al. (see `sums`)."""


def confusion(estimate: Array, split: Split) -> Array:
    """Windows by participant, row of the estimate, true and predicted class, float64.

    `estimate` is (windows, rows, classes), the result (participants, rows, classes, classes); participants
    are in the order of their numbers. The most probable class is the predicted one.
    """
    _, rows, classes = estimate.shape
    result, participant = np.unique(split["participant"], return_inverse=True)
    truth = np.asarray(split[TARGET])[:, None]
    place = ((participant[:, None] * rows + np.arange(rows)) * classes + truth) * classes
    counts = np.bincount((place + estimate.argmax(-1)).ravel(), minlength=len(result) * rows * classes**2)
    return counts.reshape(len(result), rows, classes, classes).astype(np.float64)


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, ...]]:
    """Sums by participant, each (participants, …), that `metric` turns into scores.

    `estimate` is (windows, 2, classes). Scores of the most probable class come from confusion matrices,
    (participants, classes, classes). log_loss: nats a window, probabilities clipped at the precision that
    they are stored in; calibration_error: the expected calibration error in 15 bins of confidence (Guo,
    Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017).
    """
    counts = confusion(estimate, split)
    own = np.asarray(estimate[:, 0], dtype=np.float64)
    result, participant = np.unique(split["participant"], return_inverse=True)
    chosen = np.take_along_axis(own, np.asarray(split[TARGET])[:, None], 1)[:, 0]
    surprise = -np.log(np.maximum(chosen, np.finfo(np.float32).eps))
    windows = np.bincount(participant).astype(np.float64)
    return (
        {name: (counts[:, 0],) for name in FROM_CONFUSION}
        | {
            "log_loss": (np.bincount(participant, surprise, len(result)), windows),
            "calibration_error": _by_confidence(estimate, split),
        }
        | {f"smoothed_{name}": (counts[:, 1],) for name in FROM_CONFUSION}
    )


def metric(name: str, *parts: Array) -> Array:
    """A score from sums over participants, over any leading axes; NaN where it is not defined.

    Resamples are scored as a whole would be, by what scikit-learn does: a class that a resample's truth
    lacks counts in no balanced accuracy, and in the macro F1 only where it was predicted. κ has no value
    where truth and prediction are one class throughout; Matthews has 0 where either is.
    """
    if name == "log_loss":
        total, count = parts
        return np.asarray(total / count)
    if name == "calibration_error":
        confidence, right, count = parts
        return np.asarray(np.abs(confidence - right).sum(-1) / count.sum(-1))
    return FROM_CONFUSION[name.removeprefix("smoothed_")](parts[0])


def balanced_accuracy(counts: Array) -> Array:
    """Mean over the true classes of the share that is found; `counts` (…, true class, predicted class)."""
    return np.asarray(_mean_of_defined(_by_class(counts)[1]))


def macro_f1(counts: Array) -> Array:
    """Mean F1 of the classes that are true or predicted; `counts` (…, true class, predicted class)."""
    return np.asarray(_mean_of_defined(_by_class(counts)[2]))


def matthews(counts: Array) -> Array:
    """Correlation of truth and prediction over several classes, R_K; `counts` (…, true, predicted class).

    Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", Computational
    Biology and Chemistry 28 (2004).
    """
    windows, true, predicted = counts.sum((-2, -1)), counts.sum(-1), counts.sum(-2)
    together = np.trace(counts, axis1=-2, axis2=-1) * windows - (true * predicted).sum(-1)
    by_true, by_predicted = (np.square(windows) - np.square(each).sum(-1) for each in (true, predicted))
    spread = np.sqrt(by_true) * np.sqrt(by_predicted)
    return np.asarray(np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0))


FROM_CONFUSION = {each.__name__: each for each in (kappa, balanced_accuracy, macro_f1, matthews)}
"""Scores of confusion matrices (…, true class, predicted class), over any leading axes."""
BETTER = (
    dict.fromkeys(FROM_CONFUSION, "higher")
    | dict.fromkeys(("log_loss", "calibration_error"), "lower")
    | {f"smoothed_{name}": "higher" for name in FROM_CONFUSION}
)


def by_class(estimate: Array, split: Split) -> Array:
    """Precision, recall, F1 and windows of each class: (4, rows, classes); NaN where there is none.

    `estimate` is (windows, rows, classes).
    """
    counts = confusion(estimate, split).sum(0)
    return np.stack([*_by_class(counts), counts.sum(-1)])


def calibration(estimate: Array, split: Split) -> Iterator[tuple[float, Array, Array]]:
    """Of each bin of confidence that has windows: its mean confidence, and per participant the windows of
    the bin that are right, and all of them."""
    confidence, right, count = _by_confidence(estimate, split)
    for place in np.flatnonzero(count.sum(0)):
        mean = confidence[:, place].sum() / count[:, place].sum()
        yield float(mean), right[:, place], count[:, place]


TIMELINE = ("participant", "time", "true", "predicted", "smoothed", "confidence")


def timeline(estimate: Array, split: Split, participants: Array) -> Iterator[tuple[Any, ...]]:
    """Every window of the `participants`, (participants,) numbers, in order of time, as `TIMELINE` names it.

    Participant and classes are numbers, time is in ns since 1970, the confidence that in `predicted`.
    """
    participant, time, truth = (np.asarray(split[name]) for name in ("participant", "time", TARGET))
    order = np.lexsort((time, participant))
    order = order[np.isin(participant[order], participants)]
    predictions = np.asarray(estimate[order])
    predicted, smoothed = predictions.argmax(-1).T
    columns = (participant[order], time[order], truth[order], predicted, smoothed, predictions[:, 0].max(-1))
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _by_class(counts: Array) -> tuple[Array, Array, Array]:
    """Precision, recall and F1, each (…, classes); NaN of a class never predicted, never true, neither."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    true, predicted = counts.sum(-1), counts.sum(-2)
    return ratio(right, predicted), ratio(right, true), ratio(2 * right, true + predicted)


def _mean_of_defined(values: Array) -> Array:
    """Mean over the last axis of what is not NaN; NaN where nothing is."""
    defined = ~np.isnan(values)
    return ratio(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))


def _by_confidence(estimate: Array, split: Split) -> tuple[Array, Array, Array]:
    """By participant and bin of confidence, (participants, bins): sum of confidence, windows right, windows.

    The bins are (0, 1/15], (1/15, 2/15], …, of the predictor's own probabilities.
    """
    own = np.asarray(estimate[:, 0], dtype=np.float64)
    confidence, right = own.max(-1), own.argmax(-1) == split[TARGET]
    result, participant = np.unique(split["participant"], return_inverse=True)
    place = participant * BINS + np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1).astype(np.int64)
    confidence, hits, count = (
        np.bincount(place, weight, len(result) * BINS).reshape(-1, BINS)
        for weight in (confidence, right.astype(np.float64), np.ones(len(place)))
    )
    return confidence, hits, count
