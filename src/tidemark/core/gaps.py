"""Missing values: NaN on disk, filled by interpolation before anything that cannot take them."""

from __future__ import annotations

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array


def hide(values: Array, amount: float, random: np.random.Generator, where: str) -> Array:
    """A copy of `values` (any shape) with NaN at `amount` places: a share below 1, otherwise how many.

    Raises `InputError`, naming the key `where`, if that is more than half of all.
    """
    present = np.flatnonzero(~np.isnan(values))
    count = round(amount * present.size) if amount < 1 else int(amount)
    if count > present.size // 2:
        raise InputError(f"{where} = {amount:g}: more than half of the {present.size} values; hide fewer")
    hidden = np.array(values)
    hidden.reshape(-1)[random.choice(present, count, replace=False)] = np.nan
    return hidden


def check_whole(signals: Array, method: str, name: str) -> None:
    """Raise `InputError`, naming method and dataset, where one of the signals (signals, …) has a gap."""
    lacks = np.isnan(signals).reshape(len(signals), -1).any(1)
    if lacks.any():
        raise InputError(
            f"{method}: signal {int(lacks.argmax())} of {name!r} has missing values; give a dataset without"
        )


def error(estimate: Array, target: Array) -> tuple[Array, Array]:
    """How far an estimate is off where the target is present, 0 elsewhere; and where it is. All one shape."""
    present = ~np.isnan(target)
    return np.where(present, estimate - target, 0.0), present


def fill(signals: Array) -> Array:
    """Linear interpolation over NaN along the last axis; the ends take the nearest present value.

    `signals` is (…, length); a signal with nothing present becomes zero. A new array of the same dtype.
    """
    missing = np.isnan(signals)
    if not missing.any():
        return np.array(signals)
    before, after, share = neighbours(missing)
    left = np.take_along_axis(signals, before, axis=-1)
    right = np.take_along_axis(signals, after, axis=-1)
    empty = missing.all(-1, keepdims=True)
    return np.where(empty, 0, left + (right - left) * share).astype(signals.dtype)


def neighbours(missing: Array) -> tuple[Array, Array, Array]:
    """Where each value is interpolated from: places before and after, and the share of the way between.

    `missing` is boolean, (…, length), as are the results. A present value is its own neighbour.
    """
    length = missing.shape[-1]
    place = np.broadcast_to(np.arange(length), missing.shape)
    before = np.maximum.accumulate(np.where(missing, -1, place), axis=-1)
    after = np.minimum.accumulate(np.where(missing, length, place)[..., ::-1], axis=-1)[..., ::-1]
    before, after = np.where(before < 0, after, before), np.where(after == length, before, after)
    share = (place - before) / np.maximum(after - before, 1)
    return np.clip(before, 0, length - 1), np.clip(after, 0, length - 1), np.where(after > before, share, 0.0)
