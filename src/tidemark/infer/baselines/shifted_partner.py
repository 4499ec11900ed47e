"""The other member's values, shifted until they agree with what is given of this one.

The partner's context is interpolated linearly at each position, and held beyond its ends. After n residuals
from it, of mean m and standard deviation s, the next is N(m, (floor² + (inflation · s)²)(1 + 1/n)): floor and
inflation have the greatest likelihood on the training signals, since residuals near each other vary less than
those to come. Point by point, the member's earlier values move the shift; the interpolation stays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.infer import learning as infer

MOST = 1000
"""Training signals that the two numbers are learned from."""
SMALLEST = 1e-6
"""A standard deviation no smaller than this."""


class Options(Frozen):
    """None."""


class Learned(NamedTuple):
    """What the training signals say of residuals: standard deviations, and a factor."""

    floor: float
    inflation: float
    unshifted: float
    """Standard deviation about the partner where nothing is given of the member itself."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Learned:
    """Floor and inflation of greatest likelihood on `train`, whose arrays are as in `estimate`."""
    _check(info)
    train = {name: np.asarray(train[name][:MOST]) for name in (infer.INPUT, infer.TARGET)}
    context, _, residual = _residuals(train)
    inputs = ~np.isnan(context[:, 2])
    target = ~inputs & ~np.isnan(residual)
    error, variance, count = [], [], []
    for member in (0, 1):
        own = (context[:, 1] == 1) == bool(member)
        number, mean, spread = _after(infer.powers(residual, own & inputs).sum(2, keepdims=True))
        chosen = own & target
        error.append((residual - mean)[chosen])
        variance.append(np.broadcast_to(spread, chosen.shape)[chosen])
        count.append(np.broadcast_to(number, chosen.shape)[chosen])
    missed, spread, number = (np.concatenate(each) for each in (error, variance, count))
    unshifted = np.sqrt(np.mean(np.square(residual[target]))) if target.any() else 1.0
    missed, spread, number = (each[number > 0] for each in (missed, spread, number))
    if not len(missed):
        return Learned(float(unshifted), 1.0, float(unshifted))
    scale = max(float(np.sqrt(np.mean(np.square(missed)))), SMALLEST)
    squared, factor = np.square(missed), 1 + 1 / number

    def nats(logarithms: Array) -> float:
        floor, inflation = np.exp(2 * np.clip(logarithms, -20, 20))
        whole = (floor + inflation * spread) * factor + SMALLEST**2
        return float(np.mean(np.log(whole) + squared / whole))

    result = np.exp(minimize(nats, [np.log(scale), 0.0], method="Nelder-Mead").x)
    return Learned(float(result[0]), float(result[1]), float(unshifted))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Learned) -> Array:
    """Rows of `tidemark.infer.task.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points). Raises
    `InputError` where the dataset's signals have one member only.
    """
    _check(info)
    context, partner, residual = _residuals(split)
    return infer.by_member(context, residual, partner, lambda sums: _predicted(sums, learned))


def _partner(context: Array) -> Array:
    """The other member's given values at each position, (signals, points); 0 where it has none."""
    result = np.zeros(context[:, 0].shape)
    for row, (position, member, value) in zip(result, context, strict=True):
        for own in (0, 1):
            other = np.flatnonzero((member != own) & ~np.isnan(value))
            other = other[np.argsort(position[other], kind="stable")]
            if len(other):
                here = member == own
                row[here] = np.interp(position[here], position[other], value[other])
    return result


def _residuals(split: Split) -> tuple[Array, Array, Array]:
    """The context; the partner's values; and true values less those, NaN if unknown."""
    context = np.asarray(split[infer.INPUT], dtype=np.float64)
    target = np.asarray(split[infer.TARGET], dtype=np.float64)[:, 0]
    partner = _partner(context)
    return context, partner, np.where(np.isnan(context[:, 2]), target, context[:, 2]) - partner


def _after(sums: Array) -> tuple[Array, Array, Array]:
    """Number, mean and variance of residuals from their sums."""
    number, total, squares = sums
    mean = total / np.maximum(number, 1)
    variance = np.maximum(squares - number * np.square(mean), 0) / np.maximum(number - 1, 1)
    return number, mean, np.where(number > 1, variance, 0.0)


def _predicted(sums: Array, learned: Learned) -> tuple[Array, Array, Array, Array]:
    """What `infer.by_member` asks of a law."""
    number, mean, spread = _after(sums)
    alone = learned.floor**2 + learned.inflation**2 * spread + SMALLEST**2
    unshifted = max(learned.unshifted**2 - learned.floor**2, 0)
    about = np.where(number > 0, alone / np.maximum(number, 1), unshifted)
    std, alone = np.sqrt(alone + about), np.sqrt(alone)
    return mean, std, alone, np.sqrt(np.square(std) - np.square(alone))


def _check(info: DatasetInfo) -> None:
    if info.channels < 2:
        raise InputError(
            f"shifted_partner: signals of {info.name!r} have one member, and no partner to shift; give the "
            "name of a dataset with two, or use the baseline fitted_gaussian_process"
        )


METHOD = Method(Options, estimate, learn)
