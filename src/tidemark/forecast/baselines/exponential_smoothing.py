"""Exponential smoothing of level, trend and season: Holt and Winters, fitted to each signal by statsmodels.

C. C. Holt, report of the Office of Naval Research 52 (1957); P. R. Winters, Management Science 6 (1960);
damped trend: E. S. Gardner and E. McKenzie, Management Science 31 (1985).
"""

from __future__ import annotations

import warnings

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from tidemark.core import gaps
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method

SEASONS = 2
"""Whole seasons that the lookback must hold: their first values are averages over them."""


class Options(Frozen):
    """What is smoothed beside the level."""

    trend: bool = True
    damped: bool = True
    """Whether the trend fades with the distance."""
    season: Count | None = None
    """In samples; none takes the dataset's, 1 leaves seasons out, as does a lookback of fewer than two."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    lookback = past.shape[-1]
    season = options.season or info.season
    if not 1 < season <= lookback // SEASONS:
        season = 1
    with warnings.catch_warnings():
        # Where the search ends short of the optimum its best weights are used.
        warnings.simplefilter("ignore", ConvergenceWarning)
        forecasts = [_continued(row, info.horizon, season, options) for row in past.reshape(-1, lookback)]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))


def _continued(row: Array, horizon: int, season: int, options: Options) -> Array:
    """Forecast (horizon,) of one row (lookback,)."""
    if np.ptp(row) == 0:  # nothing to fit
        return np.full(horizon, row[-1])
    model = ExponentialSmoothing(
        row,
        trend="add" if options.trend else None,
        damped_trend=options.trend and options.damped,
        seasonal="add" if season > 1 else None,
        seasonal_periods=season if season > 1 else None,
        initialization_method="estimated",
    )
    return np.asarray(model.fit().forecast(horizon))


METHOD = Method(Options, estimate)
