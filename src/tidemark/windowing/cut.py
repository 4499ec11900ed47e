"""Windows of a block."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.core.store import Array


def cut(block: Array, window: int, hop: int) -> Array:
    """Whole windows of (channels, samples), `hop` samples apart: (windows, channels, window)."""
    views = sliding_window_view(block, window, axis=-1)  # (channels, positions, window)
    return np.ascontiguousarray(views[:, ::hop].swapaxes(0, 1))
