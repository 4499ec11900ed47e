"""The lincomb law's offset sought, then its signal: maximum likelihood, or the mean of the posterior.

Given y = Σᵢ aᵢ fᵢ(x + β) + c + Gaussian noise of variance σ², the functions known and β, aᵢ, c unknown:

`likelihood`: the projection onto the span of 1 and fᵢ(x + β) that holds most of the energy of y (variable
projection: G. H. Golub and V. Pereyra, SIAM J. Numerical Analysis 10 (1973)). Of σ² about d / length is left,
d the number of functions plus 2, unless the noise hides the right β.

`posterior`: the mean of all signals of the law that y may be of, of which no estimate has a smaller mean
squared error (Bayes), by importance sampling: β and a are drawn as if a and c were Gaussian of the law's
covariance (linear regression), and weighted by what the law gives in truth, α uniform in a cube, the signal
from 0 to 1. Coefficients set to 0 for their smallness are overlooked; other noise is taken as Gaussian.

β is sought on a grid, twenty steps to a period of the fastest function; the best few peaks of parabolas
through neighbours are narrowed down, and those too narrow for the grid are drawn from points of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method
from tidemark.denoise.limits.harmonic_projection import checked

STEPS_PER_PERIOD = 20
NARROWINGS = (1 / 2, 1 / 16, 1 / 256)
"""Half-widths, in steps of the grid, of the three points through which a parabola narrows β down."""
JITTER = 1e-12
"""Added to a Gram matrix, relative to the length: dependent functions then do no harm."""
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
CHUNK = 64
"""Offsets whose functions are evaluated at once: bounds the memory."""
SIGNALS = 1024
"""Signals at once: bounds the memory."""


class Options(Frozen):
    """What is estimated, and how hard to search."""

    estimate: Literal["likelihood", "posterior"] = "likelihood"
    candidates: Count = 8
    """Peaks of the coarse search that are compared exactly."""
    draws: Count = 256
    """Signals drawn from each posterior; the squared error is then larger by a share of about 2 / draws."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Most likely or mean clean signals for `split["noisy"]`, (signals, channels, length); as float64.

    Raises `InputError` where the dataset is not of the lincomb law, or lacks samples, or where the
    posterior is asked for and the law gives no single noise level.
    """
    noisy = checked(split, info, "offset_likelihood")
    if options.estimate == "posterior" and not isinstance(info.law["noise_std"], float | int):
        raise InputError(
            f"offset_likelihood: noise_std of {info.name!r} is the range {list(info.law['noise_std'])}; "
            "the posterior needs one number"
        )
    rows = noisy.reshape(-1, noisy.shape[-1])
    model = (_Likelihood if options.estimate == "likelihood" else _Posterior)(info.law, options)
    result = np.empty(rows.shape)
    for first in range(0, len(rows), SIGNALS):
        chunk = slice(first, first + SIGNALS)
        result[chunk] = model.estimate(rows[chunk].astype(np.float64))
    return result.reshape(noisy.shape)


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


class _Search:
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

    def __init__(self, law: Mapping[str, Any], options: Options) -> None:
        self.options = options
        self.functions: list[Mapping[str, Any]] = law["functions"]
        self.axis = np.linspace(0, 2 * np.pi * law["cycles"], law["cycles"] * law["samples_per_cycle"])
        turns = 2 * law["offset"] * self._fastest(law["offset"]) / (2 * np.pi)
        steps = int(np.ceil(turns * STEPS_PER_PERIOD))
        self.offsets = np.linspace(-law["offset"], law["offset"], steps + 1)
        """Where β is sought first."""
        self.step = 2 * law["offset"] / steps if steps else 1.0
        self.stored = np.empty((steps + 1, len(self.functions), len(self.axis)), dtype=np.float32)
        """The curves of these offsets."""
        for chunk in _chunks(steps + 1):
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
        for chunk in _chunks(len(self.offsets)):
            whitening, size = self.whitening(self.stored[chunk].astype(np.float64))
            whitening = whitening.astype(np.float32)
            orthonormal = whitening[..., :-1] @ self.stored[chunk] + whitening[..., -1:]
            product = single @ orthonormal.reshape(-1, single.shape[1]).T
            score[:, chunk] = self.score(product.reshape(len(single), len(size), -1), size)
        return score

    def scores(self, signal: Array, offset: Array, owner: Array) -> Array:
        """Score of signal[owner] at each offset, (offsets,)."""
        score = np.empty(len(offset))
        for chunk in _chunks(len(offset)):
            curves = self.curves(offset[chunk])
            whitening, size = self.whitening(curves)
            product = whitening @ _products(curves, signal[owner[chunk]])
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
        count = min(self.options.candidates, score.shape[1])
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


class _Likelihood(_Search):
    """Maximum likelihood: any coefficients are as likely."""

    variance, evidence = 0.5, False

    def __init__(self, law: Mapping[str, Any], options: Options) -> None:
        super().__init__(law, options)
        self.root = np.eye(len(self.functions) + 1, len(self.functions))
        self.ridge = JITTER * len(self.axis)

    def estimate(self, signal: Array) -> Array:
        """Estimates of signals (n, length)."""
        mean = signal.mean(axis=1, keepdims=True)
        signal, owner = signal - mean, np.arange(len(signal))
        offset, *_ = self.peaks(self.coarse(signal))
        score = self.scores(signal, offset.ravel(), np.repeat(owner, offset.shape[1])).reshape(offset.shape)
        offset = np.take_along_axis(offset, score.argmax(axis=1)[:, None], 1)[:, 0]
        for distance in self.step * np.array(NARROWINGS) if len(self.offsets) > 1 else ():
            offset, _ = self.narrowed(signal, offset, owner, distance)
        fitted = np.empty_like(signal)
        for chunk in _chunks(len(signal)):
            curves = self.curves(offset[chunk])
            whitening, _ = self.whitening(curves)
            coefficient = whitening.swapaxes(1, 2) @ (whitening @ _products(curves, signal[chunk]))
            fitted[chunk] = (coefficient[:, :-1].swapaxes(1, 2) @ curves)[:, 0]
        return np.asarray(fitted + mean)


class _Posterior(_Search):
    """Mean of the posterior; directions are those of the Gaussian prior, each of variance 1."""

    evidence = True

    def __init__(self, law: Mapping[str, Any], options: Options) -> None:
        super().__init__(law, options)
        self.variance = self.ridge = max(law["noise_std"], LEAST_NOISE) ** 2
        spread, vectors = np.linalg.eigh(self._covariance())
        self.root = vectors * np.sqrt(spread.clip(0))
        half = np.random.default_rng(0).standard_normal((-(-options.draws // 2), len(self.functions)))
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
        """Estimates of signals (n, length)."""
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
        estimate = np.empty_like(signal)
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
            estimate[row] = self._mean(signal[row], curves, which, evidence[drawn])
        return estimate

    def _mean(self, signal: Array, curves: Array, which: Array, evidence: Array) -> Array:
        """Mean of what a signal (length,) may be, drawn at the offsets of curves[which].

        `curves` (offsets, functions, length), `which` and `evidence` (draws,).
        """
        # The Gaussian posterior of the coefficients at each offset: its mean is `lower` times `centre`,
        # its covariance `lower` times its transpose.
        whitening, _ = self.whitening(curves)
        back = whitening[..., :-1].swapaxes(1, 2)
        lower = np.linalg.cholesky(self.variance * back @ back.swapaxes(1, 2))
        centre = np.linalg.solve(lower, back @ (whitening @ _products(curves, signal)))[which, :, 0]
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
        weight = np.exp(weight - weight.max())
        return np.asarray(weight @ drawn / weight.sum())

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


def _chunks(count: int) -> Iterator[slice]:
    return (slice(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK))


def _products(curves: Array, signal: Array) -> Array:
    """Products of signals (n, length) or one signal with curves and 1, (n, functions + 1, 1)."""
    product = curves @ signal[..., None]
    constant = np.broadcast_to(signal.sum(axis=-1)[..., None, None], (len(curves), 1, 1))
    return np.concatenate([product, constant], axis=1)


def _sums(coefficient: Array, curves: Array) -> tuple[Array, Array, Array]:
    """Sums of curves (n, functions, length), (n, length), their minimum and their range, both (n,)."""
    total = (coefficient[:, None].astype(curves.dtype) @ curves)[:, 0]
    low = total.min(axis=1)
    return total, low, total.max(axis=1) - low


def _summit(left: Array, middle: Array, right: Array) -> tuple[Array, Array]:
    """Where the parabola through values at −1, 0 and 1 is highest, kept between them, and how high.

    The middle, where a neighbour is −∞ (beyond the range) or there is no summit.
    """
    rise, fall = middle - left, middle - right
    inside = np.isfinite(rise) & np.isfinite(fall) & (rise + fall > 0)
    rise, fall = np.where(inside, rise, 1.0), np.where(inside, fall, 1.0)
    place = np.clip((rise - fall) / (2 * (rise + fall)), -1, 1)
    return place, middle + (rise - fall) * place / 4


METHOD = Method(Options, estimate)
