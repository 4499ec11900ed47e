"""Exponential smoothing of level, trend and season: Holt and Winters, fitted to each signal by statsmodels.

C. C. Holt, report of the Office of Naval Research 52 (1957); P. R. Winters, Management Science 6 (1960);
damped trend: E. S. Gardner and E. McKenzie, Management Science 31 (1985).
"""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from tidemark.core import gaps
from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method
from tidemark.forecast.known import Known, check_season, since_first, values

SEASONS = 2
"""Whole seasons that must be known: their first values are averages over them."""


class Options(Known):
    """What is smoothed beside the level."""

    trend: bool = True
    damped: bool = True
    """Whether the trend fades with the distance."""
    season: Count | None = None
    """In samples; none takes the dataset's, 1 leaves seasons out."""
    initial: Literal["heuristic", "estimated"] = "estimated"
    """First level, trend and season: averages (R. J. Hyndman and others, "Forecasting with exponential
    smoothing", 2008, section 2.6.1), or fitted like the weights."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where fewer than two seasons are known.
    """
    past = values(split, options.samples, "exponential_smoothing", info)
    season = options.season or info.season
    check_season(season, SEASONS, past.shape[-1], "exponential_smoothing", info)
    with warnings.catch_warnings():
        # Where the search ends short of the optimum its best weights are used.
        warnings.simplefilter("ignore", ConvergenceWarning)
        rows = past.reshape(-1, past.shape[-1])
        forecasts = [_continued(gaps.fill(since_first(row)), info.horizon, season, options) for row in rows]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))


def _continued(row: Array, horizon: int, season: int, options: Options) -> Array:
    """Forecast (horizon,) of one row (samples,)."""
    if np.ptp(row) == 0 or len(row) < SEASONS * season:  # nothing to fit
        return np.full(horizon, row[-1])
    model = ExponentialSmoothing(
        row,
        trend="add" if options.trend else None,
        damped_trend=options.trend and options.damped,
        seasonal="add" if season > 1 else None,
        seasonal_periods=season if season > 1 else None,
        initialization_method=options.initial,
    )
    return np.asarray(model.fit().forecast(horizon))


METHOD = Method(Options, estimate)
