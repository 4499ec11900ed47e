"""Classify: a window of a wrist accelerometer is given, what its wearer was doing is asked for.

A network is given the window's log-spectrogram and answers with logits; a predictor's answer is the
probability of each class. An estimate that is scored has both of `ROWS`: (windows, 2, classes), the
predictor's own probabilities, and those after smoothing over each participant's windows in their order.

The unit that scores are resampled by is the participant. Windows of one person are alike, by their body,
their habits and where the device sits, so that intervals from drawing windows are far too narrow: they say
how well these people's next windows are told apart, not how well another person's are. Participants are drawn
uniformly, not with weight by their number of windows as has been published: whoever has worn a device for
longer would then be drawn more often and bring more windows each time, so that resamples would be of people
unlike those who were tested, and intervals neither around the score nor as wide as it varies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidemark.core.store import Array, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    from torch import Tensor

    class Predictor(Protocol):
        """Whatever gives probabilities of windows."""

        def classify(self, spectrograms: Array) -> Array:
            """(windows, classes) of spectrograms (windows, axes, frequencies, frames)."""


GIVEN = "spectrogram"
TARGET = "label"
HEADLINE = "kappa"
BETTER = {
    "kappa": "higher",
    "balanced_accuracy": "higher",
    "macro_f1": "higher",
    "matthews": "higher",
    "log_loss": "lower",
    "calibration_error": "lower",
    "smoothed_kappa": "higher",
    "smoothed_balanced_accuracy": "higher",
    "smoothed_macro_f1": "higher",
    "smoothed_matthews": "higher",
}
SEQUENCES = True
"""Windows follow one another: what a predictor says of each is smoothed over time as well."""

ROWS = ("own", "smoothed")
BINS = 15
"""Bins of confidence, of equal width, as in Guo et al. (see `sums`)."""


def given(split: Split) -> Array:
    """What a network sees: log-spectrograms, (windows, channels, frequencies, frames) float32."""
    return np.array(split[GIVEN], dtype=np.float32)


def pictured(split: Split) -> dict[str, Array]:
    """Nothing is shown of a window while a model learns."""
    return {}


def loss(estimate: Tensor, target: Tensor, kind: str, weight: Tensor | None = None) -> Tensor:
    """Mean cross entropy in nats; `estimate` logits (batch, classes), `target` class numbers (batch,).

    For `balanced_cross_entropy` each window counts by `weight` of its class, (classes,); whole batches are
    divided by their number of windows, so that a step without a rare class is no larger than another.
    """
    from torch.nn.functional import cross_entropy

    if kind == "cross_entropy" or weight is None:
        return cross_entropy(estimate, target)
    return cross_entropy(estimate, target, weight.to(estimate), reduction="sum") / len(target)


def loss_for(kind: str, train: Split, classes: int) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of `kind`, which of balanced cross entropy depends on the training labels.

    A class weighs the number of windows it would have if all were as frequent, over that it has; one that
    the labels do not have weighs nothing.
    """
    import functools

    import torch

    if kind == "cross_entropy":
        return functools.partial(loss, kind=kind)
    windows = np.bincount(train[TARGET], minlength=classes)
    weight = np.divide(windows.sum() / classes, windows, out=np.zeros(classes), where=windows > 0)
    return functools.partial(loss, kind=kind, weight=torch.from_numpy(weight).float())


def score(estimate: Tensor, target: Tensor) -> float:
    """Cohen's κ of logits (windows, classes) against class numbers (windows,); NaN where it has none."""
    classes = estimate.shape[-1]
    place = (target * classes + estimate.argmax(-1)).cpu().numpy()
    counts = np.bincount(place, minlength=classes**2).reshape(classes, classes)
    return float(metric("kappa", counts.astype(np.float64)))


def estimates(predictor: Predictor, split: Split) -> Array:
    """A network's probabilities of a split's windows: (windows, classes) float32."""
    return predictor.classify(split[GIVEN])


