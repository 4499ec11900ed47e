"""Points of signals, with what a layer makes of each, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import nn

from tidemark.core.store import Array
from tidemark.infer.projection.entry import ProjectionEntry
from tidemark.infer.projection.layer import outputs
from tidemark.infer.projection.plane import evenly, plane

HEADER = ("x", "member", "value", "first", "second")
SIGNALS = 16
"""Signals that points are taken from: more of them than a picture of some hundred points can tell apart."""


def rows(
    network: nn.Module, entry: ProjectionEntry, context: Array, target: Array, where: str
) -> list[Sequence[object]]:
    """Position, member and value of points of the first signals, and their places in the plane.

    `context` is (signals, 3, points), `target` (signals, 1, points), in the units of the data; the value
    of an asked point is its target, and points that nobody knows the value of are left out. Raises
    `InputError`, naming the key below `where`.
    """
    context, target = context[:SIGNALS], target[:SIGNALS]
    layers = [entry.layer] if isinstance(entry.layer, str) else entry.layer
    with threadpool_limits(1):  # sums depend on it
        output = outputs(network, layers, torch.from_numpy(context), f"{where}.layer").numpy()
    value = np.where(np.isnan(context[:, 2]), target[:, 0], context[:, 2])
    known = np.flatnonzero(np.isfinite(value))
    chosen = np.unravel_index(known[evenly(len(known), entry.points)], value.shape)
    places = plane(output[chosen], entry.perplexity, entry.seed, where)
    x, member = context[:, 0][chosen], context[:, 1][chosen].astype(int)
    return list(zip(x.tolist(), member.tolist(), value[chosen].tolist(), *places.T.tolist(), strict=True))
