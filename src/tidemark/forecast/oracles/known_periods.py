"""The genie that knows each signal's periods, and has only amplitudes and phases left to find.

linear: the mean of the future given the past for Gaussian coefficients of sines and cosines, of variance s²
(the signal's mean square, less the noise's, over the number of components), and Gaussian noise of known
variance: the linear estimate of least mean squared error. Where amplitudes drift, coefficients are processes
with the covariance of the law's envelope. The law's coefficients are not Gaussian: the limit known_periods,
where there is one, is better by a fifth under noise of standard deviation 0.1.

least_squares: the best linear estimate without bias (Gauss–Markov): under noise of standard deviation 0.1 its
error is some 8 times that. It takes amplitudes that drift as constant.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.periods import envelope

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

    estimate: Literal["linear", "least_squares"] = "linear"


def told(options: Options) -> list[str]:
    """What is known of each signal."""
    return ["periods", "noise_std"]


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, 1, lookback): (signals, 1, horizon) float64.

    From `split["periods"]` in samples, (signals, most components), 0 where there are fewer, and
    `split["noise_std"]` (signals,). Raises `InputError` where the dataset has none, or gaps.
    """
    if not {"periods", "noise_std"} <= set(split):
        raise InputError(
            f"known_periods: {info.name!r} does not say which periods its signals have; "
            "give the name of a dataset of generator harmonics"
        )
    past = np.asarray(split["past"], dtype=np.float64)[:, 0]
    gaps.check_whole(past, "known_periods", info.name)
    periods, variance = np.asarray(split["periods"]), np.square(split["noise_std"]) + ROUNDING
    drift = info.law.get("drift")
    result = np.empty((len(past), info.horizon))
    for first in range(0, len(past), CHUNK):
        chunk = slice(first, first + CHUNK)
        if options.estimate == "least_squares":
            curves = waves(periods[chunk], past.shape[1] + info.horizon)
            inverse = np.linalg.pinv(curves[:, : past.shape[1]], rcond=INDEPENDENT)
            result[chunk] = (curves[:, past.shape[1] :] @ (inverse @ past[chunk, :, None]))[..., 0]
            continue
        power = np.square(past[chunk]).mean(1)
        prior = np.maximum(power - variance[chunk], LEAST_POWER * power) / (periods[chunk] > 0).sum(1)
        prior = np.maximum(prior, ROUNDING)
        if drift is None:
            result[chunk] = _linear(past[chunk], periods[chunk], info.horizon, variance[chunk] / prior)
        else:
            drifting = envelope(drift, past.shape[1] + info.horizon)
            result[chunk] = _from_covariance(past[chunk], periods[chunk], drifting, variance[chunk] / prior)
    return result[:, None]


def waves(periods: Array, samples: int) -> Array:
    """Sines, then cosines of each signal's periods (signals, components): (signals, samples, 2 · components).

    Zero where there is none.
    """
    angle = 2 * np.pi * np.arange(samples)[:, None] / np.maximum(periods, 1)[:, None]
    present = (periods > 0)[:, None]
    return np.concatenate([np.sin(angle) * present, np.cos(angle) * present], axis=2)


def _linear(past: Array, periods: Array, horizon: int, ratio: Array) -> Array:
    """Forecasts (signals, horizon); `ratio` is the noise's variance over a coefficient's, (signals,)."""
    lookback = past.shape[1]
    curves = waves(periods, lookback + horizon)
    # Through singular values: without noise, the normal equations would lose half of the digits.
    left, size, right = np.linalg.svd(curves[:, :lookback], full_matrices=False)
    shrunk = size / (np.square(size) + ratio[:, None]) * np.einsum("snk,sn->sk", left, past)
    return np.asarray(np.einsum("snj,skj,sk->sn", curves[:, lookback:], right, shrunk, optimize=True))


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


METHOD = Method(Options, estimate, told=told)
