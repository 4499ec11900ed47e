"""MiniRocket: shares of a window in which fixed kernels answer, and a linear classifier on them.

84 kernels of nine values, six of them −1 and three 2, at many dilations; a feature is the share of places
at which the answer exceeds a threshold, itself a quantile of the answer in one training window (A. Dempster,
D. F. Schmidt and G. I. Webb, "MiniRocket", KDD 2021). Each kernel at each dilation sees the sum of some axes.
Windows are first averaged over neighbouring samples: a wrist does little above 10 Hz, and time goes with
their number.

The classifier is scikit-learn's ridge regression on the classes, the penalty found by leaving one out; a
softmax of its answers, as sharp as makes validation windows likeliest, says how probable each class is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any

import numpy as np
import torch
from pydantic import Field
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split

TAPS = 9
"""Values of a kernel."""
PLACES = tuple(combinations(range(TAPS), 3))
"""Of each kernel, where its three values of 2 are."""
DILATIONS = 32
"""Most that a kernel has."""
GOLDEN = (5**0.5 + 1) / 2
"""Its multiples spread evenly over quantiles."""
PENALTIES = np.logspace(-1, 5, 13)
CHUNK = 32
"""Windows worked on at once: answers of all kernels to them stay in the cache."""


class Options(Frozen):
    """How many features, and of how fine a signal."""

    features: Annotated[int, Field(ge=len(PLACES))] = 2520
    """About so many; the published method has 9,996."""
    averaged: Count = 5
    """Neighbouring samples that are averaged into one."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


@dataclass(frozen=True)
class Kernels:
    """All kernels at one dilation."""

    dilation: int
    axes: Array
    """Which axes each kernel sees, (84, channels) of 0 and 1, float32."""
    thresholds: Array
    """(84, thresholds) float32."""


