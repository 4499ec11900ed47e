"""Least-squares fit of a sine, its harmonics and a trend to each signal's present samples.

y(t) ≈ Σₖ bₖ sin(2πk t/p) + cₖ cos(2πk t/p) + Σⱼ dⱼ uʲ, u the time from −1 to 1. A fitted period p maximises
the sum of squares explained (variable projection: G. H. Golub and V. Pereyra, SIAM J. Numerical Analysis 10
(1973)): over a grid of frequencies, then by golden-section search. For Gaussian noise this is maximum
likelihood: D. C. Rife and R. R. Boorstyn, IEEE Trans. Information Theory 20 (1974).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method

OVERSAMPLING = 8
"""Grid frequencies per resolution cell (1 / length)."""
REFINEMENTS = 32
"""Golden sections: each leaves 0.618 of the bracket."""
CHUNK = 256
"""Signals whose periods are fitted at once: bounds the memory."""


class Options(Frozen):
    """What is known beforehand and what is fitted."""

    period: Literal["known", "fitted"] | Positive = "fitted"
    """`known`: each signal's own, as drawn by the law; a number: samples, the same for all."""
    amplitude: Literal["known", "fitted"] = "fitted"
    """`known`: each signal's own, as drawn by the law; then only the phase is fitted."""
    harmonics: Count = 1
    trend: Annotated[int, Field(ge=0, le=5)] | None = None
    """Degree of a polynomial in time fitted along; none fits no constant either."""
    longest_period: Positive = 2.0
    """Longest period tried when it is fitted, in lengths of the signal."""

    @model_validator(mode="after")
    def _amplitude_of_one_sine(self) -> Options:
        alone = self.period != "fitted" and self.harmonics == 1 and self.trend is None
        if self.amplitude == "known" and not alone:
            raise ValueError("amplitude known needs a period that is not fitted, harmonics 1 and trend null")
        return self


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """The fitted curve for each of `split["noisy"]`, (signals, channels, length); same shape, float64.

    A signal with no present sample gets zeros. Raises `InputError` where the split lacks a
    `period` or `amplitude`, each (signals,), that the options call known.
    """
    noisy = np.asarray(split["noisy"])
    rows = noisy.reshape(-1, noisy.shape[-1]).astype(np.float64)
    weight = (~np.isnan(rows)).astype(np.float64)
    rows = np.nan_to_num(rows)

    def known(key: str) -> Array:
        if key not in split:
            raise InputError(
                f"least_squares_sine: options.{key} = 'known', but {info.name!r} does not say its signals' "
                f"{key}; use 'fitted'"
            )
        return np.repeat(np.asarray(split[key], dtype=np.float64), noisy.shape[1])

    if options.period == "fitted":
        chunks = [slice(first, first + CHUNK) for first in range(0, len(rows), CHUNK)]
        frequency = np.concatenate([_fitted_frequency(rows[c], weight[c], options) for c in chunks])
    else:
        period = known("period") if options.period == "known" else np.full(len(rows), options.period)
        frequency = 1 / period
    basis = _basis(frequency, rows.shape[-1], options)
    gram, moment = _normal_equations(basis, rows, weight)
    if options.amplitude == "known":
        coefficients = _on_circle(gram, moment, known("amplitude"))
    else:
        # The pseudo-inverse: too few samples for all coefficients give the smallest ones that fit.
        coefficients = np.einsum("nij,nj->ni", np.linalg.pinv(gram, rcond=1e-12, hermitian=True), moment)
    return np.asarray(np.einsum("ni,nil->nl", coefficients, basis).reshape(noisy.shape))


def _basis(frequency: Array, length: int, options: Options) -> Array:
    """Curves to be summed, (count, coefficients, length), for frequencies (count,) in cycles a sample."""
    time = np.arange(length) - (length - 1) / 2
    angle = 2 * np.pi * frequency[:, None] * time
    curves = [wave(k * angle) for k in range(1, options.harmonics + 1) for wave in (np.sin, np.cos)]
    degrees = range(0 if options.trend is None else options.trend + 1)
    curves += [np.broadcast_to((2 * time / length) ** degree, angle.shape) for degree in degrees]
    return np.stack(curves, axis=1)


def _normal_equations(basis: Array, rows: Array, weight: Array) -> tuple[Array, Array]:
    """Gram matrices (count, k, k) and moments (count, k) of rows (count, length) on their basis."""
    weighted = basis * weight[:, None]
    return weighted @ basis.swapaxes(1, 2), (weighted @ rows[:, :, None])[..., 0]


def _fitted_frequency(rows: Array, weight: Array, options: Options) -> Array:
    """Least-squares frequency of each of the rows (count, length): (count,), cycles a sample."""
    length = rows.shape[-1]
    lowest, highest = 1 / (options.longest_period * length), 0.5 / options.harmonics
    step = 1 / (OVERSAMPLING * length)
    grid = np.arange(lowest, highest, step)
    basis = _basis(grid, length, options)  # (grid, k, length)
    products = basis[:, :, None] * basis[:, None]  # (grid, k, k, length)
    gram = np.tensordot(weight, products, axes=(1, 3))
    moment = np.tensordot(rows, basis, axes=(1, 2))
    best = grid[_explained(gram, moment).argmax(axis=-1)]

    def explained(frequency: Array) -> Array:
        return _explained(*_normal_equations(_basis(frequency, length, options), rows, weight))

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


def _on_circle(gram: Array, moment: Array, amplitude: Array) -> Array:
    """Coefficients of sine and cosine, (count, 2), of least squares among those of a given amplitude.

    With v = a (cos φ, sin φ), the misfit vᵀ G v − 2 mᵀ v is a trigonometric polynomial of degree 2
    in φ: a grid finds its lowest valley, Newton steps the bottom.
    """

    def at(phase: Array) -> tuple[Array, Array]:
        direction = np.stack([np.cos(phase), np.sin(phase)], axis=-1)
        normal = np.stack([-np.sin(phase), np.cos(phase)], axis=-1)
        return amplitude[:, None, None] * direction, amplitude[:, None, None] * normal

    def times(v: Array) -> Array:
        return np.asarray(np.einsum("nij,npj->npi", gram, v))

    grid = np.broadcast_to(np.linspace(0, 2 * np.pi, 64, endpoint=False), (len(gram), 64))
    v, _ = at(grid)
    misfit = ((times(v) - 2 * moment[:, None]) * v).sum(-1)
    phase = np.take_along_axis(grid, misfit.argmin(axis=-1, keepdims=True), -1)
    for _ in range(8):
        v, normal = at(phase)
        residual = times(v) - moment[:, None]
        slope = (residual * normal).sum(-1)
        curvature = (times(normal) * normal).sum(-1) - (residual * v).sum(-1)
        step = np.divide(slope, curvature, out=np.zeros_like(slope), where=curvature > 0)
        phase = phase - np.clip(step, -0.1, 0.1)
    return at(phase)[0][:, 0]


METHOD = Method(Options, estimate)
