"""Samples of one or two sequences as points to infer from: given ones first, then those asked for."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array

FIRST, LAST = 5.0, 15.0
"""Positions of a window's first and last sample: where the points of generated pairs lie."""


def scale_of_given(given: Array) -> tuple[Array, Array]:
    """Level of each sequence and one size for all, from what is given alone.

    `given` is (windows, sequences, length), NaN where not given. The level, (windows, sequences, 1), is the
    mean of a sequence, of one without values that of the others; the size, (windows, 1, 1), the largest
    distance from it, 1 if there is none. One size, for two sequences that share a shape must still share
    it afterwards, and a few values given of one of them say little of how far it moves.
    """
    present = ~np.isnan(given)
    count = present.sum(-1, keepdims=True)
    values = np.where(present, given, 0.0)
    mean = values.sum(-1, keepdims=True) / np.maximum(count, 1)
    # A mean is rounded: that of equal values need not be one of them.
    lowest = np.where(present, given, np.inf).min(-1, keepdims=True)
    highest = np.where(present, given, -np.inf).max(-1, keepdims=True)
    own = np.where(count > 0, np.clip(mean, lowest, np.maximum(lowest, highest)), 0.0)
    others = own.sum(1, keepdims=True) / np.maximum((count > 0).sum(1, keepdims=True), 1)
    level = np.where(count > 0, own, others)
    size = np.where(present, np.abs(values - level), 0.0).max((1, 2), keepdims=True)
    return level, np.where(size > 0, size, 1.0)


def arranged(given: Array, asked: Array, member: Array) -> tuple[Array, Array, Array]:
    """Context and target of points in the order in which a causal model sees them, and that order.

    `given` and `asked` are (windows, sequences, length): values that are given, true values asked for, NaN
    elsewhere; `member` (windows, sequences) says which sequence of a pair each is. First come the given
    points, then those asked for, then those of which the truth is unknown; in each part sequence after
    sequence, in order of time. The context, (windows, 3, points) float32, holds position, member and value,
    NaN where it is asked for; the target, (windows, 1, points) float32, is NaN where it is given or
    unknown; the order, (windows, points), is the place of each point among sequences × length.
    """
    windows, sequences, length = given.shape
    points = sequences * length
    values, truth = given.reshape(windows, points), asked.reshape(windows, points)
    part = np.where(~np.isnan(values), 0, np.where(~np.isnan(truth), 1, 2))
    order = part.argsort(1, kind="stable")
    position = np.linspace(FIRST, LAST, length)[order % length]
    context = np.stack(
        [
            position,
            np.take_along_axis(member, order // length, 1),
            np.take_along_axis(values, order, 1),
        ],
        axis=1,
    )
    target = np.take_along_axis(truth, order, 1)[:, None]
    return context.astype(np.float32), target.astype(np.float32), order


def put_back(estimates: Array, order: Array, sequences: int) -> Array:
    """Points (windows, rows, points) where `arranged` took them: (windows, rows, sequences, length)."""
    result = np.empty_like(estimates)
    np.put_along_axis(result, np.broadcast_to(order[:, None], estimates.shape), estimates, 2)
    return result.reshape(*estimates.shape[:2], sequences, -1)
