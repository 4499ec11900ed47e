"""Intervals by split conformal prediction: how far predictions of validation signals were off, step by step.

J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani and L. Wasserman, "Distribution-free predictive inference for
regression", Journal of the American Statistical Association 113 (2018): of n residuals of signals that the
model was not fitted to, the ⌈(n + 1) · level⌉-th smallest covers that of a further, exchangeable signal with
probability of at least the level, and of at most 1 / (n + 1) more.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

LEVELS = np.arange(50, 100)
"""Levels that are stored, in hundredths."""
ROUNDING = 1e-9
"""By how much a level is more than the hundredth that it is."""


def half_widths(residuals: Array) -> Array:
    """Half widths of intervals of every level: (signals, channels, steps) → (channels, steps, levels).

    Both in the same units. Residuals are NaN where the target is missing, half widths where there are too few
    residuals for the level.
    """
    ordered = np.sort(np.abs(residuals), axis=0)  # NaN comes last
    count = (~np.isnan(residuals)).sum(axis=0)[..., None]
    rank = np.ceil((count + 1) * (LEVELS / 100) - ROUNDING).astype(int)
    place = np.minimum(rank, len(ordered)) - 1
    found = np.take_along_axis(ordered, np.moveaxis(place, -1, 0), axis=0)
    return np.where(rank <= count, np.moveaxis(found, 0, -1), np.nan).astype(np.float32)


def pooled_half_widths(residuals: Array) -> Array:
    """The same for a value at any step: (signals, values) → (1, 1, levels).

    Each signal weighs the same, however many values it has; how many signals there are decides what levels
    they support, since values of one signal may depend on one another (R. Dunn, L. Wasserman and A. Ramdas,
    "Distribution-free prediction sets for two-layer hierarchical models", Journal of the American Statistical
    Association 118 (2023), where the distributions of signals are pooled).
    """
    present = ~np.isnan(residuals)
    signals = int(present.any(axis=1).sum())
    weight = np.broadcast_to(1 / np.maximum(present.sum(axis=1, keepdims=True), 1), residuals.shape)[present]
    values = np.abs(residuals[present])
    order = np.argsort(values)
    reached = np.cumsum(weight[order])  # of `signals` in all
    rank = np.ceil((signals + 1) * (LEVELS / 100) - ROUNDING)
    place = np.minimum(np.searchsorted(reached, rank - ROUNDING * max(signals, 1)), max(len(values) - 1, 0))
    found = values[order][place] if len(values) else np.full(len(rank), np.nan)
    return np.where(rank <= signals, found, np.nan).astype(np.float32)[None, None]


def at_level(widths: Array, level: float) -> Array:
    """Half widths (channels, steps) of intervals that cover with probability `level`, float64.

    A level between two stored ones gets the larger. Raises `InputError` at a level that is not in
    0.5 … 0.99, or that there were too few validation signals for.
    """
    highest, lowest = LEVELS[-1] / 100, LEVELS[0] / 100
    if not lowest <= level <= highest:
        raise InputError(f"--interval {level:g}: expected a level from {lowest:g} to {highest:g}")
    known = np.asarray(widths[..., int(np.ceil(level * 100 - ROUNDING)) - LEVELS[0]], dtype=np.float64)
    if np.isnan(known).any():
        supported = LEVELS[~np.isnan(widths).any(axis=(0, 1))] / 100
        most = f"at most {supported[-1]:g}" if len(supported) else "none"
        raise InputError(
            f"--interval {level:g}: the model's few validation signals support {most}; ask for less, or "
            "train with more validation signals"
        )
    return known