@dataclass(frozen=True)
class Learned:
    """What is needed to tell other windows apart."""

    kernels: tuple[Kernels, ...]
    classifier: Pipeline
    sharpness: float
    """What the classifier's answers are multiplied by before the softmax."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Learned:
    """Learn from `signal` (windows, 3, samples) in g and `label` (windows,) of both splits.

    Raises `InputError` where all training windows are of one class.
    """
    label = np.asarray(train["label"])
    if len(np.unique(label)) < 2:
        raise InputError(
            f"mini_rocket: all training windows of {info.name!r} are of one class; choose a split of "
            "participants that leaves two or more"
        )
    kernels = fitted(train["signal"], options)
    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES, class_weight="balanced"))
    classifier.fit(transformed(train["signal"], kernels, options), label)
    answers = _answers(classifier, transformed(validation["signal"], kernels, options))
    known = np.isin(validation["label"], classifier.classes_)
    place = np.searchsorted(classifier.classes_, np.asarray(validation["label"])[known])

    def unlikely(logarithm: float) -> float:
        found = log_softmax(np.exp(logarithm) * answers[known], axis=1)
        return -float(found[np.arange(len(place)), place].mean())

    best = minimize_scalar(unlikely, bounds=(-3, 5), method="bounded").x if known.any() else 0.0
    return Learned(kernels, classifier, float(np.exp(best)))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Learned) -> Array:
    """Probabilities (windows, classes) float64; 0 for a class not trained on."""
    found = np.zeros((len(split["signal"]), len(info.classes)))
    if len(found):
        answers = _answers(learned.classifier, transformed(split["signal"], learned.kernels, options))
        found[:, learned.classifier.classes_] = softmax(learned.sharpness * answers, axis=1)
    return found


def fitted(signal: Array, options: Options) -> tuple[Kernels, ...]:
    """Kernels for windows (windows, channels, samples): dilations, axes and thresholds.

    Thresholds are quantiles of a kernel's answer in a window drawn at random. Raises `InputError` where a
    window is shorter than a kernel.
    """
    samples = signal.shape[2] // options.averaged
    if samples < TAPS:
        raise InputError(
            f"mini_rocket: windows of {signal.shape[2]} samples are {samples} after averaging, a kernel has "
            f"{TAPS}; set options.averaged smaller or the window longer"
        )
    each = options.features // len(PLACES)
    most = np.log2((samples - 1) / (TAPS - 1))
    dilation, count = np.unique(
        np.floor(2 ** np.linspace(0, most, min(each, DILATIONS))).astype(int), return_counts=True
    )
    count = count * (each // count.sum())
    count[: each - count.sum()] += 1  # the shortest kernels get what is left over
    generator = np.random.default_rng(options.seed)
    quantile = iter((np.arange(1, len(PLACES) * each + 1) * GOLDEN) % 1)
    kernels = []
    for spread, number in zip(dilation.tolist(), count.tolist(), strict=True):
        axes = _some_axes(signal.shape[1], generator)
        drawn = generator.integers(len(signal), size=len(PLACES))
        place, window = np.unique(drawn, return_inverse=True)
        answer = _answered(_averaged(signal[place], options), Kernels(spread, axes, np.empty((84, 0))))
        own = answer[window, np.arange(len(PLACES))].numpy()
        wanted = np.fromiter(quantile, float, count=number * len(PLACES)).reshape(len(PLACES), number)
        ordered = np.sort(own, axis=1)
        thresholds = np.take_along_axis(ordered, (wanted * (own.shape[1] - 1)).astype(int), 1)
        kernels.append(Kernels(spread, axes, thresholds.astype(np.float32)))
    return tuple(kernels)


def transformed(signal: Array, kernels: tuple[Kernels, ...], options: Options) -> Array:
    """Features of windows (windows, channels, samples): (windows, features) float32, shares from 0 to 1."""
    parts = []
    for start in range(0, len(signal), CHUNK):
        part = _averaged(signal[start : start + CHUNK], options)
        parts.append(torch.cat([_shares(part, each) for each in kernels], 1))
    return np.asarray(torch.cat(parts).numpy())


def _shares(signal: Tensor, kernels: Kernels) -> Tensor:
    """Share of places at which each answer exceeds each threshold: (windows, 84 · thresholds)."""
    answer = _answered(signal, kernels)
    # Of every other kernel only places count at which it lies within the window whole.
    edge = kernels.dilation * (TAPS // 2)
    thresholds = torch.from_numpy(kernels.thresholds)
    found = torch.empty(len(signal), *thresholds.shape)
    above = torch.empty_like(answer)
    for number, threshold in enumerate(thresholds.unbind(1)):
        torch.gt(answer, threshold[:, None], out=above)
        found[:, 0::2, number] = above[:, 0::2].mean(2)
        found[:, 1::2, number] = above[:, 1::2, edge : above.shape[2] - edge].mean(2)
    return found.flatten(1)


def _answered(signal: Tensor, kernels: Kernels) -> Tensor:
    """Convolution of zero-padded windows (windows, channels, samples) with every kernel: (windows, 84,
    samples)."""
    windows, channels, samples = signal.shape
    edge = kernels.dilation * (TAPS // 2)
    padded = torch.nn.functional.pad(signal, (edge, edge))
    shifted = padded.as_strided(
        (windows, channels, TAPS, samples),
        (channels * padded.shape[2], padded.shape[2], kernels.dilation, 1),
    )
    weights = torch.full((len(PLACES), TAPS), -1.0)
    weights.scatter_(1, torch.tensor(PLACES), 2.0)
    whole = torch.from_numpy(kernels.axes)[:, :, None] * weights[:, None]
    answer: Tensor = whole.flatten(1) @ shifted.reshape(windows, channels * TAPS, samples)
    return answer


def _averaged(signal: Array, options: Options) -> Tensor:
    windows, channels, samples = signal.shape
    kept = samples // options.averaged * options.averaged
    found = torch.from_numpy(np.array(signal[..., :kept], dtype=np.float32))
    return found.view(windows, channels, -1, options.averaged).mean(3)


def _some_axes(channels: int, generator: np.random.Generator) -> Array:
    """One or more axes for each kernel, (84, channels): small sets are likelier, as published."""
    most = int(np.log2(min(channels, TAPS) + 1))
    size = (2 ** generator.uniform(0, np.log2(2**most), len(PLACES))).astype(int).clip(1, channels)
    rank = generator.random((len(PLACES), channels)).argsort(1).argsort(1)
    return np.asarray(rank < size[:, None], dtype=np.float32)


def _answers(classifier: Any, features: Array) -> Array:
    """One column for each class; of two, scikit-learn gives one for both."""
    found = np.asarray(classifier.decision_function(features), dtype=np.float64)
    return np.stack([-found, found], 1) if found.ndim == 1 else found
