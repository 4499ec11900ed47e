"""Percentile bootstrap intervals of scores that are functions of sums over test signals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidemark.core.store import Array


def interval(
    numerator: Array,
    denominator: Array,
    score: Callable[[Array, Array], Array],
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> tuple[float, float, float]:
    """Value, lower and upper bound of `score(sum of numerator, sum of denominator)`.

    Both arrays are (signals,). Whole signals are drawn with replacement, as counts from a
    multinomial law, so that all resamples are one matrix product (Efron and Tibshirani, "An
    Introduction to the Bootstrap", 1993, chapter 13).
    """
    signals = len(numerator)
    random = np.random.default_rng(seed)
    counts = random.multinomial(signals, np.full(signals, 1 / signals), size=resamples).astype(np.float64)
    resampled = score(counts @ numerator, counts @ denominator)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(resampled, [tail, 1 - tail])
    value = score(np.asarray(numerator.sum()), np.asarray(denominator.sum()))
    return float(value), float(low), float(high)
