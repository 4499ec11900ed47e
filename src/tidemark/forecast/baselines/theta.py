"""The theta method: half a line, half simple exponential smoothing of what is bent twice as much.

V. Assimakopoulos and K. Nikolopoulos, International Journal of Forecasting 16 (2000), best of the M3
competition; by statsmodels, as R. J. Hyndman and B. Billah, the same journal 19 (2003), put it. A season is
taken off first, and put back on after.
"""

from __future__ import annotations

import warnings

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast import seasonal
from tidemark.forecast.seasonal import Seasonal


class Options(Seasonal):
    """The season."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where fewer than two seasons are known.
    """

    def continued(row: Array, season: int) -> Array:
        model = ThetaModel(
            row, period=max(season, 2), deseasonalize=season > 1, use_test=False, method="additive"
        )
        return np.asarray(model.fit().forecast(info.horizon))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the search ends short of the optimum its best weight is used
        return seasonal.each(split, info, options, "theta", continued)


METHOD = Method(Options, estimate)
