"""A polynomial trend and the harmonics of a season, fitted to each signal by least squares; AR errors.

The regression's residuals are an autoregression, which is carried on beside it (D. Cochrane and G. H. Orcutt,
Journal of the American Statistical Association 44 (1949), one step; harmonic regression: P. C. Young, D. J.
Pedregal and W. Tych, Journal of Forecasting 18 (1999)).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, NonNegative, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.baselines import linear_prediction
from tidemark.forecast.known import Known, values


class Options(Known):
    """The regression, and the autoregression of what it leaves."""

    season: Positive | None = None
    """In samples, any number; none takes the dataset's, 1 leaves harmonics out."""
    harmonics: Count = 2
    degree: Annotated[int, Field(ge=0, le=3)] = 1
    """Of the trend: 0 for a level, 1 for a line, 2 for a parabola."""
    order: Annotated[int, Field(ge=0)] = 0
    """Of the autoregression; 0 for none."""
    ridge: NonNegative = 0.0
    """Penalty on its coefficients, as in `linear_prediction`."""
    differenced: bool = False
    """Whether all this is of the changes from sample to sample, so that the level may wander: the errors are
    an ARIMA (order, 1, 0) (Hyndman and Athanasopoulos, "Forecasting", 2021, chapter 10)."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where there are more terms than samples, or harmonics beyond half the sampling rate.
    """
    past = gaps.fill(values(split, options.samples, "harmonic_regression", info))
    samples, season = past.shape[-1], options.season or info.season
    terms = design(options, season, samples, info)
    rows = past.reshape(-1, samples)
    last = rows[:, -1:]
    if options.differenced:
        terms, rows = np.diff(terms[:, 1:], axis=0), np.diff(rows)  # the level's change is none
    known = rows.shape[1]
    weights = np.linalg.pinv(terms[:known])
    fitted = rows @ weights.T
    result = fitted @ terms[known:].T
    if options.order:
        autoregression = linear_prediction.Options(order=options.order, ridge=options.ridge)
        residual = {"past": (rows - fitted @ terms[:known].T)[:, None]}
        result = result + linear_prediction.estimate(residual, info, autoregression)[:, 0]
    if options.differenced:
        result = last + np.cumsum(result, axis=1)
    return np.asarray(result.reshape(*past.shape[:2], info.horizon))


def design(options: Options, season: float, samples: int, info: DatasetInfo) -> Array:
    """Values of each term over samples and horizon: (samples + horizon, terms)."""
    harmonics = options.harmonics if season > 1 else 0
    terms = options.degree + 1 + 2 * harmonics
    if terms + options.order >= samples:
        raise InputError(
            f"harmonic_regression: {terms} terms and order {options.order} for {samples} samples of "
            f"{info.name!r}; choose fewer harmonics, a smaller order, or more samples"
        )
    if 2 * harmonics >= season > 1:
        raise InputError(
            f"harmonic_regression: {harmonics} harmonics of a season of {season:g} samples; choose fewer "
            f"than {season / 2:g}"
        )
    time = np.arange(samples + info.horizon)
    trend = (time / samples - 0.5)[:, None] ** np.arange(options.degree + 1)
    angle = 2 * np.pi * time[:, None] * np.arange(1, harmonics + 1) / season
    return np.concatenate([trend, np.sin(angle), np.cos(angle)], axis=1)


METHOD = Method(Options, estimate)
