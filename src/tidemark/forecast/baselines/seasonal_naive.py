"""The last season, repeated: each step's forecast is the value a whole number of seasons before it."""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.known import Known, values


class Options(Known):
    """The season."""

    season: Count | None = None
    """In samples; none takes the dataset's or, where it has none, finds one in each signal's own past."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64.

    Raises `InputError` where the season is longer than the lookback.
    """
    past = gaps.fill(values(split, options.samples, "seasonal_naive", info))
    lookback = past.shape[-1]
    known = options.season or (info.season if info.season > 1 else None)
    if known is not None and known > lookback:
        raise InputError(
            f"seasonal_naive: the season of {known} samples is longer than the lookback of {info.name!r}, "
            f"{lookback}; choose a longer lookback, samples of a history, or another season in the options"
        )
    season = find_season(past) if known is None else np.full(past.shape[:-1], known)
    step = np.arange(info.horizon)
    place = lookback - season[..., None] + step % season[..., None]
    return np.take_along_axis(past, place, axis=-1)


def find_season(past: Array) -> Array:
    """Lag at which the autocorrelation of each signal (…, lookback) has its largest peak: (…,) int64.

    A peak, since of a smooth signal lag 1 correlates most. Each lag's correlation is that of the samples
    which overlap, and lags go up to half of the lookback; where there is no peak, the season is 1.
    """
    lookback = past.shape[-1]
    centred = past - past.mean(-1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * lookback)
    lags = np.arange(lookback // 2 + 2)
    products = np.fft.irfft(np.square(np.abs(spectrum)))[..., lags]
    energy = np.cumsum(np.square(centred), axis=-1)
    total = energy[..., -1:]
    first = energy[..., lookback - 1 - lags]  # of all but the last samples, as many as the lag
    last = total - np.concatenate([np.zeros_like(total), energy], axis=-1)[..., lags]
    size = np.sqrt(np.maximum(first * last, 0)) + np.finfo(np.float64).tiny
    correlation = products / size
    middle = correlation[..., 1:-1]
    peak = (middle > correlation[..., :-2]) & (middle >= correlation[..., 2:])
    best = np.where(peak, middle, -np.inf).argmax(-1) + 1
    return np.asarray(np.where(peak.any(-1), best, 1))


METHOD = Method(Options, estimate)
