"""Learning a signal from a signal: gaps are interpolated in the input, and count in no loss in the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core import gaps
from tidemark.core.calibration import Calibrating
from tidemark.core.conformal import half_widths
from tidemark.core.learning import Learning
from tidemark.core.likeness import describe
from tidemark.core.store import Array, DatasetInfo, Split

if TYPE_CHECKING:
    from torch import Tensor

Errors = Mapping[str, Callable[["Tensor"], "Tensor"]]
"""By the name of a loss, what is averaged of the differences (batch, channels, length)."""
ERRORS: Errors = {"l1": lambda difference: difference.abs(), "mse": lambda difference: difference.square()}


def loss(errors: Errors, estimate: Tensor, target: Tensor, kind: str) -> Tensor:
    """Mean error over the target's present values; both (batch, channels, length)."""
    present = ~target.isnan()
    each = errors[kind]((estimate - target.nan_to_num()) * present)
    return each.sum() / present.sum().clamp(min=1)


def _widths(estimate: Tensor, target: Tensor) -> Array:
    """Half widths of intervals of every level, (channels, steps, levels), in units of the stored values."""
    return half_widths((estimate.double() - target.double()).cpu().numpy())


def learning(
    input: str, target: str, errors: Errors, shape: Callable[[DatasetInfo], tuple[int, ...]]
) -> Learning:
    """For arrays of these names, (signals, channels, length) each, NaN where missing."""

    def inputs(split: Split) -> Array:
        return gaps.fill(np.asarray(split[input], dtype=np.float32))

    return Learning(
        input=input,
        target=target,
        losses=tuple(errors),
        loss=lambda kind, train, info: partial(loss, errors, kind=kind),
        inputs=inputs,
        shape=shape,
        pictured=lambda split: {name: np.array(split[name][0, 0]) for name in (input, target)},
        calibrating=Calibrating((input,), lambda split, info: describe(split[input]), _widths),
    )
