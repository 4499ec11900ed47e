"""The lincomb law's offset β sought: how well each serves a signal, on a grid and then between its points.

On a grid, twenty steps to a period of the fastest function; peaks are parabolas through neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tidemark.core.store import Array

STEPS_PER_PERIOD = 20
NARROWINGS = (1 / 2, 1 / 16, 1 / 256)
"""Half-widths, in steps of the grid, of the three points through which a parabola narrows β down."""
CHUNK = 64
"""Offsets whose functions are evaluated at once: bounds the memory."""


def values(functions: list[Mapping[str, Any]], x: Array) -> Array:
    """Functions of the law, each given by form, frequency and power, at x (..., length).

    Gives (..., functions, length) float32, right to about 1e-7.
    """
    result = np.empty((*x.shape[:-1], len(functions), x.shape[-1]), dtype=np.float32)
    with np.errstate(divide="ignore"):
        logarithm = np.log2(np.abs(x))
    for i, function in enumerate(functions):
        form, power = function["form"], function["power"]
        turns = x if power is None else np.exp2(power * logarithm)
        turns = turns * ((2 if form == "sine_cosine" else 1) * function["frequency"] / (2 * np.pi))
        angle = (2 * np.pi * (turns - np.rint(turns))).astype(np.float32)
        sine = np.sin(np.cos(angle) if form == "sine_of_cosine" else angle)
        if form == "exponential_sine":
            sine = np.exp(sine)
        result[..., i, :] = sine / 2 if form == "sine_cosine" else sine
    return result


class Search:
    """The law's functions at its samples, seen from any offset, and how well an offset serves a signal.

    A signal is a sum of directions, the columns of `root`: each a row of coefficients of the functions,
    less their mean, and of 1.
    """

    root: Array
    """(functions + 1, directions)."""
    variance: float
    """Of the noise; scores are energies over twice this."""
    ridge: float
    """Added to the directions' Gram matrix."""
    evidence: bool
    """Whether scores are log evidences (but for a constant), not log likelihoods at best."""

    def __init__(self, law: Mapping[str, Any], candidates: int) -> None:
        """Peaks of the coarse search that are compared exactly: `candidates`."""
        self.candidates = candidates
        self.functions: list[Mapping[str, Any]] = law["functions"]
        self.axis = np.linspace(0, 2 * np.pi * law["cycles"], law["cycles"] * law["samples_per_cycle"])
        turns = 2 * law["offset"] * self._fastest(law["offset"]) / (2 * np.pi)
        steps = int(np.ceil(turns * STEPS_PER_PERIOD))
        self.offsets = np.linspace(-law["offset"], law["offset"], steps + 1)
        """Where β is sought first."""
        self.step = 2 * law["offset"] / steps if steps else 1.0
        self.stored = np.empty((steps + 1, len(self.functions), len(self.axis)), dtype=np.float32)
        """The curves of these offsets."""
        for chunk in chunks(steps + 1):
            self.stored[chunk] = self.curves(self.offsets[chunk])

    def _fastest(self, offset: float) -> float:
        """Largest rate of change of an angle, in radians per unit of x, from one sample off 0 outwards."""
        ends = np.array([self.axis[1], self.axis[-1] + offset])
        rates = []
        for function in self.functions:
            power = 1.0 if function["power"] is None else function["power"]
            twice = 2 if function["form"] == "sine_cosine" else 1
            rates.append(twice * function["frequency"] * power * (ends ** (power - 1)).max())
        return float(max(rates))

    def curves(self, offset: Array) -> Array:
        """Each function less its mean, (offsets, functions, length)."""
        curves = values(self.functions, self.axis + offset[:, None]).astype(np.float64)
        curves -= curves.mean(axis=-1, keepdims=True)
        return curves

    def whitening(self, curves: Array) -> tuple[Array, Array]:
        """W = L⁻¹ Rᵀ (offsets, directions, functions + 1), and log |L| (offsets,).

        L Lᵀ is the Gram matrix of directions R, and the ridge. So W times curves and 1 are orthonormal
        but for the ridge, and with them the estimate of a signal's coefficients is Wᵀ W times its products.
        """
        gram = self.root[:-1].T @ (curves @ curves.swapaxes(1, 2)) @ self.root[:-1]
        gram += len(self.axis) * self.root[-1:].T @ self.root[-1:]  # curves have no mean
        lower = np.linalg.cholesky(gram + self.ridge * np.eye(gram.shape[1]))
        return np.linalg.solve(lower, self.root.T), np.log(np.diagonal(lower, 0, 1, 2)).sum(axis=1)

    def score(self, product: Array, size: Array) -> Array:
        """What is to be highest, from W times products (..., offsets, directions) and log |L|."""
        return np.asarray(np.square(product).sum(axis=-1) / (2 * self.variance) - self.evidence * size)

    def coarse(self, signal: Array) -> Array:
        """Score of signals (n, length) at each offset of the grid, (n, offsets) float32."""
        single = signal.astype(np.float32)
        score = np.empty((len(signal), len(self.offsets)), dtype=np.float32)
        for chunk in chunks(len(self.offsets)):
            whitening, size = self.whitening(self.stored[chunk].astype(np.float64))
            whitening = whitening.astype(np.float32)
            orthonormal = whitening[..., :-1] @ self.stored[chunk] + whitening[..., -1:]
            product = single @ orthonormal.reshape(-1, single.shape[1]).T
            score[:, chunk] = self.score(product.reshape(len(single), len(size), -1), size)
        return score

    def scores(self, signal: Array, offset: Array, owner: Array) -> Array:
        """Score of signal[owner] at each offset, (offsets,)."""
        score = np.empty(len(offset))
        for chunk in chunks(len(offset)):
            curves = self.curves(offset[chunk])
            whitening, size = self.whitening(curves)
            product = whitening @ products(curves, signal[owner[chunk]])
            score[chunk] = self.score(product[..., 0], size)
        return score

    def peaks(self, score: Array) -> tuple[Array, Array, Array]:
        """Offsets of the highest peaks of scores (n, offsets), how high, and how bent; all (n, candidates).

        Bent: by the grid's second difference. Where there are fewer, the highest again, its height −∞.
        """
        padded = np.pad(score, [(0, 0), (1, 1)], constant_values=-np.inf)
        before, after = padded[:, :-2], padded[:, 2:]
        owner, place = np.nonzero((score >= before) & (score > after))
        three = [side[owner, place].astype(np.float64) for side in (before, score, after)]
        height, between, bend = np.full(score.shape, -np.inf), np.zeros(score.shape), np.zeros(score.shape)
        between[owner, place], height[owner, place] = _summit(*three)
        bend[owner, place] = 2 * three[1] - three[0] - three[2] if score.shape[1] > 1 else 0
        count = min(self.candidates, score.shape[1])
        place = np.argpartition(-height, count - 1, axis=1)[:, :count]
        top = np.take_along_axis(height, place, 1)
        place = np.where(np.isfinite(top), place, height.argmax(axis=1)[:, None])
        between, bend = (np.take_along_axis(values, place, 1) for values in (between, bend))
        return self.offsets[place] + self.step * between, top, bend

    def narrowed(self, signal: Array, offset: Array, owner: Array, distance: float) -> tuple[Array, Array]:
        """Offsets nearer to the peaks of signal[owner], and the peaks' curvature there, both (offsets,).

        By the parabola through three points, a `distance` apart.
        """
        three = offset[:, None] + distance * np.array([-1, 0, 1])
        left, middle, right = self.scores(signal, three.ravel(), np.repeat(owner, 3)).reshape(-1, 3).T
        return offset + distance * _summit(left, middle, right)[0], (2 * middle - left - right) / distance**2


def chunks(count: int) -> Iterator[slice]:
    """Places of so many offsets, some at once."""
    return (slice(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK))


def products(curves: Array, signal: Array) -> Array:
    """Products of signals (n, length) or one signal with curves and 1, (n, functions + 1, 1)."""
    product = curves @ signal[..., None]
    constant = np.broadcast_to(signal.sum(axis=-1)[..., None, None], (len(curves), 1, 1))
    return np.concatenate([product, constant], axis=1)


def _summit(left: Array, middle: Array, right: Array) -> tuple[Array, Array]:
    """Where the parabola through values at −1, 0 and 1 is highest, kept between them, and how high.

    The middle, where a neighbour is −∞ (beyond the range) or there is no summit.
    """
    rise, fall = middle - left, middle - right
    inside = np.isfinite(rise) & np.isfinite(fall) & (rise + fall > 0)
    rise, fall = np.where(inside, rise, 1.0), np.where(inside, fall, 1.0)
    place = np.clip((rise - fall) / (2 * (rise + fall)), -1, 1)
    return place, middle + (rise - fall) * place / 4