def confusion(estimate: Array, split: Split) -> Array:
    """Windows by participant, row of the estimate, true and predicted class, float64.

    `estimate` is (windows, rows, classes), the result (participants, rows, classes, classes); participants
    are in the order of their numbers. The most probable class is the predicted one.
    """
    _, rows, classes = estimate.shape
    found, participant = np.unique(split["participant"], return_inverse=True)
    truth = np.asarray(split[TARGET])[:, None]
    place = ((participant[:, None] * rows + np.arange(rows)) * classes + truth) * classes
    counts = np.bincount((place + estimate.argmax(-1)).ravel(), minlength=len(found) * rows * classes**2)
    return counts.reshape(len(found), rows, classes, classes).astype(np.float64)


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, ...]]:
    """Sums by participant, each (participants, …), that `metric` turns into scores.

    `estimate` is (windows, 2, classes). Scores of the most probable class come from confusion matrices,
    (participants, classes, classes). log_loss: nats a window, probabilities clipped at the precision that
    they are stored in; calibration_error: the expected calibration error in 15 bins of confidence (Guo,
    Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017).
    """
    counts = confusion(estimate, split)
    own = np.asarray(estimate[:, 0], dtype=np.float64)
    found, participant = np.unique(split["participant"], return_inverse=True)
    chosen = np.take_along_axis(own, np.asarray(split[TARGET])[:, None], 1)[:, 0]
    surprise = -np.log(np.maximum(chosen, np.finfo(np.float32).eps))
    windows = np.bincount(participant).astype(np.float64)
    return (
        {name: (counts[:, 0],) for name in FROM_CONFUSION}
        | {
            "log_loss": (np.bincount(participant, surprise, len(found)), windows),
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


def kappa(counts: Array) -> Array:
    """Cohen's κ: agreement beyond that of chance (Cohen, "A coefficient of agreement for nominal scales",
    Educational and Psychological Measurement 20, 1960); `counts` (…, true class, predicted class)."""
    windows, true, predicted = counts.sum((-2, -1)), counts.sum(-1), counts.sum(-2)
    by_chance = (true * predicted).sum(-1)
    return _ratio(_right(counts) * windows - by_chance, np.square(windows) - by_chance)


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
    together = _right(counts) * windows - (true * predicted).sum(-1)
    apart = (np.square(windows) - np.square(each).sum(-1) for each in (true, predicted))
    spread = np.sqrt(next(apart)) * np.sqrt(next(apart))
    return np.asarray(np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0))


FROM_CONFUSION = {
    "kappa": kappa,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
    "matthews": matthews,
}
"""Scores of confusion matrices (…, true class, predicted class), over any leading axes."""


def by_class(estimate: Array, split: Split) -> Array:
    """Precision, recall, F1 and windows of each class: (4, rows, classes); NaN where there is none.

    `estimate` is (windows, rows, classes).
    """
    counts = confusion(estimate, split).sum(0)
    return np.stack([*_by_class(counts), counts.sum(-1)])


def reliability(estimate: Array, split: Split) -> Iterator[tuple[float, Array, Array]]:
    """Of each bin of confidence that has windows: its mean confidence, and per participant the windows of
    the bin that are right, and all of them."""
    confidence, right, count = _by_confidence(estimate, split)
    for place in np.flatnonzero(count.sum(0)):
        mean = confidence[:, place].sum() / count[:, place].sum()
        yield float(mean), right[:, place], count[:, place]


STRIP = ("participant", "time", "true", "predicted", "smoothed", "confidence")


def strip(estimate: Array, split: Split, participants: int) -> Iterator[tuple[Any, ...]]:
    """Every window of the first participants, in order of time, as `STRIP` names it.

    Participant and classes are numbers, time is in ns since 1970, the confidence that in `predicted`.
    """
    participant, time, truth = (np.asarray(split[name]) for name in ("participant", "time", TARGET))
    shown = np.unique(participant)[:participants]
    order = np.lexsort((time, participant))
    order = order[np.isin(participant[order], shown)]
    answers = np.asarray(estimate[order])
    predicted, smoothed = answers.argmax(-1).T
    columns = (participant[order], time[order], truth[order], predicted, smoothed, answers[:, 0].max(-1))
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _right(counts: Array) -> Array:
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1))


def _by_class(counts: Array) -> tuple[Array, Array, Array]:
    """Precision, recall and F1, each (…, classes); NaN of a class never predicted, never true, neither."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    true, predicted = counts.sum(-1), counts.sum(-2)
    return _ratio(right, predicted), _ratio(right, true), _ratio(2 * right, true + predicted)


def _ratio(numerator: Array, denominator: Array) -> Array:
    """Their ratio; NaN where the denominator is 0."""
    nothing = np.full(np.shape(denominator), np.nan)
    return np.asarray(np.divide(numerator, denominator, out=nothing, where=np.asarray(denominator) > 0))


def _mean_of_defined(values: Array) -> Array:
    """Mean over the last axis of what is not NaN; NaN where nothing is."""
    defined = ~np.isnan(values)
    return _ratio(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))


def _by_confidence(estimate: Array, split: Split) -> tuple[Array, Array, Array]:
    """By participant and bin of confidence, (participants, bins): sum of confidence, windows right, windows.

    The bins are (0, 1/15], (1/15, 2/15], …, of the predictor's own probabilities.
    """
    own = np.asarray(estimate[:, 0], dtype=np.float64)
    confidence, right = own.max(-1), own.argmax(-1) == split[TARGET]
    found, participant = np.unique(split["participant"], return_inverse=True)
    place = participant * BINS + np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1).astype(np.int64)
    confidence, hits, count = (
        np.bincount(place, weight, len(found) * BINS).reshape(-1, BINS)
        for weight in (confidence, right.astype(np.float64), np.ones(len(place)))
    )
    return confidence, hits, count
