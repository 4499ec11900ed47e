"""One linear map from past to future for all signals, learned from the training windows by ridge regression.

Each window is first taken off its mean or last value (NLinear), and may be divided by its standard deviation;
with `average` it is split into a moving average and what is left, a map for each (DLinear; A. Zeng, M. Chen,
L. Zhang, Q. Xu, "Are transformers effective for time series forecasting?", AAAI 2023). They train by gradient
descent; the penalised least squares that this approaches has a closed form (A. E. Hoerl and R. W. Kennard,
Technometrics 12 (1970)), which needs no learning rate and no stopping, and has one optimum.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.linalg import svd

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, values

ROUNDING = 1e-13
"""Singular values smaller than this, the largest being 1, count as zero."""


class Options(Known):
    """What is done to a window before the map, and how large the map may be."""

    penalty: NonNegative = 0.01
    """On the squared weights, over the number of training windows."""
    level: Literal["none", "mean", "last"] = "mean"
    """What is taken off every value, and put back on after."""
    scaled: bool = False
    """Whether windows are divided by their standard deviation."""
    average: Count | None = None
    """Samples of a moving average that has a map of its own; none for one map."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Array:
    """The map from `train["past"]` to `train["future"]`: (features, horizon).

    Windows with gaps in the future, or nothing recorded at the beginning of the past, are left out. Raises
    `InputError` where that leaves none.
    """
    past = values(train, options.samples, "linear_map", info)
    past = past.reshape(-1, past.shape[-1])
    future = np.asarray(train["future"], dtype=np.float64).reshape(-1, info.horizon)
    whole = ~np.isnan(future).any(1) & ~np.isnan(past[:, 0])
    if not whole.any():
        raise InputError(
            f"linear_map: no training window of {info.name!r} is whole; choose fewer samples, or more blocks "
            "for training"
        )
    inputs, level, size = _prepared(gaps.fill(past[whole]), options)
    # Moving averages are nearly dependent: LAPACK's quicker driver does not always converge on them.
    left, singular, right = svd(inputs, full_matrices=False, lapack_driver="gesvd")
    inverse = np.divide(
        singular,
        np.square(singular) + options.penalty * len(inputs),
        out=np.zeros_like(singular),
        where=singular > ROUNDING * singular[0],
    )
    return np.asarray((right.T * inverse) @ (left.T @ ((future[whole] - level) / size)))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Array) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = gaps.fill(values(split, options.samples, "linear_map", info))
    inputs, level, size = _prepared(past.reshape(-1, past.shape[-1]), options)
    return np.asarray((inputs @ learned * size + level).reshape(*past.shape[:2], info.horizon))


def _prepared(rows: Array, options: Options) -> tuple[Array, Array, Array]:
    """What the map is given of rows (signals, samples), (signals, features); level and size (signals, 1)."""
    one = np.ones((len(rows), 1))
    level = {"none": 0 * one, "mean": rows.mean(1, keepdims=True), "last": rows[:, -1:]}[options.level]
    spread = rows.std(1, keepdims=True)
    size = np.where(spread > 0, spread, 1.0) if options.scaled else one
    rows = (rows - level) / size
    if options.average is None:
        return rows, level, size
    around = options.average - 1
    padded = np.pad(rows, ((0, 0), (around - around // 2, around // 2)), mode="edge")
    slow = np.lib.stride_tricks.sliding_window_view(padded, options.average, axis=1).mean(-1)
    return np.concatenate([slow, rows - slow], axis=1), level, size


METHOD = Method(Options, estimate, learn)
