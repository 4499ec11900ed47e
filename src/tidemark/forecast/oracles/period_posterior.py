"""The mean of the future over all that the past leaves possible: which periods, how many, how large.

Under noise, near to what no method can beat on signals of the harmonics law, and no limit for two reasons.
Coefficients are taken as Gaussian of variance s² = the signal's mean square less the noise's, over the number
of components: that amplitudes are uniform and the largest value is known is worth about a tenth of the mean
squared error under noise of standard deviation 0.1 (measured by weighting samples). And it is sampled:

Sets of periods are sampled (Gibbs sampling; S. Geman and D. Geman, IEEE Transactions on Pattern Analysis and
Machine Intelligence 6 (1984)): each component in turn is drawn anew, or left out, given the others, its
coefficients integrated out. First rounds are drawn at a falling temperature; then the forecast is averaged,
at each draw over all its candidates. Under weak noise a few chains stay with a wrong set, and double
the error at 0.01.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

CHUNK = 64
"""Signals at once, so that what is computed of them stays in the cache."""
HOTTEST = 1.2
"""Temperature of the first round, times the signal's power over the noise's …"""
COOLED = 0.75
"""… and the share of the unused rounds over which it falls to 1."""
LEAST_POWER = 0.05
"""The signal's power is taken as no less than this share of the past's, however strong the noise …"""
LEAST_NOISE = 1e-3
"""… and the noise's standard deviation as no less than this share of the past's root mean square."""


class Options(Frozen):
    """How much is sampled."""

    rounds: Count = 40
    """How often each component is drawn anew …"""
    unused: Count = 20
    """… of these, before the average begins."""
    seed: int = 0


def told(options: Options) -> list[str]:
    """What is known of each signal: how loud its noise is, once scaled as the signal is."""
    return ["noise_std"]


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, 1, lookback): (signals, 1, horizon) float64.

    Given `split["noise_std"]` (signals,), in units of the past. Raises `InputError` where the dataset is not
    of the harmonics law, has drifting amplitudes or gaps, or no round is left to average over.
    """
    past = np.asarray(split["past"], dtype=np.float64)[:, 0]
    if info.generator != "harmonics" or info.law["drift"] is not None:
        raise InputError(
            f"period_posterior: {info.name!r} is not made by the harmonics law with constant amplitudes; "
            "use known_periods where they drift"
        )
    gaps.check_whole(past, "period_posterior", info.name)
    if options.unused >= options.rounds:
        raise InputError(
            f"period_posterior: {options.unused} unused of {options.rounds} rounds leave none to average; "
            "raise rounds"
        )
    result = np.empty((len(past), info.horizon))
    waves = _Waves.of(info, past.shape[1])
    for first in range(0, len(past), CHUNK):
        chunk = slice(first, first + CHUNK)
        random = np.random.default_rng([options.seed, first])
        result[chunk] = _sampled(past[chunk], np.asarray(split["noise_std"])[chunk], waves, options, random)
    return result[:, None]


@dataclass(frozen=True)
class _Waves:
    """The sines of all periods, then the cosines; each followed by a column of zeros for no component."""

    count: int
    """Columns of either half."""
    past: Array
    """(lookback, 2 · count)."""
    future: Array
    """(horizon, 2 · count)."""
    gram: Array
    """Products of the past's columns, (2 · count, 2 · count)."""
    prior: Array
    """Log probability of a set of periods of each number, -∞ where the law has none: (most + 1,)."""

    @classmethod
    def of(cls, info: DatasetInfo, lookback: int) -> _Waves:
        """The waves of the dataset's law."""
        shortest, longest = np.broadcast_to(info.law["period"], 2)
        fewest, most = np.broadcast_to(info.law["components"], 2)
        periods = np.arange(shortest, longest + 1)
        angle = 2 * np.pi * np.arange(lookback + info.horizon)[:, None] / periods
        none = np.zeros((len(angle), 1))
        waves = np.concatenate([np.sin(angle), none, np.cos(angle), none], axis=1)
        prior = np.full(most + 1, -np.inf)
        for number in range(fewest, most + 1):
            # The places of a number of components among `most` are as many as there are subsets.
            subsets = lgamma(most + 1) - lgamma(number + 1) - lgamma(most - number + 1)
            prior[number] = -subsets - number * np.log(len(periods))
        past, future = waves[:lookback], waves[lookback:]
        return cls(len(periods) + 1, past, future, past.T @ past, prior)


