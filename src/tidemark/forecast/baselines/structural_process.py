"""A Gaussian process of trend, season, autoregression and noise: one covariance for all signals.

A structural time series model (A. C. Harvey, "Forecasting, structural time series models and the Kalman
filter", 1989) written as kernels of the lag (C. E. Rasmussen and C. K. I. Williams, "Gaussian processes for
machine learning", 2006, section 5.4.3, where it is fitted to this very series): a slow squared exponential, a
periodic one under slow decay, an Ornstein–Uhlenbeck process and white noise, beside a level and a slope of
which nothing is known. Variances, lengths and the period maximise the marginal likelihood of the training
windows together; the forecast is the conditional mean given whichever values are there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, values

VAGUE = 1e3
"""Variance of level and slope over that of the training windows: next to nothing is known of them."""
SMALLEST, LARGEST = 1e-7, 1e3
"""Bounds of variances, in that unit."""
LENGTHS = 0.3, 1e5
"""Bounds of lengths, in samples or, of the periodic kernel's smoothness, radians."""
PERIOD = 1.25
"""How far the period may move from the season, as a factor."""


class Options(Known):
    """The season that the search begins at."""

    season: Count | None = None
    """In samples; none takes the dataset's, 1 leaves it out."""
    iterations: Count = 150
    """Of the search, at most."""


@dataclass(frozen=True)
class Process:
    """What was fitted."""

    parameters: Array
    """Logarithms: slow variance and length; Ornstein–Uhlenbeck variance and length; noise variance; and with
    a season its variance, decay length, smoothness and period."""
    size: float
    """Root mean square of the training windows, less their means."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Process:
    """The process that makes the training windows likeliest.

    Windows with gaps are left out. Raises `InputError` where that leaves none.
    """
    past = values(train, options.samples, "structural_process", info)
    windows = np.concatenate([past, train["future"]], axis=-1, dtype=np.float64)
    windows = windows.reshape(-1, windows.shape[-1])
    windows = windows[~np.isnan(windows).any(1)]
    windows = windows - windows.mean(1, keepdims=True)
    size = float(np.sqrt(np.square(windows).mean())) if len(windows) else 0.0
    if not size:
        raise InputError(
            f"structural_process: no training window of {info.name!r} is whole and moves; choose fewer "
            "samples, or a longer training block"
        )
    windows = windows / size
    season = options.season or info.season
    start, bounds = _start(season, windows.shape[1])
    moments = windows.T @ windows / len(windows)
    found = minimize(
        _negative_log_likelihood, start, (moments,), "L-BFGS-B", jac=True, bounds=bounds,
        options={"maxiter": options.iterations},
    )  # fmt: skip
    return Process(found.x, size)


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Process) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    A gap is no value, and is not filled. Zero where nothing is present.
    """
    past = values(split, options.samples, "structural_process", info)
    rows = past.reshape(-1, past.shape[-1])
    samples = rows.shape[1]
    whole = covariance(learned.parameters, samples + info.horizon)
    present, pattern = np.unique(~np.isnan(rows), axis=0, return_inverse=True)
    result = np.zeros((len(rows), info.horizon))
    for number, known in enumerate(present):
        if not known.any():
            continue
        chosen, place = pattern == number, np.flatnonzero(known)
        inputs = rows[chosen][:, place]
        level = inputs.mean(1, keepdims=True)
        factor = cho_factor(whole[np.ix_(place, place)])
        weights = cho_solve(factor, whole[place, samples:])
        result[chosen] = (inputs - level) @ weights + level
    return result.reshape(*past.shape[:2], info.horizon)


def covariance(parameters: Array, samples: int) -> Array:
    """Covariance of so many samples in a row, (samples, samples)."""
    by_lag = sum(part for part, _ in _kernels(parameters, np.arange(samples)))
    time = np.arange(samples)
    return np.asarray(np.asarray(by_lag)[np.abs(time[:, None] - time)] + _vague(samples))


def _vague(samples: int) -> Array:
    """What level and slope add."""
    time = np.linspace(-1, 1, samples)
    return VAGUE * (1 + np.outer(time, time))


def _start(season: int, samples: int) -> tuple[Array, list[tuple[float, float]]]:
    """Where the search begins, and its bounds."""
    start = [0.3, samples / 2, 0.03, 5.0, 0.01]
    bounds = [(SMALLEST, LARGEST), LENGTHS, (SMALLEST, LARGEST), LENGTHS, (SMALLEST, LARGEST)]
    if season > 1:
        start += [0.5, 2.0 * samples, 1.5, season]
        bounds += [(SMALLEST, LARGEST), LENGTHS, LENGTHS, (season / PERIOD, season * PERIOD)]
    return np.log(start), [(float(np.log(low)), float(np.log(high))) for low, high in bounds]


def _kernels(parameters: Array, lag: Array) -> list[tuple[Array, list[Array]]]:
    """Each kernel at the lags, and its derivatives in the logarithms of its own parameters."""
    value = np.exp(parameters)
    slow = value[0] * np.exp(-np.square(lag / value[1]) / 2)
    quick = value[2] * np.exp(-lag / value[3])
    white = value[4] * (lag == 0)
    parts = [
        (slow, [slow, slow * np.square(lag / value[1])]),
        (quick, [quick, quick * lag / value[3]]),
        (white, [white]),
    ]
    if len(value) > 5:
        variance, decay, smoothness, period = value[5:]
        angle = np.pi * lag / period
        bend = 2 * np.square(np.sin(angle) / smoothness)
        wave = variance * np.exp(-np.square(lag / decay) / 2 - bend)
        turned = wave * 2 * angle * np.sin(2 * angle) / smoothness**2
        parts.append((wave, [wave, wave * np.square(lag / decay), wave * 2 * bend, turned]))
    return parts


def _negative_log_likelihood(parameters: Array, moments: Array) -> tuple[float, Array]:
    """Of a window on average, and its gradient; `moments` is the windows' mean of y yᵀ.

    The gradient is ½ tr((C⁻¹ − C⁻¹ M C⁻¹) ∂C), and ∂C is the same along each diagonal.
    """
    samples = len(moments)
    factor = cho_factor(covariance(parameters, samples), lower=True)
    inverse = cho_solve(factor, np.eye(samples))
    weighted = inverse @ moments
    value = float(np.log(np.diagonal(factor[0])).sum() + np.trace(weighted) / 2)
    slope = inverse - weighted @ inverse
    lag = np.arange(samples)
    distance = np.abs(lag[:, None] - lag)
    by_lag = np.bincount(distance.ravel(), slope.ravel(), samples) / 2
    derivatives = [each for _, own in _kernels(parameters, lag) for each in own]
    return value, np.asarray([by_lag @ each for each in derivatives])


METHOD = Method(Options, estimate, learn)
