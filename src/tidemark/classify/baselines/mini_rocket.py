"""MiniRocket: shares of a window in which fixed kernels answer, and a linear classifier on them.

84 kernels of nine values at many dilations; a feature is the share of places at which the output exceeds a
threshold (A. Dempster, D. F. Schmidt and G. I. Webb, "MiniRocket", KDD 2021), as the aeon toolkit computes
it, of averages of neighbouring samples: a wrist does little above 10 Hz. The classifier is scikit-learn's
ridge regression, its penalty chosen by leaving one out, then a softmax, as sharp as makes validation windows
likeliest.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

TAPS = 9
"""Values of a kernel."""
KERNELS = 84
PENALTIES = np.logspace(-1, 5, 13)
CHUNK = 1024
"""Windows averaged at once, so that those of a large study need not be in memory."""


class Options(Frozen):
    """How many features, and of how fine a signal."""

    features: Annotated[int, Field(ge=KERNELS)] = 2520
    """About so many; the published method has 9,996."""
    averaged: Count = 5
    """Neighbouring samples that are averaged into one."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class Learned(NamedTuple):
    """What is needed to tell other windows apart."""

    features: Any
    """aeon's transformation of averaged windows, fitted"""
    classifier: Pipeline
    sharpness: float
    """What the classifier's answers are multiplied by before the softmax."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Learned:
    """Learn from `signal` (windows, 3, samples) in g and `label` (windows,) of both splits.

    Raises `InputError` where all training windows are of one class, or shorter than a kernel.
    """
    label = np.asarray(train["label"])
    if len(np.unique(label)) < 2:
        raise InputError(
            f"mini_rocket: all training windows of {info.name!r} are of one class; choose a split of "
            "participants that leaves two or more"
        )
    windows = averaged(train["signal"], options)
    if windows.shape[2] < TAPS:
        raise InputError(
            f"mini_rocket: windows of {train['signal'].shape[2]} samples are {windows.shape[2]} after "
            f"averaging, a kernel has {TAPS}; set options.averaged smaller or the window longer"
        )
    # Takes seconds to import, and `tidemark check` imports this file.
    from aeon.transformations.collection.convolution_based import MiniRocket

    features = MiniRocket(n_kernels=options.features, random_state=options.seed, n_jobs=1)
    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES, class_weight="balanced"))
    classifier.fit(features.fit_transform(windows), label)
    learned = Learned(features, classifier, 1.0)
    known = np.isin(validation["label"], classifier.classes_)
    if not known.any():
        return learned
    predictions = _answers(validation, learned, options)[known]
    place = np.searchsorted(classifier.classes_, np.asarray(validation["label"])[known])

    def unlikely(logarithm: float) -> float:
        result = log_softmax(np.exp(logarithm) * predictions, axis=1)
        return -float(result[np.arange(len(place)), place].mean())

    best = minimize_scalar(unlikely, bounds=(-3, 5), method="bounded").x
    return learned._replace(sharpness=float(np.exp(best)))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Learned) -> Array:
    """Probabilities (windows, classes) float64; 0 for a class not trained on."""
    result = np.zeros((len(split["signal"]), len(info.classes)))
    if len(result):
        predictions = _answers(split, learned, options)
        result[:, learned.classifier.classes_] = softmax(learned.sharpness * predictions, axis=1)
    return result


def averaged(signal: Array, options: Options) -> Array:
    """Windows (windows, channels, samples // averaged) float32, the mean of each few neighbouring samples."""
    windows, channels, samples = signal.shape
    size = samples // options.averaged
    result = np.empty((windows, channels, size), dtype=np.float32)
    for start in range(0, windows, CHUNK):
        part = np.asarray(signal[start : start + CHUNK, :, : size * options.averaged], dtype=np.float32)
        part.reshape(len(part), channels, size, -1).mean(3, out=result[start : start + CHUNK])
    return result


def _answers(split: Split, learned: Learned, options: Options) -> Array:
    """The classifier's answers (windows, classes); of two classes, scikit-learn gives one for both."""
    features = learned.features.transform(averaged(split["signal"], options))
    result = np.asarray(learned.classifier.decision_function(features), dtype=np.float64)
    return np.stack([-result, result], 1) if result.ndim == 1 else result


METHOD = Method(Options, estimate, learn)
