"""What a baseline may know of a series at its forecast's origin: the past, and the history before it."""

from __future__ import annotations

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split


class Known(Frozen):
    """Options of a method that can use the history of a recording."""

    samples: Count | None = None
    """Last values used, in a recording those before the lookback too; none takes the lookback."""


def values(split: Split, samples: int | None, method: str, info: DatasetInfo) -> Array:
    """The last `samples` values before a forecast, (signals, channels, samples) float64, NaN where missing.

    From `split["past"]` and, where there is one, `split["history"]`, both (signals, channels, …). Raises
    `InputError`, naming the method, where the split holds fewer.
    """
    lookback = np.shape(split["past"])[-1]
    wanted = lookback if samples is None else samples
    seen = up_to_origin(split, wanted)
    if wanted > seen.shape[-1]:
        raise InputError(
            f"{method}: {wanted} samples asked for, but {info.name!r} has a lookback of {lookback} and a "
            f"history of {seen.shape[-1] - lookback}; ask for up to {seen.shape[-1]}, or give its recording "
            "more history"
        )
    return seen.astype(np.float64)


def up_to_origin(split: Split, samples: int) -> Array:
    """Up to so many last values before a forecast, (signals, channels, …), NaN where missing."""
    past = np.asarray(split["past"])
    further = samples - past.shape[-1]
    if further <= 0 or "history" not in split:
        return past[..., max(0, -further) :]
    return np.concatenate([np.asarray(split["history"])[..., -further:], past], axis=-1)


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
