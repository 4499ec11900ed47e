"""Ridge regression of the past on the sines and cosines of all whole periods of a range, carried on.

The coefficients minimise |past − Σₚ (aₚ sin(2πt / p) + bₚ cos(2πt / p))|² + λ Σₚ (aₚ² + bₚ²) (A. E. Hoerl and
R. W. Kennard, Technometrics 12 (1970)). With λ the noise's variance over a coefficient's it is the best
linear predictor of a sum of such waves: `process_covariance` under a loading of λ over the number of periods.
"""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.frozen import NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.periods import Periods

ROUNDING = 1e-13
"""Singular values smaller than this, the largest being 1, count as zero."""


class Options(Periods):
    """The range of periods, and the penalty."""

    penalty: NonNegative = 1e-6
    """λ; the sum of squares of a wave is about half of the lookback."""
    intercept: bool = False
    """Whether a constant is fitted too, without a penalty: for recordings."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    return past @ _map(options, past.shape[-1], info.horizon).T


def _map(options: Options, lookback: int, horizon: int) -> Array:
    """What takes a past to its forecast, (horizon, lookback)."""
    period = np.arange(options.lowest, options.highest + 1)
    angle = 2 * np.pi * np.arange(lookback + horizon)[:, None] / period
    waves = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    mean = np.full(lookback, 1 / lookback if options.intercept else 0.0)
    waves = waves - mean @ waves[:lookback]  # without a penalty, the constant takes up all means
    left, size, right = np.linalg.svd(waves[:lookback], full_matrices=False)
    inverse = np.divide(
        size, np.square(size) + options.penalty, out=np.zeros_like(size), where=size > ROUNDING * size[0]
    )
    weights = (waves[lookback:] @ right.T * inverse) @ left.T
    return np.asarray(weights + (1 - weights.sum(1, keepdims=True)) * mean)


METHOD = Method(Options, estimate)
