"""Whether the noise of a recording is white, and how strong it is, found out from the recording alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.stats import norm

from tidemark.core.store import Array

NEIGHBOURS = 10
"""Samples on either side that a sample is predicted from."""
LAGS = 5
FEWEST = 50
"""Residuals without which nothing is said."""
MOST = 200_000
"""Samples that are looked at, the first ones."""
MATTERS = 0.12
"""A smaller difference of autocorrelations does little harm: an AR(1) process reaches it near 0.13."""
LEVEL = 0.05
"""Probability that white noise is taken for coloured, over all lags."""
SMOOTH = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
"""Fourth differences, which leave next to nothing of a signal that is smooth over five samples."""
CLEARLY = 0.8
"""They are used unless the residuals say that the variance is less than so much of theirs."""


@dataclass(frozen=True)
class Noise:
    """What is known of the noise of one channel."""

    kernel: Array
    """A filter, (odd number,), that leaves of a recording the noise alone."""
    variance: float
    """Of the noise, by that filter; zero where nothing is known."""
    excess: float = 0.0
    """Of the autocorrelations of residuals the one farthest from that under white noise, less that …"""
    lag: int = 0
    """… and its lag; 0 where there are too few residuals to say."""
    bound: float = 0.0
    """What it must exceed to count: by chance, and to matter."""

    @property
    def is_white(self) -> bool:
        """Whether nothing says otherwise."""
        return self.lag > 0 and abs(self.excess) <= self.bound


def noise_of(channel: Array) -> Noise:
    """Of one channel, (samples,), NaN where missing.

    Each sample is predicted from its neighbours on both sides, by least squares over all of them; residuals
    are then the recording filtered by a = (−w, 1, −w). Of white noise, and a signal that is predicted, they
    have the autocorrelation of a, Σ aᵢ aᵢ₊ₖ / Σ aᵢ². How far an estimate may be off by chance is Bartlett's
    formula (G. E. P. Box and G. M. Jenkins, "Time Series Analysis", 1976, section 2.1.6), at Bonferroni's
    level over the lags.
    """
    channel = channel[:MOST]
    smooth = Noise(SMOOTH, _variance(channel, SMOOTH))
    rows = sliding_window_view(channel, 2 * NEIGHBOURS + 1)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < FEWEST or not rows.std() > 0:
        return smooth
    left, centre, right = np.split(rows, [NEIGHBOURS, NEIGHBOURS + 1], axis=1)
    design = np.column_stack([left[:, ::-1] + right, np.ones(len(rows))])
    weights = np.linalg.lstsq(design, centre[:, 0], rcond=None)[0]
    kernel = np.concatenate([-weights[-2::-1], [1.0], -weights[:-1]])
    residuals = filtered(channel, kernel) - weights[-1]
    expected = np.correlate(kernel, kernel, "full")[len(kernel) - 1 :] / np.square(kernel).sum()
    lags = np.arange(1, LAGS + 1)
    excess = np.array([_autocorrelation(residuals, lag) for lag in range(1, LAGS + 1)]) - expected[lags]
    chance = norm.ppf(1 - LEVEL / (2 * LAGS)) * np.sqrt(_bartlett(expected, lags) / len(rows))
    bounds = np.maximum(MATTERS, chance)
    place = int((np.abs(excess) / bounds).argmax())
    own = Noise(kernel, _variance(channel, kernel) * len(rows) / (len(rows) - len(weights)))
    best = own if own.variance < CLEARLY * smooth.variance else smooth
    return replace(best, excess=float(excess[place]), lag=int(lags[place]), bound=float(bounds[place]))


def squares(signals: Array, kernel: Array) -> tuple[Array, Array]:
    """Per signal the sum of squares that a filter leaves, over those of its taps, and their number.

    `signals` are (signals, samples), NaN where missing; the ratio estimates the variance of white noise.
    """
    left = np.square(filtered(signals, kernel)) / np.square(kernel).sum()
    return np.nansum(left, axis=-1), np.isfinite(left).sum(axis=-1).astype(float)


def filtered(signals: Array, kernel: Array) -> Array:
    """A symmetric filter where it lies inside the signals, (…, samples): (…, samples − taps + 1)."""
    if signals.shape[-1] < len(kernel):
        return np.empty((*signals.shape[:-1], 0))
    return np.asarray(sliding_window_view(signals, len(kernel), axis=-1) @ kernel)


def _variance(channel: Array, kernel: Array) -> float:
    total, count = squares(channel[None], kernel)
    return float(total[0] / count[0]) if count[0] else 0.0


def _autocorrelation(values: Array, lag: int) -> float:
    """At one lag, of (samples,) with NaN where missing."""
    products = values[:-lag] * values[lag:]
    return float(np.nanmean(products) / np.nanmean(np.square(values)))


def _bartlett(rho: Array, lags: Array) -> Array:
    """Variance of estimated autocorrelations times the number of values, (lags,); `rho` from lag 0 on."""
    reach = len(rho) + int(lags.max())
    padded = np.concatenate([rho, np.zeros(2 * reach - len(rho) + 1)])
    i = np.arange(1, reach)
    return np.array(
        [np.square(padded[i + k] + padded[np.abs(i - k)] - 2 * padded[i] * padded[k]).sum() for k in lags]
    )
