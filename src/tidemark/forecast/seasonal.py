"""Methods with a season that fit each known series by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidemark.core import gaps
from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, check_season, since_first, values

CYCLES = 2
"""Whole seasons that must be known: with one, season and trend cannot be told apart."""


class Seasonal(Known):
    """What is known, and its season."""

    season: Count | None = None
    """In samples; none takes the dataset's, 1 leaves it out."""


def each(
    split: Split, info: DatasetInfo, options: Seasonal, method: str, forecast: Callable[[Array, int], Array]
) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    `forecast` takes one series (samples,) without gaps, and its season; what is constant, or shorter than
    `CYCLES` seasons, keeps its last value. Raises `InputError`, naming the method, where less is known.
    """
    past = values(split, options.samples, method, info)
    season = options.season or info.season
    check_season(season, CYCLES, past.shape[-1], method, info)
    rows = [gaps.fill(since_first(row)) for row in past.reshape(-1, past.shape[-1])]
    forecasts = [
        np.full(info.horizon, row[-1])
        if np.ptp(row) == 0 or len(row) < CYCLES * season
        else forecast(row, season)
        for row in rows
    ]
    return np.reshape(forecasts, (*past.shape[:2], info.horizon))
