"""Windows that do not overlap, of those that may."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array

ROUNDING = 1e-3
"""Share of a window that starts written by a recorder's clock may be early by."""


def non_overlapping(time: Array, seconds: float) -> Array:
    """Places of windows that follow each other without overlap, the first one among them.

    `time` (windows,) is when each begins, in nanoseconds and ascending order, and `seconds` how long each
    lasts. Each window is followed by the next one that begins no earlier than it ends.
    """
    duration = round((1 - ROUNDING) * seconds * 1e9)
    following = np.searchsorted(time, np.asarray(time) + duration).tolist()
    selected, place = [], 0
    while place < len(time):  # a step a kept window: each depends on the one before
        selected.append(place)
        place = following[place]
    return np.array(selected, dtype=np.int64)
