"""The genie that knows each signal's periods: all else of the harmonics law is inferred, as it was drawn.

Without noise the past determines the future, but for the rounding to float32 of what is stored. Under noise
of one level σ the future's mean has the least squared error, its median the least absolute one, over the
posterior

    p(x | y) ∝ N(y; W x, σ²) Πᵢ 1 / rᵢ · (max r)^−k,   max |W x| = 1 over past and future,

x the coefficients of the k components' sines and cosines W, rᵢ the amplitudes: what of the law (phases
uniform, amplitudes uniform and over their sum) depends on x's direction, its length being given by the
largest value. What the last scaling, by the largest noisy value, says of the future counts as well: that no
later value was larger or, where the past does not reach 1, that one of the future was the largest.

By importance sampling: directions are drawn from the posterior under a Gaussian prior, in pairs that cancel.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, logsumexp

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.oracles import known_periods as linear

POWER = 0.6
"""Mean square of signals under the Gaussian prior, twice the law's: its tails must reach as far."""
REACHED = 1 - 1e-6
"""A past whose largest value is this has the largest value of the whole, but for rounding."""
SCALES = np.linspace(-8, 8, 41)
"""Points of the integral over a signal's length, in standard deviations."""
SQUARED = ("mse", "normalised_mse", "one_step_mse", "skill")
"""Scores that the mean is best in; the median is in the other one."""


class Options(Frozen):
    """How much is sampled under noise."""

    draws: Count = 4096
    """Of each signal, in fours: two halves of pairs that cancel."""
    seed: int = 0


def told(options: Options) -> list[str]:
    """What is known of each signal; the noise's level says how the signal was scaled."""
    return ["periods", "noise_std"]


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    """Mean and median forecasts from `split["past"]` (signals, 1, lookback): (signals, 1, horizon) float64.

    From `split["periods"]` in samples, (signals, most components), 0 where there are fewer, and
    `split["noise_std"]` (signals,). Raises `InputError` where the dataset is not of the harmonics law with
    constant amplitudes and noise of one level, or has gaps.
    """
    noise = info.law.get("noise_std")
    if info.generator != "harmonics" or info.law["drift"] is not None or not isinstance(noise, float | int):
        raise InputError(
            f"known_periods: {info.name!r} is not made by the harmonics law with constant amplitudes and "
            "noise of one level; use the oracle known_periods, the best linear estimate"
        )
    if noise == 0:
        exact = linear.estimate(split, info, linear.Options())
        return Answers(_best(exact, exact))
    past, periods = np.asarray(split["past"], dtype=np.float64)[:, 0], np.asarray(split["periods"])
    gaps.check_whole(past, "known_periods", info.name)
    scale = noise / np.asarray(split["noise_std"])
    points = np.empty((2, 3, len(past), 1, info.horizon))
    quarter = -(-options.draws // 4)
    for signal, own in enumerate(past):
        random = np.random.default_rng([options.seed, signal])
        some = periods[signal][periods[signal] > 0]
        half = random.standard_normal((2 * quarter, 2 * len(some)))
        normal = np.stack([half, -half], axis=1).reshape(-1, 2 * len(some))
        future, weight = _drawn(own * scale[signal], scale[signal], some, noise, info.horizon, normal)
        points[:, :, signal, 0] = _points(future, weight) / scale[signal]
    every, *halves = (_best(*each) for each in points.swapaxes(0, 1))
    return Answers(every, halves)


def _best(mean: Array, median: Array) -> dict[str, Array]:
    return dict.fromkeys(SQUARED, mean) | {"mase": median}


def _drawn(
    y: Array, largest: float, periods: Array, noise: float, horizon: int, normal: Array
) -> tuple[Array, Array]:
    """Futures (draws, horizon) that a past `y` (lookback,) may have, and their weights (draws,).

    On the scale on which the clean signal's largest value is 1 and the noisy one's is `largest`; `normal`
    (draws, 2 · components).
    """
    lookback, number = len(y), len(periods)
    waves = linear.waves(periods[None], lookback + horizon)[0]
    seen = waves[:lookback]
    precision = seen.T @ seen / noise**2 + np.eye(2 * number) * number / POWER
    root = np.linalg.inv(np.linalg.cholesky(precision)).T
    centre = root.T @ (seen.T @ y) / noise**2
    white = centre + normal
    coefficient = white @ root.T
    curve = coefficient @ waves.T
    height = np.maximum(curve.max(1), -curve.min(1))
    curve /= height[:, None]
    radius = np.sqrt(np.square(coefficient[:, :number]) + np.square(coefficient[:, number:]))
    misfit = np.square(curve[:, :lookback] - y).sum(1) / (2 * noise**2)
    law = -np.log(radius).sum(1) - number * np.log(radius.max(1))
    # How densely the Gaussian draws the direction: along the ray through a draw, with s^(2 · number - 1) ds.
    length = np.linalg.norm(white, axis=1)
    along = white @ centre / length
    integral = np.square(along[:, None] + SCALES).clip(0) ** (number - 0.5) @ np.exp(-np.square(SCALES) / 2)
    density = np.log(integral) - 2 * number * np.log(length) + np.square(along) / 2
    future = curve[:, lookback:]
    reached = np.abs(y).max() >= REACHED * largest
    weight = law - misfit - density + _log_scaling(future, largest, noise, reached)
    return future, np.exp(weight - weight.max())


def _log_scaling(future: Array, largest: float, noise: float, reached: bool) -> Array:
    """Log probability, (draws,), that no noisy value of the `future` (draws, horizon) is above the `largest`.

    Or, unless the past has `reached` that, that the largest of the future is this.
    """
    above, below = (largest - future) / noise, (largest + future) / noise
    outside = np.exp(log_ndtr(-above)) + np.exp(log_ndtr(-below))
    within = np.log1p(-np.minimum(outside, 1 - 1e-16))
    if reached:
        return np.asarray(within.sum(1))
    at_edge = np.logaddexp(-np.square(above) / 2, -np.square(below) / 2)
    return np.asarray(within.sum(1) + logsumexp(at_edge - within, axis=1))


def _points(future: Array, weight: Array) -> Array:
    """Weighted mean, then median, of futures (draws, horizon): by all, and by each half, (2, 3, horizon)."""
    half = np.arange(len(future)) // 2 % 2 == np.arange(2)[:, None]  # pairs that cancel stay together
    shares = weight * np.concatenate([np.ones((1, len(future))), half])
    shares /= np.maximum(shares.sum(1, keepdims=True), np.finfo(float).tiny)
    place = future.argsort(0)
    ordered = np.take_along_axis(future, place, 0)
    below = (np.cumsum(shares[:, place], axis=1) < 0.5).sum(1)  # (3, horizon)
    return np.stack([shares @ future, np.take_along_axis(ordered, below, 0)])


LIMIT = Limit(Options, answer, told)
