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
    past = np.asarray(split["past"], dtype=np.float64)
    if samples is None or samples <= past.shape[-1]:
        return past if samples is None else past[..., -samples:]
    history = np.asarray(split.get("history", past[..., :0]))
    held = past.shape[-1] + history.shape[-1]
    if samples > held:
        raise InputError(
            f"{method}: {samples} samples asked for, but {info.name!r} has a lookback of {past.shape[-1]} "
            f"and a history of {history.shape[-1]}; ask for up to {held}, or give its recording more history"
        )
    return np.concatenate([history[..., past.shape[-1] - samples :], past], axis=-1, dtype=np.float64)


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
