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

from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast import seasonal
from tidemark.forecast.seasonal import Seasonal


class Options(Seasonal):
    """The season, how it may change, and the autoregression."""

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

    def continued(row: Array, season: int) -> Array:
        cycle = np.zeros(len(row))
        if season > 1:
            fit = STL(
                row,
                period=season,
                seasonal=options.smoother,
                seasonal_deg=options.degree,
                robust=options.robust,
            ).fit()
            cycle = fit.seasonal
        rest = AutoReg(row - cycle, options.order, trend="ct").fit()
        ahead = rest.predict(len(row), len(row) + info.horizon - 1)
        return np.asarray(ahead + cycle[len(row) - season + np.arange(info.horizon) % season])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of coefficients that a series without noise leaves open
        return seasonal.each(split, info, options, "seasonal_decomposition", continued)


METHOD = Method(Options, estimate)
