"""The lincomb law's posterior: every signal of the law that the noisy one may be of.

Given y = Σᵢ aᵢ fᵢ(x + β) + c + Gaussian noise of variance σ², the functions and the law of β, aᵢ, c known:
the mean of this posterior has the least mean squared error of all methods (Bayes), its median, sample by
sample, the least absolute error. By importance sampling: β and a are drawn as if a and c were Gaussian of the
law's covariance (linear regression), and weighted by what the law gives in truth, α uniform in a cube, the
signal from 0 to 1. That one coefficient in a hundred, being smaller than 0.01, is set to 0 is overlooked:
next to the noise it is hardly seen.

β is sought on a grid, twenty steps to a period of the fastest function; the best few peaks of parabolas
through neighbours are narrowed down, and those too narrow for the grid are drawn from points of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.lincomb_signals import by_rows, checked
from tidemark.denoise.offset_search import CHUNK, NARROWINGS, Search, products

DRAWS = 256
LEAST_NOISE = 1e-4
"""Standard deviation that noise is taken to have where the law says less; signals range over 1."""
PRIOR_DRAWS = 2048
"""Signals drawn to find the coefficients' covariance."""
NARROW = 0.6
"""Peaks of a smaller standard deviation, in steps, are drawn from points of their own; a sum of a
Gaussian this wide over the grid is right to 0.2 %."""
AROUND = 1.25 * np.arange(-2, 3)
"""Those points, in standard deviations."""
COVERED = 3
"""Steps of the grid to each side of such a peak that its own points stand for."""
MARGIN = 20.0
"""Peaks this much below the best one, in log evidence, count for nothing …"""
UNSURE = 0.03
"""… nor if its rise above the middling offset is smaller by this share; the first search is so exact."""
SCALES = np.linspace(-8, 8, 41)
"""Points of the integral over a signal's scale, in standard deviations."""


class Options(Frozen):
    """How hard to search, and how many signals are drawn."""

    candidates: Count = 8
    """Peaks of the coarse search that are narrowed down."""
    draws: Count = DRAWS
    """Signals drawn from each posterior, in fours: two halves of pairs that cancel."""


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    """Median and mean clean signals for `split["noisy"]`, (signals, channels, length); as float64.

    Raises `InputError` where the dataset is not of the lincomb law, or lacks samples, or where the law's
    noise is not Gaussian of one level.
    """
    noisy = checked(split, info, "offset_posterior")
    if not isinstance(info.law["noise_std"], float | int):
        raise InputError(
            f"offset_posterior: noise_std of {info.name!r} is the range {list(info.law['noise_std'])}; "
            "the posterior needs one number"
        )
    if info.law["noise"] != "gaussian":
        raise InputError(
            f"offset_posterior: the noise of {info.name!r} is {info.law['noise']}; the posterior "
            "needs gaussian noise"
        )
    found = by_rows(noisy, _Posterior(info.law, options).estimate)
    every, *halves = (
        {"l1": median, "mse": mean, "snr_gain_db": mean} for median, mean in zip(*found, strict=True)
    )
    return Answers(every, halves)


