"""The mean and the standard deviation of what is given of the same member: what its other points do not beat.

Values are taken to be independent, of one normal law of unknown mean. After n of them, of mean m and standard
deviation s, the next is N(m, s² (1 + 1/n)). A member of which nothing is given has the mean of all given
values, and one of which fewer than two are has their standard deviation.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.frozen import Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.tasks import infer

SMALLEST = 1e-6
"""A standard deviation no smaller than this, were all given values the same."""


class Options(Frozen):
    """None."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.tasks.infer.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points).
    """
    context = np.asarray(split[infer.GIVEN], dtype=np.float64)
    target = np.asarray(split[infer.TARGET], dtype=np.float64)[:, 0]
    value, second = context[:, 2], context[:, 1] == 1
    given = ~np.isnan(value)
    centre, spread = _all_given(value, given)
    truth = np.where(given, value, target) - centre  # near zero, lest a difference of squares cancel
    result = np.zeros((len(value), len(infer.ROWS) + infer.PATHS, value.shape[1]))
    noise = infer.standard_normal(len(value), value.shape[1]).numpy()
    common = np.random.default_rng(0).normal(size=(len(value), infer.PATHS, 2))
    for member in (0, 1):
        own = second == bool(member)
        known = own & ~np.isnan(truth)
        mean, std, number = _predicted(infer.sums_of_all(truth, own & given), spread)
        sequential_mean, sequential_std, _ = _predicted(infer.sums_before(truth, known), spread)
        # The mean is drawn once for a path, then each value about it: as one by one, for a known s.
        alone = std / np.sqrt(1 + 1 / number)
        drawn = common[..., member, None] * (alone / np.sqrt(number))[:, None] + noise * alone[:, None]
        rows = (mean, std, sequential_mean, sequential_std, mean)  # its own mean fed back changes no mean
        every = np.stack([np.broadcast_to(row, value.shape) for row in rows], 1)
        every = np.concatenate([every, mean[:, None] + drawn], 1)
        result = np.where(own[:, None], every, result)
    result[:, [0, 2, *range(4, result.shape[1])]] += centre[..., None]
    return result


def _all_given(value: Array, given: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each signal's given values, (signals, 1) each; of none, 0 and 1."""
    number = given.sum(1, keepdims=True)
    centre = np.where(given, value, 0.0).sum(1, keepdims=True) / np.maximum(number, 1)
    squared = np.square(np.where(given, value - centre, 0.0)).sum(1, keepdims=True)
    return centre, np.where(number > 1, np.sqrt(squared / np.maximum(number - 1, 1)), 1.0)


def _predicted(sums: tuple[Array, Array, Array], spread: Array) -> tuple[Array, Array, Array]:
    """Mean and standard deviation of a further value, and how many it is from, no less than 1."""
    number, total, squares = sums
    count = np.maximum(number, 1)
    mean = total / count
    variance = np.maximum(squares - count * np.square(mean), 0) / np.maximum(number - 1, 1)
    std = np.maximum(np.where(number > 1, np.sqrt(variance), spread), SMALLEST)
    return mean, std * np.sqrt(1 + 1 / count), count
