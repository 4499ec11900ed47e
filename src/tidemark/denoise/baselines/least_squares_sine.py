"""Least-squares fit of a sine, its harmonics and a trend to each signal's present samples.

y(t) ≈ Σₖ bₖ sin(2πk t/p) + cₖ cos(2πk t/p) + Σⱼ dⱼ uʲ, u the time from −1 to 1. A fitted period p maximises
the sum of squares explained (variable projection: G. H. Golub and V. Pereyra, SIAM J. Numerical Analysis 10
(1973)): over a grid of frequencies, then by golden-section search. For Gaussian noise this is maximum
likelihood: D. C. Rife and R. R. Boorstyn, IEEE Trans. Information Theory 20 (1974).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

OVERSAMPLING = 8
"""Grid frequencies per resolution cell (1 / length)."""
REFINEMENTS = 32
"""Golden sections: each leaves 0.618 of the bracket."""
CHUNK = 256
"""Signals whose periods are fitted at once: bounds the memory."""


class Options(Frozen):
    """What is fitted."""

    period: Literal["fitted"] | Positive = "fitted"
    """A number: samples, the same for all signals, as a year has weeks."""
    harmonics: Count = 1
    trend: Annotated[int, Field(ge=0, le=5)] | None = None
    """Degree of a polynomial in time fitted along; none fits no constant either."""
    longest_period: Positive = 2.0
    """Longest period tried when it is fitted, in lengths of the signal."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """The fitted curve for each of `split["noisy"]`, (signals, channels, length); same shape, float64.

    A signal with no present sample gets zeros.
    """
    noisy = np.asarray(split["noisy"])
    rows, weight = rows_of(noisy)
    if options.period == "fitted":
        chunks = [slice(first, first + CHUNK) for first in range(0, len(rows), CHUNK)]
        frequency = np.concatenate([_fitted_frequency(rows[c], weight[c], options) for c in chunks])
    else:
        frequency = np.full(len(rows), 1 / options.period)
    return curves_of(frequency, rows, weight, options).reshape(noisy.shape)


def rows_of(noisy: Array) -> tuple[Array, Array]:
    """Signals as rows (count, length) float64, gaps zero, and 1 for each sample that is present."""
    rows = noisy.reshape(-1, noisy.shape[-1]).astype(np.float64)
    return np.nan_to_num(rows), (~np.isnan(rows)).astype(np.float64)


def curves_of(frequency: Array, rows: Array, weight: Array, options: Options) -> Array:
    """Fitted curves (count, length) of frequencies (count,), in cycles a sample, to what `rows_of` gives."""
    curves = basis(frequency, rows.shape[-1], options)
    gram, moment = normal_equations(curves, rows, weight)
    # The pseudo-inverse: too few samples for all coefficients give the smallest ones that fit.
    coefficients = np.einsum("nij,nj->ni", np.linalg.pinv(gram, rcond=1e-12, hermitian=True), moment)
    return np.asarray(np.einsum("ni,nil->nl", coefficients, curves))


def basis(frequency: Array, length: int, options: Options) -> Array:
    """Curves to be summed, (count, coefficients, length), for frequencies (count,) in cycles a sample."""
    time = np.arange(length) - (length - 1) / 2
    angle = 2 * np.pi * frequency[:, None] * time
    curves = [wave(k * angle) for k in range(1, options.harmonics + 1) for wave in (np.sin, np.cos)]
    degrees = range(0 if options.trend is None else options.trend + 1)
    curves += [np.broadcast_to((2 * time / length) ** degree, angle.shape) for degree in degrees]
    return np.stack(curves, axis=1)


def normal_equations(curves: Array, rows: Array, weight: Array) -> tuple[Array, Array]:
    """Gram matrices (count, k, k) and moments (count, k) of rows (count, length) on their basis."""
    weighted = curves * weight[:, None]
    return weighted @ curves.swapaxes(1, 2), (weighted @ rows[:, :, None])[..., 0]


def _fitted_frequency(rows: Array, weight: Array, options: Options) -> Array:
    """Least-squares frequency of each of the rows (count, length): (count,), cycles a sample."""
    length = rows.shape[-1]
    lowest, highest = 1 / (options.longest_period * length), 0.5 / options.harmonics
    step = 1 / (OVERSAMPLING * length)
    grid = np.arange(lowest, highest, step)
    curves = basis(grid, length, options)  # (grid, k, length)
    products = curves[:, :, None] * curves[:, None]  # (grid, k, k, length)
    gram = np.tensordot(weight, products, axes=(1, 3))
    moment = np.tensordot(rows, curves, axes=(1, 2))
    best = grid[_explained(gram, moment).argmax(axis=-1)]

    def explained(frequency: Array) -> Array:
        return _explained(*normal_equations(basis(frequency, length, options), rows, weight))

    low, high = np.maximum(best - step, lowest / 2), np.minimum(best + step, highest)
    ratio = (np.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = explained(left), explained(right)
    for _ in range(REFINEMENTS):
        leftward = at_left > at_right
        low, high = np.where(leftward, low, left), np.where(leftward, right, high)
        new = np.where(leftward, high - ratio * (high - low), low + ratio * (high - low))
        at_new = explained(new)
        left, right = np.where(leftward, new, right), np.where(leftward, left, new)
        at_left, at_right = np.where(leftward, at_new, at_right), np.where(leftward, at_left, at_new)
    return np.asarray((low + high) / 2)


def _explained(gram: Array, moment: Array) -> Array:
    """Sum of squares explained, mᵀ G⁻¹ m, by elimination; gram (…, k, k), moment (…, k)."""
    gram, moment = gram.copy(), moment.copy()
    size = np.einsum("...ii->...i", gram).copy()
    total = np.zeros(moment.shape[:-1])
    for i in range(moment.shape[-1]):
        pivot = gram[..., i, i].copy()
        pivot[pivot <= 1e-9 * size[..., i]] = np.inf  # a curve that the ones before it already make
        factor = gram[..., i, :] / pivot[..., None]
        total += np.square(moment[..., i]) / pivot
        moment -= factor * moment[..., i, None]
        gram -= factor[..., :, None] * gram[..., i, None, :]
    return total


METHOD = Method(Options, estimate)
