"""Which windows have enough present values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array


def with_enough(
    windows: Mapping[str, Array], minimum_present: float, name: str, split: str
) -> dict[str, Array]:
    """Those of some windows, (windows, channels, samples) each, that hold enough values in every array.

    NaN is missing. Raises `InputError`, naming the recording, if that leaves none of the split.
    """
    kept = np.min([np.isfinite(array).mean((1, 2)) for array in windows.values()], axis=0)
    chosen = kept >= minimum_present
    if not chosen.any():
        raise InputError(
            f"recordings.{name}.minimum_present = {minimum_present}: no window of the "
            f"{split} block has so many present values; the best has {kept.max():.2f}"
        )
    return {key: array[chosen] for key, array in windows.items()}
