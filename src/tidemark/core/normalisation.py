"""A signal scaled by itself: less its mean, over its largest absolute value then."""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.store import Array

LARGEST = float(np.finfo(np.float32).max)
"""Size of the largest number that a network takes or gives: it computes in float32."""


def scale_of(past: Array) -> tuple[Array, Array]:
    """Level and size of each signal and channel, (signals, channels, 1), from its past alone.

    `past` is (signals, channels, lookback), NaN where missing; (past − level) / size lies in [−1, 1].
    The size of a signal that does not move is 1.
    """
    filled = gaps.fill(past)
    first = filled[..., :1]
    # A mean is rounded: that of equal values need not be one of them.
    level = np.where((filled == first).all(-1, keepdims=True), first, filled.mean(-1, keepdims=True))
    size = np.abs(filled - level).max(-1, keepdims=True)
    return level, np.where(size > 0, size, 1.0)
