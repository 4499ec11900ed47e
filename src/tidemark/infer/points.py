"""Samples of one or two sequences as points to infer from: context points first, then target ones."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array

FIRST, LAST = 5.0, 15.0
"""Positions of a window's first and last sample: where the points of generated pairs lie."""


def scale_of_context(context: Array) -> tuple[Array, Array]:
    """Level of each sequence and one size for all, from context values alone.

    `context` is (windows, sequences, length), NaN elsewhere. The level, (windows, sequences, 1), is the mean
    of a sequence, of one without values that of the others; the size, (windows, 1, 1), the largest distance
    from it, 1 if there is none: one for both, whose common shape is left.
    """
    present = ~np.isnan(context)
    count = present.sum(-1, keepdims=True)
    values = np.where(present, context, 0.0)
    mean = values.sum(-1, keepdims=True) / np.maximum(count, 1)
    # A mean is rounded: that of equal values need not be one of them.
    lowest = np.where(present, context, np.inf).min(-1, keepdims=True)
    highest = np.where(present, context, -np.inf).max(-1, keepdims=True)
    own = np.where(count > 0, np.clip(mean, lowest, np.maximum(lowest, highest)), 0.0)
    others = own.sum(1, keepdims=True) / np.maximum((count > 0).sum(1, keepdims=True), 1)
    level = np.where(count > 0, own, others)
    size = np.where(present, np.abs(values - level), 0.0).max((1, 2), keepdims=True)
    return level, np.where(size > 0, size, 1.0)


def to_points(context: Array, target: Array, member: Array) -> tuple[Array, Array, Array]:
    """Context and target of points in the order in which a causal model sees them, and that order.

    `context` and `target` are values (windows, sequences, length), NaN elsewhere; `member` (windows,
    sequences) says which sequence of a pair each is. First come context points, then target ones, then those
    in neither; in each part sequence after sequence, in order of time. Returned are position, member and
    value, (windows, 3, points) float32; targets, (windows, 1, points) float32; and the place of each point
    among sequences × length, (windows, points).
    """
    windows, sequences, length = context.shape
    points = sequences * length
    values, truth = context.reshape(windows, points), target.reshape(windows, points)
    part = np.where(~np.isnan(values), 0, np.where(~np.isnan(truth), 1, 2))
    order = part.argsort(1, kind="stable")
    position = np.linspace(FIRST, LAST, length)[order % length]
    which, value = np.take_along_axis(member, order // length, 1), np.take_along_axis(values, order, 1)
    described = np.stack([position, which, value], axis=1)
    sought = np.take_along_axis(truth, order, 1)[:, None]
    return described.astype(np.float32), sought.astype(np.float32), order


def from_points(estimates: Array, order: Array, sequences: int) -> Array:
    """Points (windows, rows, points) where `to_points` took them: (windows, rows, sequences, length)."""
    result = np.empty_like(estimates)
    np.put_along_axis(result, np.broadcast_to(order[:, None], estimates.shape), estimates, 2)
    return result.reshape(*estimates.shape[:2], sequences, -1)
