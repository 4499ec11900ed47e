"""The last value, repeated: the forecast that every other one has to beat."""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.frozen import NoOptions
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


def estimate(split: Split, info: DatasetInfo, options: NoOptions) -> Array:
    """Last present value of each channel of `split["past"]`, (signals, channels, lookback).

    Returns (signals, channels, horizon), float64; zeros where nothing is present.
    """
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    return np.repeat(past[..., -1:], info.horizon, axis=-1)


METHOD = Method(NoOptions, estimate)
