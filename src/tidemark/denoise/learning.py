"""Denoise, in training: a noisy signal is the input, the clean one the target."""

from __future__ import annotations

from functools import partial

import numpy as np

from tidemark.core import series
from tidemark.core.store import Array, Split

INPUT = "noisy"
TARGET = "clean"
LEARNING = series.learning(INPUT, TARGET, series.ERRORS, lambda info: (info.channels, info.length))
inputs = LEARNING.inputs
loss = partial(series.loss, series.ERRORS)


def whole(split: Split) -> Array:
    """Of a dataset without truth, the noisy signals with nothing hidden (see `hidden`).

    (signals, channels, length), as are input and target, which hold them together; NaN where missing.
    """
    return np.where(np.isnan(split[INPUT]), split[TARGET], split[INPUT])
