"""Percentile bootstrap intervals of scores that are functions of sums over units that are drawn anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Estimate:
    """A score of one or several trainings: their mean, its interval, and what more of them would show."""

    value: float
    low: float
    high: float
    by_training: Sequence[float] = ()
    """Empty for one training, as is the next."""
    of_one: Sequence[float] = ()
    """The interval in which the score of one more training is expected."""


def estimate(
    trainings: Sequence[Sequence[Array]],
    score: Callable[..., Array],
    positive: bool,
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> Estimate:
    """The score of each training's parts, which are as in `interval`, test items and seeds counted together.

    A bootstrap in two levels. Items are drawn with replacement, the same ones for all trainings. Trainings
    are too few for that, since a sample drawn from five never leaves their range: their scores are taken for
    normal (those of a `positive` error for log-normal), so that the mean of n, and one more, follow
    Student's law with n − 1 degrees of freedom about the resample's mean, scaled by their standard deviation
    times √(1/n), or times √(1 + 1/n) (the normal law's predictive distribution; Gelman et al., "Bayesian
    Data Analysis", 2013, section 3.2).
    """
    if len(trainings) == 1:
        once = interval(trainings[0], score, resamples=resamples, confidence=confidence, seed=seed)
        return Estimate(*once)
    values = np.array([float(score(*(np.asarray(part.sum(0)) for part in parts))) for parts in trainings])
    if np.isnan(values).any():
        return Estimate(math.nan, math.nan, math.nan)
    counts, number = _counts(len(trainings[0][0]), resamples, seed), len(trainings)
    drawn = np.stack([score(*(_weighted(counts, part) for part in parts)) for parts in trainings])
    logarithmic = positive and (values > 0).all() and not (drawn <= 0).any()
    drawn = np.log(drawn) if logarithmic else drawn
    effect = drawn.std(0, ddof=1) * np.random.default_rng(seed).standard_t(number - 1, resamples)
    tail = (1 - confidence) / 2

    def bounds(scale: float) -> list[float]:
        ends = np.nanquantile(drawn.mean(0) + scale * effect, [tail, 1 - tail])
        return [float(end) for end in (np.exp(ends) if logarithmic else ends)]

    value, (low, high) = float(values.mean()), bounds(number**-0.5)
    # The mean of skewed values may lie beyond the bounds of their geometric mean.
    return Estimate(
        value, min(low, value), max(high, value), values.tolist(), bounds((1 + 1 / number) ** 0.5)
    )


@lru_cache(maxsize=1)
def _counts(units: int, resamples: int, seed: int) -> Array:
    """How often each resample has each unit, (resamples, units): the same for every score of a test set."""
    random = np.random.default_rng(seed)
    return random.multinomial(units, np.full(units, 1 / units), size=resamples).astype(np.float64)


def _weighted(counts: Array, part: Array) -> Array:
    """Sums over units of each resample: `counts` (resamples, units), `part` (units, …) → (resamples, …)."""
    return counts @ part if part.ndim == 1 else np.tensordot(counts, part, 1)
