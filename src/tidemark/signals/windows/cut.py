"""Windows of a block, and those of them that have enough present values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.core.errors import InputError
from tidemark.core.store import Array


def cut(block: Array, window: int, hop: int) -> Array:
    """Whole windows of (channels, samples), `hop` samples apart: (windows, channels, window)."""
    views = sliding_window_view(block, window, axis=-1)  # (channels, positions, window)
    return np.ascontiguousarray(views[:, ::hop].swapaxes(0, 1))


def with_enough(
    windows: Mapping[str, Array],
    minimum_present: float,
    where: str,
    split: str,
    beside: Mapping[str, Array] | None = None,
) -> dict[str, Array]:
    """Those of some windows, (windows, channels, samples) each, that hold enough values in every array.

    NaN is missing. What is stored `beside` them, (windows, …), need not hold any. Raises `InputError`, naming
    the key below `where`, if that leaves none of the split.
    """
    selected = np.min([np.isfinite(array).mean((1, 2)) for array in windows.values()], axis=0)
    chosen = selected >= minimum_present
    if not chosen.any():
        raise InputError(
            f"{where}.minimum_present = {minimum_present}: no window of the "
            f"{split} block has so many present values; the best has {selected.max():.2f}"
        )
    return {key: array[chosen] for key, array in [*windows.items(), *(beside or {}).items()]}
