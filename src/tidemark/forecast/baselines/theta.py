"""The theta method: half a line, half simple exponential smoothing of what is bent twice as much.

V. Assimakopoulos and K. Nikolopoulos, International Journal of Forecasting 16 (2000), best of the M3
competition; by statsmodels, as R. J. Hyndman and B. Billah, the same journal 19 (2003), put it. A season is
taken off first, and put back on after.
"""

from __future__ import annotations

import warnings

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

from tidemark.core import gaps
from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method
from tidemark.forecast.known import Known, check_season, since_first, values


class Options(Known):
    """The season."""

    season: Count | None = None
    """In samples; none takes the dataset's, 1 leaves it out."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where fewer than two seasons are known.
    """
    past = values(split, options.samples, "theta", info)
    season = options.season or info.season
    check_season(season, 2, past.shape[-1], "theta", info)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the search ends short of the optimum its best weight is used
        rows = past.reshape(-1, past.shape[-1])
        forecasts = [_continued(gaps.fill(since_first(row)), info.horizon, season) for row in rows]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))


def _continued(row: Array, horizon: int, season: int) -> Array:
    """Forecast (horizon,) of one row (samples,)."""
    if np.ptp(row) == 0 or len(row) < 2 * season:  # nothing to fit
        return np.full(horizon, row[-1])
    model = ThetaModel(
        row, period=max(season, 2), deseasonalize=season > 1, use_test=False, method="additive"
    )
    return np.asarray(model.fit().forecast(horizon))


METHOD = Method(Options, estimate)
