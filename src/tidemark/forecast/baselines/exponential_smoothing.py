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

from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast import seasonal
from tidemark.forecast.seasonal import Seasonal


class Options(Seasonal):
    """What is smoothed beside the level."""

    trend: bool = True
    damped: bool = True
    """Whether the trend fades with the distance."""
    initial: Literal["heuristic", "estimated"] = "estimated"
    """First level, trend and season: averages (R. J. Hyndman and others, "Forecasting with exponential
    smoothing", 2008, section 2.6.1), or fitted like the weights."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where fewer than two seasons are known.
    """

    def continued(row: Array, season: int) -> Array:
        model = ExponentialSmoothing(
            row,
            trend="add" if options.trend else None,
            damped_trend=options.trend and options.damped,
            seasonal="add" if season > 1 else None,
            seasonal_periods=season if season > 1 else None,
            initialization_method=options.initial,
        )
        return np.asarray(model.fit().forecast(info.horizon))

    with warnings.catch_warnings():
        # Where the search ends short of the optimum its best weights are used.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return seasonal.each(split, info, options, "exponential_smoothing", continued)


METHOD = Method(Options, estimate)
