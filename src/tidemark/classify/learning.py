"""Classify, in training: the log-spectrogram of a window of a wrist accelerometer is the input, its class the
target; a network's output is logits.
"""

from __future__ import annotations

import functools

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from tidemark.core.calibration import Calibrating
from tidemark.core.learning import Learning, Loss
from tidemark.core.likeness import describe
from tidemark.core.store import Array, DatasetInfo, Split

INPUT = "spectrogram"
SIGNAL = "signal"
"""The windows that spectrograms are of, (windows, 3, samples) in g."""
TARGET = "label"


def inputs(split: Split) -> Array:
    """What a network sees: log-spectrograms, (windows, channels, frequencies, frames) float32."""
    return np.array(split[INPUT], dtype=np.float32)


def loss(estimate: Tensor, target: Tensor, kind: str, weight: Tensor | None = None) -> Tensor:
    """Mean cross entropy in nats; `estimate` logits (batch, classes), `target` class numbers (batch,).

    For `balanced_cross_entropy` each window counts by `weight` of its class, (classes,); whole batches are
    divided by their number of windows, so that a step without a rare class is no larger than another.
    """
    if kind == "cross_entropy" or weight is None:
        return cross_entropy(estimate, target)
    return cross_entropy(estimate, target, weight.to(estimate), reduction="sum") / len(target)


def loss_for(kind: str, train: Split, info: DatasetInfo) -> Loss:
    """The loss of `kind`, which of balanced cross entropy depends on the training labels.

    A class weighs the number of windows it would have if all were as frequent, over that it has; one that
    the labels do not have weighs nothing.
    """
    if kind == "cross_entropy":
        return functools.partial(loss, kind=kind)
    classes = len(info.classes)
    windows = np.bincount(train[TARGET], minlength=classes)
    weight = np.divide(windows.sum() / classes, windows, out=np.zeros(classes), where=windows > 0)
    return functools.partial(loss, kind=kind, weight=torch.from_numpy(weight).float())


def kappa(counts: Array) -> Array:
    """Cohen's κ: agreement beyond that of chance (Cohen, "A coefficient of agreement for nominal scales",
    Educational and Psychological Measurement 20, 1960); `counts` (…, true class, predicted class)."""
    windows, true, predicted = counts.sum((-2, -1)), counts.sum(-1), counts.sum(-2)
    by_chance = (true * predicted).sum(-1)
    return ratio(np.trace(counts, axis1=-2, axis2=-1) * windows - by_chance, np.square(windows) - by_chance)


def ratio(numerator: Array, denominator: Array) -> Array:
    """Their ratio; NaN where the denominator is 0."""
    nothing = np.full(np.shape(denominator), np.nan)
    return np.asarray(np.divide(numerator, denominator, out=nothing, where=np.asarray(denominator) > 0))


def score(estimate: Tensor, target: Tensor) -> float:
    """Cohen's κ of logits (windows, classes) against class numbers (windows,); NaN where it has none."""
    classes = estimate.shape[-1]
    place = (target * classes + estimate.argmax(-1)).cpu().numpy()
    counts = np.bincount(place, minlength=classes**2).reshape(classes, classes)
    return float(kappa(counts.astype(np.float64)))


def shape(info: DatasetInfo) -> tuple[int, tuple[int, ...], int]:
    """Axes of the sensor, frequencies and frames of a spectrogram, classes."""
    return info.channels, tuple(info.picture), len(info.classes)


LEARNING = Learning(
    input=INPUT,
    target=TARGET,
    losses=("cross_entropy", "balanced_cross_entropy"),
    loss=loss_for,
    inputs=inputs,
    shape=shape,
    pictured=lambda split: {},
    streams=True,
    score=score,
    score_name="kappa",
    calibrating=Calibrating((SIGNAL,), lambda split, info: describe(split[SIGNAL])),
)
