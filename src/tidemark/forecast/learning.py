"""Forecast, in training: the past of a signal is the input, its future the target.

Where the law of the data is known the future is that of the signal without its noise: noise to come is the
same for everyone and would hide the differences.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tidemark.core import series

if TYPE_CHECKING:
    from torch import Tensor

INPUT = "past"
TARGET = "future"


def step_weighted(difference: Tensor) -> Tensor:
    """The squared error of step i = 0, 1, … weighs 1 / (i + 1)."""
    return difference.square() / difference.new_ones(difference.shape[-1]).cumsum(0)


ERRORS = {**series.ERRORS, "step_weighted_mse": step_weighted}
LEARNING = series.learning(INPUT, TARGET, ERRORS, lambda info: (info.channels, info.length, info.horizon))
inputs = LEARNING.inputs
loss = partial(series.loss, ERRORS)