def _sampled(
    past: Array, noise_std: Array, waves: _Waves, options: Options, random: np.random.Generator
) -> Array:
    """Forecasts (signals, horizon)."""
    power = np.maximum(np.square(past).mean(1), np.finfo(np.float32).tiny)
    noise = np.maximum(np.square(noise_std), LEAST_NOISE**2 * power)
    ratio = noise / np.maximum(power - noise, LEAST_POWER * power)  # times the number: noise over s²
    products = past @ waves.past
    most, none = len(waves.prior) - 1, waves.count - 1
    places = np.full((len(past), most), none)
    total = np.zeros((len(past), len(waves.future)))
    for turn in range(options.rounds):
        cooled = min(1.0, turn / (COOLED * options.unused))
        temperature = np.maximum(1.0, HOTTEST / ratio)[:, None] ** (1 - cooled)
        for place in range(most):
            others = np.delete(places, place, axis=1)
            step = _Step(others, products, noise, ratio, waves)
            chance = step.chance / temperature
            if turn == 0:
                chance[:, none] = -np.inf  # the first round fills all places
            places[:, place] = (chance + random.gumbel(size=chance.shape)).argmax(1)
            if turn >= options.unused:
                total += step.forecast(waves)
    return total / ((options.rounds - options.unused) * most)


class _Step:
    """One component drawn anew given the others."""

    def __init__(self, others: Array, products: Array, noise: Array, ratio: Array, waves: _Waves) -> None:
        """For the columns of the `others` (signals, places), the past's `products` (signals, columns)."""
        half, none = waves.count, waves.count - 1
        number = (others != none).sum(1)
        self.columns = np.concatenate([others, others + half], axis=1)
        own = np.take_along_axis(products, self.columns, 1)
        rows = waves.gram[self.columns]
        gram = np.take_along_axis(rows, np.repeat(self.columns[:, None], rows.shape[1], 1), 2)
        unit = np.eye(rows.shape[1])
        # With the component added: the others' fit, and what of each candidate's pair they leave.
        added = ratio * (number + 1)
        inverse = np.linalg.inv(gram + added[:, None, None] * unit)
        self.turned = inverse @ rows
        self.fit = (inverse @ own[..., None])[..., 0]
        left = products - (own[:, None] @ self.turned)[:, 0]
        one, two = left[:, :half], left[:, half:]
        halves = [(rows[..., part], self.turned[..., part]) for part in (slice(half), slice(half, None))]
        size = np.diagonal(waves.gram)
        a = size[:half] + added[:, None] - (halves[0][0] * halves[0][1]).sum(1)
        b = size[half:] + added[:, None] - (halves[1][0] * halves[1][1]).sum(1)
        c = np.diagonal(waves.gram, half) - (halves[0][0] * halves[1][1]).sum(1)
        determinant = a * b - c * c
        self.weights = (b * one - c * two) / determinant, (a * two - c * one) / determinant
        gain = one * self.weights[0] + two * self.weights[1]
        self.chance = gain / (2 * noise[:, None]) - np.log(determinant) / 2 + np.log(added)[:, None]
        self.chance += waves.prior[np.minimum(number + 1, len(waves.prior) - 1)][:, None]
        # Without it the others' prior is wider: their likelihood changes too.
        alone = gram + (ratio * np.maximum(number, 1))[:, None, None] * unit
        better = np.einsum("sj,sj->s", own, np.linalg.solve(alone, own[..., None])[..., 0] - self.fit)
        volume = np.linalg.slogdet(alone)[1] + np.linalg.slogdet(inverse)[1]
        volume -= len(unit) * np.log(np.maximum(number, 1) / (number + 1))
        self.chance[:, none] = better / (2 * noise) - volume / 2 + waves.prior[number]

    def forecast(self, waves: _Waves) -> Array:
        """The mean forecast over all candidates: (signals, horizon)."""
        share = np.exp(self.chance - self.chance.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        weights = np.concatenate([share * weight for weight in self.weights], axis=1)
        others = self.fit - (self.turned @ weights[..., None])[..., 0]
        return np.asarray(
            weights @ waves.future.T + np.einsum("hsj,sj->sh", waves.future[:, self.columns], others)
        )


METHOD = Method(Options, estimate, told=told)
