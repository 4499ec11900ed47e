"""How inferred values join the given ones: the step at the first of them, and the offset of those after it.

At a given point a prediction is the value itself, so its step to the first inferred point, less the truth's
step there, is the error of that point. What follows is off by the mean error of the points after it. A drop
that lasts has a step and an offset of its size; one that fades, a step of its size and a smaller offset; one
that a wrong shape makes up for has neither. Means keep the sign, and are zero for an exact posterior whatever
it does not know; root mean squares are at least the exact posterior's.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array, Split
from tidemark.infer.learning import INPUT, TARGET

NAMES = ("step", "step_rms", "offset", "offset_rms", "step_to_partner", "offset_to_partner")
"""Scores of one row of a prediction."""


def sums(mean: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), of the scores `NAMES`.

    `mean` (signals, points) is what is predicted. Points are in the order of inference; signals without a
    known value at the first one, or after it, do not count. `…_rms` are mean squares, of which a root is to
    be taken. `…_to_partner` is the least-squares slope of step or offset on the way from the nearest given
    value of the point's own member to the mean of its partner's: 1 for a prediction that leaves its own level
    for the partner's, 0 for one that does not lean that way; left out where no signal has a partner.
    """
    context = np.asarray(split[INPUT], dtype=np.float64)
    target = np.asarray(split[TARGET], dtype=np.float64)[:, 0]
    present = ~np.isnan(target)
    asked = np.isnan(context[:, 2])
    error = np.where(present, mean - np.where(present, target, 0.0), 0.0)
    first = asked & (np.cumsum(asked, 1) == 1)
    rest = present & ~first
    count = rest.sum(1)
    step, offset = (error * first).sum(1), (error * rest).sum(1) / np.maximum(count, 1)
    way = _way(context, first)
    result = {}
    for name, value, counted in (
        ("step", step, (first & present).any(1)),
        ("offset", offset, count > 0),
    ):
        number = counted.astype(np.float64)
        if not counted.any():
            continue
        result[name] = value * number, number
        result[f"{name}_rms"] = np.square(value) * number, number
        if np.isfinite(way).any():
            distance = np.where(np.isfinite(way), way, 0.0) * number
            result[f"{name}_to_partner"] = value * distance, np.square(distance)
    return result


def _way(context: Array, first: Array) -> Array:
    """From the nearest given value of the first point's own member to the mean of its partner's, (signals,).

    NaN where either has none.
    """
    position, member, value = context.swapaxes(0, 1)
    place, row = first.argmax(1), np.arange(len(first))
    own = member == member[row, place][:, None]
    given = ~np.isnan(value)
    far = np.abs(position - position[row, place][:, None])
    base = value[row, np.where(own & given, far, np.inf).argmin(1)]
    partner = given & ~own
    count = partner.sum(1)
    level = np.where(partner, value, 0.0).sum(1) / np.maximum(count, 1)
    known = (own & given).any(1) & (count > 0) & first.any(1)
    return np.where(known, level - base, np.nan)
