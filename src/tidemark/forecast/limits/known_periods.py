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

from math import comb

import numpy as np
from scipy.special import ndtr

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
BLOCK = 256
"""Draws whose curves are computed at once, so that they stay in the cache."""
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
        normal = random.standard_normal((2 * quarter, 2 * len(some)))
        future, weight = _drawn(own * scale[signal], scale[signal], some, noise, info.horizon, normal)
        points[:, :, signal, 0] = _points(future, weight) / scale[signal]
    every, *halves = (_best(*each) for each in points.swapaxes(0, 1))
    return Answers(every, halves)


def _best(mean: Array, median: Array) -> dict[str, Array]:
    return dict.fromkeys(SQUARED, mean) | {"mase": median}


def _drawn(
    y: Array, largest: float, periods: Array, noise: float, horizon: int, normal: Array
) -> tuple[Array, Array]:
    """Futures (horizon, draws) that a past `y` (lookback,) may have, and their weights (draws,).

    On the scale on which the clean signal's largest value is 1 and the noisy one's is `largest`; `normal`
    (draws / 2, 2 · components), is added for the first half of the draws, subtracted for the second.
    """
    lookback, number = len(y), len(periods)
    waves = linear.waves(periods[None], lookback + horizon)[0]
    seen = waves[:lookback]
    precision = seen.T @ seen / noise**2 + np.eye(2 * number) * number / POWER
    root = np.linalg.inv(np.linalg.cholesky(precision)).T
    centre = root.T @ (seen.T @ y) / noise**2
    white = np.concatenate([centre + normal, centre - normal])
    coefficient = root @ white.T  # draws last: what follows runs along them
    future, height = np.empty((horizon, len(white))), np.empty(len(white))
    for first in range(0, len(white), BLOCK):
        block = slice(first, first + BLOCK)
        curve = waves @ coefficient[:, block]
        height[block], future[:, block] = np.maximum(curve.max(0), -curve.min(0)), curve[lookback:]
    future /= height
    power = np.square(coefficient[:number]) + np.square(coefficient[number:])
    law = -np.log(power).sum(0) / 2 - number * np.log(power.max(0)) / 2
    energy, product = np.square(white).sum(1), white @ centre
    # |past of the curve / height - y|² / 2σ², multiplied out: the energy is of the past and the prior.
    misfit = (energy - power.sum(0) * (number / POWER)) / (2 * height**2) - product / height
    # How densely the Gaussian draws the direction: along the ray through a draw, with s^(2 · number - 1) ds.
    length = np.sqrt(energy)
    along = product / length
    density = np.log(_moment(along, 2 * number - 1)) - 2 * number * np.log(length) + np.square(along) / 2
    reached = np.abs(y).max() >= REACHED * largest
    weight = law - misfit - density + _log_scaling(future, largest, noise, reached)
    return future, np.exp(weight - weight.max())


def _moment(along: Array, power: int) -> Array:
    """Sums over `SCALES` of |along + s|^power exp(-s² / 2), for an odd power, (draws,)."""
    weight = np.exp(-np.square(SCALES) / 2)
    moments = [weight @ SCALES**order for order in range(0, power + 1, 2)]  # odd ones are zero
    # By the binomial theorem a polynomial in along².
    terms = [comb(power, 2 * index) * moment for index, moment in enumerate(moments)]
    result = np.abs(along) * np.polyval(terms, np.square(along))
    near = np.abs(along) < SCALES[-1]  # where the sign of along + s is not always the same
    result[near] = np.abs(along[near, None] + SCALES) ** power @ weight
    return result


def _log_scaling(future: Array, largest: float, noise: float, reached: bool) -> Array:
    """Log probability, (draws,), that no noisy value of the `future` (horizon, draws) is above the `largest`.

    Or, unless the past has `reached` that, that the largest of the future is this.
    """
    size = np.abs(future)
    near, far = (largest - size) / noise, (largest + size) / noise
    outside = ndtr(-near) + ndtr(-far)
    within = np.maximum(1 - outside, 1e-16)
    law = np.log(within).sum(0)
    if reached:
        return np.asarray(law)
    # At either edge, over the density at the nearest one: far² - near² is 4 largest size / noise².
    exponent = np.square(near) / -2
    nearest = exponent.max(0)
    at_edge = np.exp(exponent - nearest) * (1 + np.exp(-2 * largest / noise**2 * size))
    return np.asarray(law + nearest + np.log((at_edge / within).sum(0)))


def _points(future: Array, weight: Array) -> Array:
    """Weighted mean, then median, of futures (horizon, draws): by all, and by each half, (2, 3, horizon)."""
    pair = np.arange(len(weight)) % (len(weight) // 2)
    half = pair % 2 == np.arange(2)[:, None]  # pairs that cancel stay together
    shares = weight * np.concatenate([np.ones((1, len(weight))), half])
    shares /= np.maximum(shares.sum(1, keepdims=True), np.finfo(float).tiny)
    place = future.argsort(1)
    ordered = np.take_along_axis(future, place, 1)
    rows = list(zip(ordered, place, strict=True))
    median = [
        [values[np.searchsorted(np.cumsum(share[row]), 0.5)] for values, row in rows] for share in shares
    ]
    return np.stack([shares @ future.T, median])


LIMIT = Limit(Options, answer, told)
