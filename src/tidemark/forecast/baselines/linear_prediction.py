"""Each value as a fixed combination of those before it, fitted to each signal's own past by least squares.

A sum of k sines satisfies such a recursion of order 2k exactly (R. de Prony, Journal de l'École polytechnique
1 (1795)), backwards in time as well, which gives twice the equations (T. J. Ulrych and R. W. Clayton, Physics
of the Earth and Planetary Interiors 12 (1976)). Under noise, or where amplitudes change, a high order and a
ridge penalty do better than the order that would be exact.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, values

CHUNK = 256
"""Signals at once, so that what is computed of them stays small."""
ROUNDING = 1e-13
"""Singular values smaller than this, the largest being 1, count as zero."""


class Options(Known):
    """Order and fit of the recursion."""

    order: Count = 12
    """How many values before it each value is predicted from."""
    ridge: NonNegative = 0.0
    """Penalty on the squared coefficients, over the sum of squares of what one of them is multiplied with."""
    method: Literal["forward", "forward_backward"] = "forward"
    centred: bool = False
    """Whether each past's mean is taken off before, and put back on after."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where the order is not smaller than the lookback.
    """
    past = gaps.fill(values(split, options.samples, "linear_prediction", info))
    if options.order >= past.shape[-1]:
        raise InputError(
            f"linear_prediction: order {options.order} leaves nothing to fit to in the lookback of "
            f"{info.name!r}, {past.shape[-1]}; choose a smaller order"
        )
    level = past.mean(-1, keepdims=True) if options.centred else 0.0
    rows = (past - level).reshape(-1, past.shape[-1])
    result = np.empty((len(rows), info.horizon))
    for first in range(0, len(rows), CHUNK):
        chunk = rows[first : first + CHUNK]
        result[first : first + CHUNK] = _continued(chunk, coefficients(chunk, options), info.horizon)
    return np.asarray(result.reshape(*past.shape[:2], info.horizon) + level)


def coefficients(rows: Array, options: Options) -> Array:
    """Coefficients fitted to each row (signals, lookback): (signals, order), of the oldest value first."""
    pieces = np.lib.stride_tricks.sliding_window_view(rows, options.order + 1, axis=1)
    inputs, wanted = pieces[..., :-1], pieces[..., -1]
    if options.method == "forward_backward":
        inputs = np.concatenate([inputs, pieces[..., :0:-1]], axis=1)
        wanted = np.concatenate([wanted, pieces[..., 0]], axis=1)
    left, size, right = np.linalg.svd(inputs, full_matrices=False)
    penalty = options.ridge * np.square(size).sum(1, keepdims=True) / options.order
    inverse = np.divide(
        size, np.square(size) + penalty, out=np.zeros_like(size), where=size > ROUNDING * size[:, :1]
    )
    return np.asarray(np.einsum("sij,si->sj", right, inverse * np.einsum("sni,sn->si", left, wanted)))


def _continued(rows: Array, weights: Array, horizon: int) -> Array:
    """The recursion carried on from each row's end: (signals, horizon)."""
    lookback, order = rows.shape[1], weights.shape[1]
    whole: Array = np.concatenate([rows, np.zeros((len(rows), horizon))], axis=1)
    for step in range(lookback, lookback + horizon):
        whole[:, step] = np.einsum("so,so->s", whole[:, step - order : step], weights)
    return whole[:, lookback:]


METHOD = Method(Options, estimate)
