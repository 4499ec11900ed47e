"""The best linear predictor from the covariance that the harmonics law implies.

For the covariance C of past and future and noise of variance N, C_fp (C_pp + N)⁻¹ past has the least mean
squared error of all linear maps (Wiener and Kolmogorov). C is proportional to the mean of cos(2πτ / p) over
the law's periods p at distance τ, times the drift's E[e(t) e(t′)]. Only the signals' power before the noise,
which scaling to a largest value of 1 determines, is estimated: from the training signals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.periods import envelope, mean_square


class Options(Frozen):
    """What is added to the diagonal of the past's covariance, beside the noise."""

    loading: NonNegative = 1e-8
    """Over the signal's variance: the smaller, the more a rounding error of the past is magnified."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> float:
    """Mean square of signals before noise, their largest absolute value being 1.

    From `train["future"]` (signals, 1, horizon) and `train["noise_std"]` (signals,). Raises `InputError`
    where the dataset is not of the harmonics law.
    """
    _check(info)
    power = float(np.nanmean(np.square(np.asarray(train["future"], dtype=np.float64))))
    variance = mean_square(info.law["noise_std"])
    # Noise added before the last scaling was scaled as the signals were: it tells by how much.
    return power * variance / float(np.mean(np.square(train["noise_std"]))) if variance else power


def estimate(split: Split, info: DatasetInfo, options: Options, learned: float) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where the dataset is not of the harmonics law.
    """
    _check(info)
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    lookback = past.shape[-1]
    covariance = law_covariance(info.law, lookback + info.horizon)
    # The inverse through the eigenvalues: rounding must not make small ones negative.
    size, directions = np.linalg.eigh(covariance[:lookback, :lookback])
    size = np.maximum(size, 0) + options.loading + mean_square(info.law["noise_std"]) / learned
    inverse = np.divide(1, size, out=np.zeros_like(size), where=size > 0)
    weights = (covariance[lookback:, :lookback] @ directions * inverse) @ directions.T
    return np.asarray(past @ weights.T)


def law_covariance(law: Mapping[str, Any], samples: int) -> Array:
    """Covariance of the law's clean signals, (samples, samples); without drift, 1 at τ = 0."""
    shortest, longest = np.broadcast_to(law["period"], 2)
    time = np.arange(samples)
    by_distance = np.cos(2 * np.pi * time[:, None] / np.arange(shortest, longest + 1)).mean(1)
    covariance = by_distance[np.abs(time[:, None] - time)]
    return np.asarray(covariance if law["drift"] is None else covariance * envelope(law["drift"], samples))


def _check(info: DatasetInfo) -> None:
    if info.generator != "harmonics":
        raise InputError(
            f"process_covariance: {info.name!r} is not made by the harmonics law; give the name of a dataset "
            "of generator harmonics, or use the baseline period_ridge or linear_prediction"
        )


METHOD = Method(Options, estimate, learn)
