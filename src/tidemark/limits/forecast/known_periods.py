"""The genie that knows each signal's periods, and has only amplitudes and phases left to find.

With the periods known, a signal is a linear combination of their sines and cosines, and the future too.

posterior: the mean of the future given the past for Gaussian coefficients of variance s² and Gaussian noise
of known standard deviation: the linear estimate of least mean squared error. s² is the signal's mean
square, less the noise's, over the number of components. Where amplitudes drift, the coefficients are
processes with the covariance of the law's envelope; still the best linear estimate, but not the best one:
the envelope is a broken line, not a Gaussian process, and without noise a method that finds its bends would
be exact.

least_squares: without a prior, the best linear estimate that has no bias (Gauss–Markov); the error's
variance is σ² x'(X'X)⁻¹x at a time whose sines and cosines are x, X being those of the past. Periods that
are near each other make it large: under noise of standard deviation 0.1 its mean squared error is some 8
times that of the posterior, which is the limit to hold scores against. Where amplitudes drift, it takes
them as constant all the same, and is no limit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.store import Array, DatasetInfo, Split

CHUNK = 128
"""Signals at once, so that what is computed of them stays small."""
ROUNDING = float(np.finfo(np.float32).eps) ** 2 / 12
"""Variance of the rounding to float32 of a value near 1: the noise that is always there."""
INDEPENDENT = 1e-10
"""Singular values smaller than this, the largest being 1, are rounding errors."""
LEAST_POWER = 0.05
"""The signal's power is taken as no less than this share of the past's, however strong the noise."""


class Options(Frozen):
    """What the genie does with the periods."""

    estimate: Literal["posterior", "least_squares"] = "posterior"


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, 1, lookback): (signals, 1, horizon) float64.

    From `split["periods"]` in samples, (signals, most components), 0 where there are fewer, and
    `split["noise_std"]` (signals,), in units of the past. Raises `InputError` where the dataset
    has none, or gaps.
    """
    if not {"periods", "noise_std"} <= set(split):
        raise InputError(
            f"known_periods: {info.name!r} does not say which periods its signals have; "
            "give the name of a dataset of generator harmonics"
        )
    past = np.asarray(split["past"], dtype=np.float64)[:, 0]
    if np.isnan(past).any():
        raise InputError(
            f"known_periods: signal {int(np.isnan(past).any(1).argmax())} of {info.name!r} has missing "
            "values; give a dataset without"
        )
    periods, variance = np.asarray(split["periods"]), np.square(split["noise_std"]) + ROUNDING
    drift = info.law.get("drift")
    result = np.empty((len(past), info.horizon))
    for first in range(0, len(past), CHUNK):
        chunk = slice(first, first + CHUNK)
        if options.estimate == "least_squares":
            result[chunk] = _least_squares(past[chunk], periods[chunk], info.horizon)
            continue
        power = np.square(past[chunk]).mean(1)
        prior = np.maximum(power - variance[chunk], LEAST_POWER * power) / (periods[chunk] > 0).sum(1)
        prior = np.maximum(prior, ROUNDING)
        if drift is None:
            result[chunk] = _posterior(past[chunk], periods[chunk], info.horizon, variance[chunk] / prior)
        else:
            envelope = _envelope(drift, past.shape[1] + info.horizon)
            result[chunk] = _from_covariance(past[chunk], periods[chunk], envelope, variance[chunk] / prior)
    return result[:, None]


def _waves(periods: Array, samples: int) -> Array:
    """Sines, then cosines of each signal's periods (signals, components): (signals, samples, 2 · components).

    Zero where there is none.
    """
    angle = 2 * np.pi * np.arange(samples)[:, None] / np.maximum(periods, 1)[:, None]
    present = (periods > 0)[:, None]
    return np.concatenate([np.sin(angle) * present, np.cos(angle) * present], axis=2)


def _least_squares(past: Array, periods: Array, horizon: int) -> Array:
    """Forecasts (signals, horizon)."""
    lookback = past.shape[1]
    waves = _waves(periods, lookback + horizon)
    inverse = np.linalg.pinv(waves[:, :lookback], rcond=INDEPENDENT)
    return np.asarray((waves[:, lookback:] @ (inverse @ past[..., None]))[..., 0])


def _posterior(past: Array, periods: Array, horizon: int, ratio: Array) -> Array:
    """Forecasts (signals, horizon); `ratio` is the noise's variance over a coefficient's, (signals,)."""
    lookback = past.shape[1]
    waves = _waves(periods, lookback + horizon)
    # Through singular values: without noise, the normal equations would lose half of the digits.
    left, size, right = np.linalg.svd(waves[:, :lookback], full_matrices=False)
    shrunk = size / (np.square(size) + ratio[:, None]) * np.einsum("snk,sn->sk", left, past)
    return np.asarray(np.einsum("snj,skj,sk->sn", waves[:, lookback:], right, shrunk, optimize=True))


def _from_covariance(past: Array, periods: Array, envelope: Array, ratio: Array) -> Array:
    """The same where each coefficient is a process with the covariance `envelope` (samples, samples)."""
    lookback, time = past.shape[1], np.arange(len(envelope))
    angle = 2 * np.pi * time / np.maximum(periods, 1)[..., None]
    by_distance = (np.cos(angle) * (periods > 0)[..., None]).sum(1)
    covariance = by_distance[:, np.abs(time[:, None] - time)] * envelope
    loaded = covariance[:, :lookback, :lookback] + ratio[:, None, None] * np.eye(lookback)
    return np.asarray(
        (covariance[:, lookback:, :lookback] @ np.linalg.solve(loaded, past[..., None]))[..., 0]
    )


def _envelope(drift: tuple[float, float], samples: int) -> Array:
    """E[e(t) e(t′)] of an amplitude that goes straight from 1 to r at a random sample and back to 1."""
    time, turn = np.arange(samples), np.arange(1, samples - 1)[:, None]
    way = np.minimum(time / turn, (samples - 1 - time) / (samples - 1 - turn))
    low, high = (end - 1 for end in drift)
    mean, square = way.mean(0), (low * low + low * high + high * high) / 3
    return np.asarray(1 + (low + high) / 2 * (mean[:, None] + mean) + square * way.T @ way / len(turn))
