"""Forecast, in training: the past of a signal is the input, its future the target.

Where the law of the data is known the future is that of the signal without its noise: noise to come is the
same for everyone and would hide the differences.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core import series
from tidemark.core.store import Array, Split

if TYPE_CHECKING:
    from torch import Tensor

INPUT = "past"
TARGET = "future"


def step_weighted(difference: Tensor) -> Tensor:
    """The squared error of step i = 0, 1, … weighs 1 / (i + 1)."""
    return difference.square() / difference.new_ones(difference.shape[-1]).cumsum(0)


def with_history(split: Split, samples: int, dtype: type[np.floating] = np.float32) -> Array:
    """The past after up to so many samples of the history before it, where the split has any.

    Both are (signals, channels, …), NaN where missing, as is the result.
    """
    past = np.asarray(split[INPUT])
    history = np.asarray(split.get("history", past[..., :0]))
    used = history[..., max(0, history.shape[-1] - samples) :]
    return np.concatenate([used, past], axis=-1, dtype=dtype)


ERRORS = {**series.ERRORS, "step_weighted_mse": step_weighted}
LEARNING = replace(
    series.learning(INPUT, TARGET, ERRORS, lambda info: (info.channels, info.length, info.horizon)),
    with_history=with_history,
)
inputs = LEARNING.inputs
loss = partial(series.loss, ERRORS)