class _Posterior(Search):
    """Directions are those of the Gaussian prior, each of variance 1."""

    evidence = True

    def __init__(self, law: Mapping[str, Any], options: Options) -> None:
        super().__init__(law, options.candidates)
        self.variance = self.ridge = max(law["noise_std"], LEAST_NOISE) ** 2
        spread, vectors = np.linalg.eigh(self._covariance())
        self.root = vectors * np.sqrt(spread.clip(0))
        half = np.random.default_rng(0).standard_normal((2 * -(-options.draws // 4), len(self.functions)))
        self.normal = np.stack([half, -half], axis=1).reshape(-1, len(self.functions))
        """What coefficients are drawn by, in pairs that cancel."""

    def _covariance(self) -> Array:
        """Second moments of the functions' coefficients and the signal's mean less ½, whose means are 0.

        0 since a signal turned upside down, 1 less it, is as likely.
        """
        generator = np.random.default_rng(0)
        moments = np.zeros((len(self.functions) + 1,) * 2)
        for _ in range(PRIOR_DRAWS // CHUNK):
            coefficient = generator.uniform(-1, 1, (CHUNK, len(self.functions)))
            curves = self.stored[generator.integers(len(self.offsets), size=CHUNK)]
            _, low, height = _sums(coefficient, curves)
            drawn = np.column_stack([coefficient, -low - height / 2]) / height[:, None]
            moments += drawn.T @ drawn
        return moments / PRIOR_DRAWS

    def estimate(self, signal: Array) -> Array:
        """Median, then mean, of signals (n, length): by all draws, then by each half, (2, 3, n, length)."""
        signal = signal - 0.5
        score = self.coarse(signal)
        summit, width, owner = self._narrow(signal, score)
        near = np.rint((summit - self.offsets[0]) / self.step).astype(int)[:, None]
        near = (near + np.arange(-COVERED, COVERED + 1)).clip(0, len(self.offsets) - 1)
        score[owner[:, None], near] = -np.inf
        offset = summit[:, None] + width[:, None] * AROUND
        fine = self.scores(signal, offset.ravel(), np.repeat(owner, len(AROUND))).reshape(offset.shape)
        fine[np.abs(offset) > self.offsets[-1] + self.step / 2] = -np.inf
        spacing = np.repeat(width[:, None], len(AROUND), axis=1) * (AROUND[1] - AROUND[0]) / self.step
        quantile = (np.arange(len(self.normal)) + 0.5) / len(self.normal)
        estimate = np.empty((2, 3, *signal.shape))
        for row in range(len(signal)):
            own = slice(*np.searchsorted(owner, [row, row + 1]))
            evidence = np.concatenate([score[row], fine[own].ravel()])
            share = np.exp(evidence - evidence.max())
            share[len(self.offsets) :] *= spacing[own].ravel()
            share = np.cumsum(share)
            drawn = np.searchsorted(share, quantile * share[-1])
            point, which = np.unique(drawn, return_inverse=True)
            grid = np.searchsorted(point, len(self.offsets))
            others = self.curves(offset[own].ravel()[point[grid:] - len(self.offsets)])
            curves = np.concatenate([self.stored[point[:grid]], others])
            estimate[:, :, row] = self._points(signal[row], curves, which, evidence[drawn])
        return estimate

    def _points(self, signal: Array, curves: Array, which: Array, evidence: Array) -> Array:
        """Median and mean of what a signal (length,) may be, drawn at the offsets of curves[which].

        `curves` (offsets, functions, length), `which` and `evidence` (draws,).
        """
        # The Gaussian posterior of the coefficients at each offset: its mean is `lower` times `centre`,
        # its covariance `lower` times its transpose.
        whitening, _ = self.whitening(curves)
        back = whitening[..., :-1].swapaxes(1, 2)
        lower = np.linalg.cholesky(self.variance * back @ back.swapaxes(1, 2))
        centre = np.linalg.solve(lower, back @ (whitening @ products(curves, signal)))[which, :, 0]
        white = centre + self.normal
        coefficient = (lower[which] @ white[..., None])[..., 0]
        drawn, low, height = _sums(coefficient, curves.astype(np.float32)[which])
        drawn = (drawn - low[:, None]) / height[:, None]
        misfit = np.square((signal + 0.5).astype(np.float32) - drawn).sum(axis=1) / (2 * self.variance)
        # Coefficients of one direction make one signal. How densely they are drawn: the integral along the
        # ray through them, of the Gaussian; how densely the law draws them: of the cube up to its face.
        # Both with s^(functions - 1) ds, and s = 1 where the signal has the range 1.
        functions = len(self.functions)
        length = np.linalg.norm(white, axis=1) / height
        along = np.sum(white * centre, axis=1) / (length * height)
        scale = (along[:, None] + SCALES).clip(0) / length[:, None]
        integral = np.sum(scale ** (functions - 1) * np.exp(-(SCALES**2) / 2), axis=1) / length
        across = np.square(centre).sum(axis=1) - along**2
        determinant = np.log(np.diagonal(lower, 0, 1, 2)).sum(axis=1)[which]
        density = np.log(integral) - across / 2 - determinant
        cube = -functions * np.log(np.abs(coefficient).max(axis=1) / height)
        weight = cube - misfit - density - evidence
        return _points(drawn, np.exp(weight - weight.max()))

    def _narrow(self, signal: Array, score: Array) -> tuple[Array, Array, Array]:
        """Peaks too narrow for the grid: their offset, standard deviation, and whose they are."""
        offset, height, bend = self.peaks(score)
        best = height.max(axis=1, keepdims=True)
        margin = MARGIN + UNSURE * (best - np.median(score, axis=1, keepdims=True))
        owner, which = np.nonzero((height >= best - margin) & (bend > (2 * NARROW) ** -2))
        offset, width = offset[owner, which], np.zeros(len(owner))
        for distance in self.step * np.array(NARROWINGS):
            some = np.flatnonzero(width < distance)
            offset[some], curvature = self.narrowed(signal, offset[some], owner[some], distance)
            width[some] = 1 / np.sqrt(curvature.clip(np.finfo(float).tiny))
        order = np.lexsort((offset, owner))
        offset, width, owner = offset[order], width[order], owner[order]
        some = (width < NARROW * self.step) & (np.abs(offset) <= self.offsets[-1] + self.step / 2)
        some[1:] &= (np.diff(offset) > self.step) | (np.diff(owner) > 0)  # else found twice
        return offset[some], width[some], owner[some]


def _points(drawn: Array, weight: Array) -> Array:
    """Weighted median, then mean, of draws (draws, length): by all, and by each half, (2, 3, length)."""
    half = np.arange(len(drawn)) // 2 % 2 == np.arange(2)[:, None]  # pairs that cancel stay together
    shares = weight * np.concatenate([np.ones((1, len(drawn))), half])
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    place = drawn.T.argsort(axis=1)  # (length, draws)
    ordered = np.take_along_axis(drawn.T, place, 1)
    medians = [
        ordered[np.arange(len(place)), (np.cumsum(share[place], axis=1) < 0.5).sum(axis=1)]
        for share in shares
    ]
    return np.stack([medians, shares @ drawn])


def _sums(coefficient: Array, curves: Array) -> tuple[Array, Array, Array]:
    """Sums of curves (n, functions, length), (n, length), their minimum and their range, both (n,)."""
    total = (coefficient[:, None].astype(curves.dtype) @ curves)[:, 0]
    low = total.min(axis=1)
    return total, low, total.max(axis=1) - low


LIMIT = Limit(Options, answer)
