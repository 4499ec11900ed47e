"""A season found by local regression (STL), repeated; what is left is an autoregression about a line.

R. B. Cleveland, W. S. Cleveland, J. E. McRae and I. Terpenning, Journal of Official Statistics 6 (1990); for
one season MSTL (K. Bandara, R. J. Hyndman and C. Bergmeir, 2021) is the same. By statsmodels.
"""

from __future__ import annotations

import warnings
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.seasonal import STL

from tidemark.core import gaps
from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method
from tidemark.forecast.known import Known, check_season, since_first, values


class Options(Known):
    """The season, how it may change, and the autoregression."""

    season: Count | None = None
    """In samples; none takes the dataset's."""
    smoother: Annotated[int, Field(ge=3, multiple_of=1)] = 7
    """Seasons over which the season is smoothed, an odd number: the more, the less it changes."""
    degree: Literal[0, 1] = 1
    """Of the local polynomial through one place of neighbouring seasons: their mean, or a line."""
    order: Count = 3
    """Of the autoregression."""
    robust: bool = False
    """Whether outlying values weigh less."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where fewer than two seasons are known.
    """
    past = values(split, options.samples, "seasonal_decomposition", info)
    season = options.season or info.season
    check_season(season, 2, past.shape[-1], "seasonal_decomposition", info)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of coefficients that a series without noise leaves open
        rows = past.reshape(-1, past.shape[-1])
        forecasts = [_continued(gaps.fill(since_first(row)), info.horizon, season, options) for row in rows]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))


def _continued(row: Array, horizon: int, season: int, options: Options) -> Array:
    """Forecast (horizon,) of one row (samples,)."""
    if np.ptp(row) == 0 or len(row) < 2 * season:  # nothing to fit
        return np.full(horizon, row[-1])
    seasonal = np.zeros(len(row))
    if season > 1:
        decomposition = STL(
            row,
            period=season,
            seasonal=options.smoother,
            seasonal_deg=options.degree,
            robust=options.robust,
        )
        seasonal = decomposition.fit().seasonal
    rest = AutoReg(row - seasonal, options.order, trend="ct").fit()
    ahead = rest.predict(len(row), len(row) + horizon - 1)
    return np.asarray(ahead + seasonal[len(row) - season + np.arange(horizon) % season])


METHOD = Method(Options, estimate)
