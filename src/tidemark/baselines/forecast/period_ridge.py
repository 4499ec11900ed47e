"""Ridge regression of the past on the sines and cosines of all whole periods of a range.

The coefficients minimise |past − Σₚ (aₚ sin(2πt / p) + bₚ cos(2πt / p))|² + λ Σₚ (aₚ² + bₚ²) (A. E. Hoerl and
R. W. Kennard, Technometrics 12 (1970)); the forecast is the sum carried on. With λ the noise's variance over
that of one coefficient it is the posterior mean for Gaussian coefficients: the best linear predictor of a
sum of such waves, the same as from their covariance (`process_covariance`) under a loading of λ over
the number of periods.
"""

from __future__ import annotations

import numpy as np
from pydantic import model_validator

from tidemark import gaps
from tidemark.core.frozen import Count, Frozen, NonNegative
from tidemark.core.store import Array, DatasetInfo, Split

ROUNDING = 1e-13
"""Singular values smaller than this, the largest being 1, count as zero."""


class Options(Frozen):
    """The range of periods, and the penalty."""

    lowest: Count = 2
    """Shortest period, in samples …"""
    highest: Count = 99
    """… and longest."""
    penalty: NonNegative = 1e-6
    """λ; the sum of squares of a wave is about half of the lookback."""
    intercept: bool = False
    """Whether a constant is fitted too, without a penalty: for recordings."""

    @model_validator(mode="after")
    def _ordered(self) -> Options:
        if not 2 <= self.lowest <= self.highest:
            raise ValueError(
                f"lowest {self.lowest} and highest {self.highest} are no range of periods; give whole "
                "numbers from 2 on, the smaller one first"
            )
        return self


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
