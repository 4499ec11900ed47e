"""Percentile bootstrap intervals of scores that are functions of sums over units that are drawn anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from tidemark.core.store import Array


def interval(
    parts: Sequence[Array], score: Callable[..., Array], *, resamples: int, confidence: float, seed: int
) -> tuple[float, float, float]:
    """Value, lower and upper bound of `score(sum of each part)`; NaN, all three, where it has no value.

    Each part is (units, …), sums by unit; `score` takes sums over units with any leading axes. Whole units
    are drawn uniformly with replacement, as counts from a multinomial law, so that all resamples are one
    matrix product (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). A resample
    without a score is left out.
    """
    units = len(parts[0])
    value = float(score(*(np.asarray(part.sum(0)) for part in parts)))
    if math.isnan(value):
        return value, value, value
    counts = _counts(units, resamples, seed)
    resampled = score(*(_weighted(counts, part) for part in parts))
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(resampled, [tail, 1 - tail])
    return value, float(low), float(high)


@lru_cache(maxsize=1)
def _counts(units: int, resamples: int, seed: int) -> Array:
    """How often each resample has each unit, (resamples, units): the same for every score of a test set."""
    random = np.random.default_rng(seed)
    return random.multinomial(units, np.full(units, 1 / units), size=resamples).astype(np.float64)


def _weighted(counts: Array, part: Array) -> Array:
    """Sums over units of each resample: `counts` (resamples, units), `part` (units, …) → (resamples, …)."""
    return counts @ part if part.ndim == 1 else np.tensordot(counts, part, 1)
