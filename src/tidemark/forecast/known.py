"""What a baseline may know of a series at its forecast's origin: the past, and the history before it."""

from __future__ import annotations

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.learning import INPUT, with_history


class Known(Frozen):
    """Options of a method that can use the history of a recording."""

    samples: Count | None = None
    """Last values used, in a recording those before the lookback too; none takes the lookback."""


def values(split: Split, samples: int | None, method: str, info: DatasetInfo) -> Array:
    """The last `samples` values before a forecast, (signals, channels, samples) float64, NaN where missing.

    Raises `InputError`, naming the method, where the split holds fewer; none takes the lookback.
    """
    lookback = split[INPUT].shape[-1]
    known = with_history(split, 0 if samples is None else max(0, samples - lookback), np.float64)
    if samples is None:
        return known
    if samples > known.shape[-1]:
        raise InputError(
            f"{method}: {samples} samples asked for, but {info.name!r} has a lookback of {lookback} "
            f"and a history of {known.shape[-1] - lookback}; ask for up to {known.shape[-1]}, or give its "
            "recording more history"
        )
    return known[..., known.shape[-1] - samples :]


def check_season(season: float, cycles: int, samples: int, method: str, info: DatasetInfo) -> None:
    """Raise `InputError`, naming the method, unless `samples` hold so many whole seasons."""
    if season > 1 and cycles * season > samples:
        raise InputError(
            f"{method}: a season of {season:g} samples takes {cycles} of them to fit, but of {info.name!r} "
            f"{samples} samples are used; choose more samples of its history, or season 1 to leave it out"
        )


def since_first(row: Array) -> Array:
    """A row (samples,) from its first present value on; the whole row where there is none."""
    present = ~np.isnan(row)
    return row[int(present.argmax()) :]
