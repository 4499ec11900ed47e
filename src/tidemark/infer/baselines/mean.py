"""The mean and the standard deviation of what is given of the same member: what its other points do not beat.

Values are taken to be independent, of one normal law of unknown mean. After n of them, of mean m and standard
deviation s, the next is N(m, s² (1 + 1/n)). A member of which nothing is given has the mean of all given
values, and one of which fewer than two are has their standard deviation.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.infer import learning as infer

SMALLEST = 1e-6
"""A standard deviation no smaller than this, were all given values the same."""


class Options(Frozen):
    """None."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.infer.task.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points).
    """
    context = np.asarray(split[infer.INPUT], dtype=np.float64)
    target = np.asarray(split[infer.TARGET], dtype=np.float64)[:, 0]
    value, inputs = context[:, 2], ~np.isnan(context[:, 2])
    centre, spread = _all_given(value, inputs)
    # Near zero, lest a difference of squares cancel.
    truth = np.where(inputs, value, target) - centre
    return infer.by_member(context, truth, centre, lambda sums: _predicted(sums, spread))


def _all_given(value: Array, context: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each signal's given values, (signals, 1) each; of none, 0 and 1."""
    number = context.sum(1, keepdims=True)
    centre = np.where(context, value, 0.0).sum(1, keepdims=True) / np.maximum(number, 1)
    squared = np.square(np.where(context, value - centre, 0.0)).sum(1, keepdims=True)
    return centre, np.where(number > 1, np.sqrt(squared / np.maximum(number - 1, 1)), 1.0)


def _predicted(sums: Array, spread: Array) -> tuple[Array, Array, Array, Array]:
    """What `infer.by_member` asks of a law; `spread` where fewer than two values are known."""
    number, total, squares = sums
    count = np.maximum(number, 1)
    mean = total / count
    variance = np.maximum(squares - count * np.square(mean), 0) / np.maximum(number - 1, 1)
    std = np.maximum(np.where(number > 1, np.sqrt(variance), spread), SMALLEST) * np.sqrt(1 + 1 / count)
    alone = std / np.sqrt(1 + 1 / count)
    return mean, std, alone, alone / np.sqrt(count)


METHOD = Method(Options, estimate)
