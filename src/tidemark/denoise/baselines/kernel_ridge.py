"""Kernel ridge regression from noisy to clean signals: near those that were learned from, as they were.

Least squares with a penalty in the space of a radial kernel, exp(−|y − y'|² · gamma): C. Saunders, A.
Gammerman and V. Vovk, "Ridge regression learning algorithm in dual variables" (ICML 1998); by scikit-learn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.kernel_ridge import KernelRidge

from tidemark.core import gaps
from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.pairs import check_values, pairs


class Options(Frozen):
    """The kernel and the penalty."""

    penalty: Positive = 0.5
    gamma: Positive = 5.0
    """Of the kernel, for the mean over values of the squared difference of two signals."""
    centred: bool = True
    """Whether each signal's mean is taken off before, and put back after."""
    signals: Count = 2500
    """Training signals, the first ones: time grows with their cube."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Any:
    """Learn from `noisy` and `clean` of the training split, (signals, channels, length).

    Gaps in noisy signals are interpolated; signals with gaps in the clean one are left out. Raises
    `InputError` where that leaves none.
    """
    noisy, clean = (each[: options.signals] for each in pairs(train, info, "train", "kernel_ridge"))
    level = _level(noisy, options)
    rows = (noisy - level).reshape(len(noisy), -1)
    model = KernelRidge(alpha=options.penalty, kernel="rbf", gamma=options.gamma / rows.shape[1])
    return model.fit(rows, (clean - level).reshape(len(clean), -1))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Any) -> Array:
    """The learned map of `split["noisy"]`, (signals, channels, length); same shape, float64."""
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    level = _level(noisy, options)
    rows = (noisy - level).reshape(len(noisy), -1)
    check_values(rows, learned.n_features_in_, info, "kernel_ridge")
    return np.asarray(learned.predict(rows).reshape(noisy.shape) + level)


def _level(noisy: Array, options: Options) -> Array:
    """What is taken off signals (signals, channels, length): (signals, channels, 1)."""
    mean = noisy.mean(axis=-1, keepdims=True)
    return mean if options.centred else np.zeros_like(mean)


METHOD = Method(Options, estimate, learn)
