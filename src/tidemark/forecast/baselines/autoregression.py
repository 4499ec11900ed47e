"""Autoregression with a constant, its order chosen for each signal by Akaike's information criterion.

H. Akaike, IEEE Transactions on Automatic Control 19 (1974); by statsmodels. `linear_prediction` is the same
without a constant and at one order for all signals, many times faster.
"""

from __future__ import annotations

import warnings

import numpy as np
from statsmodels.tools.sm_exceptions import SingularMatrixWarning
from statsmodels.tsa.ar_model import ar_select_order

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, since_first, values


class Options(Known):
    """The orders tried."""

    highest: Count = 20


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where the highest order leaves fewer equations than coefficients.
    """
    past = values(split, options.samples, "autoregression", info)
    lookback = past.shape[-1]
    if 2 * options.highest + 2 > lookback:
        raise InputError(
            f"autoregression: order {options.highest} has more coefficients than {lookback} samples of "
            f"{info.name!r} have equations for it; choose highest up to {max(lookback // 2 - 1, 1)}"
        )
    with warnings.catch_warnings():
        # A signal that fewer coefficients than tried describe exactly is fitted as well as any.
        warnings.simplefilter("ignore", SingularMatrixWarning)
        rows = [gaps.fill(since_first(row)) for row in past.reshape(-1, lookback)]
        forecasts = [_continued(row, info.horizon, options.highest) for row in rows]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))


def _continued(row: Array, horizon: int, highest: int) -> Array:
    """Forecast (horizon,) of one row (lookback,)."""
    if np.ptp(row) == 0 or 2 * highest + 2 > len(row):  # nothing to fit
        return np.full(horizon, row[-1])
    model = ar_select_order(row, highest, ic="aic", trend="c").model
    return np.asarray(model.fit().predict(len(row), len(row) + horizon - 1))


METHOD = Method(Options, estimate)
