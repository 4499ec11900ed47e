"""Whittaker smoother: of all curves, the one with the least squared misfit plus λ times its roughness.

min over z and b: Σ (y − z − S b)² over present samples + λ Σ (Dᵈ z)², Dᵈ the d-th differences, S a
season's sines and cosines, which are not penalised. E. T. Whittaker, Proc. Edinburgh Mathematical
Society 41 (1923); P. H. C. Eilers, Analytical Chemistry 75 (2003). It is the mean that a Kalman
smoother computes for a signal whose d-th differences are white noise, of 1 / λ times the variance of
the observations', with the season as regressors. λ by generalised cross-validation: P. Craven and G.
Wahba, Numerische Mathematik 31 (1979).
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator
from scipy import linalg

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

PENALTIES = np.geomspace(1e-2, 1e10, 97)
"""λ that cross-validation tries: eight to a factor of ten."""


class Options(Frozen):
    """How rough a curve is, what that costs, and the season if there is one."""

    order: Annotated[int, Field(ge=1, le=6)] = 2
    """Of differences, d: 1 for curves that are level between samples, 2 straight, 3 parabolas."""
    penalty: Positive | Literal["cross-validated"] = "cross-validated"
    """λ; cross-validated: signal by signal."""
    period: Positive | None = None
    """Of the season, samples; none has no season."""
    harmonics: Annotated[int, Field(ge=0)] = 0
    """Of the season, each a sine and a cosine."""

    @model_validator(mode="after")
    def _season(self) -> Options:
        if (self.period is None) != (self.harmonics == 0):
            raise ValueError("a season needs both: period, and harmonics of at least 1")
        return self


class Solver(NamedTuple):
    """All smoothers of one pattern of gaps: (1 − μ + λμ)⁻¹ between the columns of a matrix, for every λ."""

    rows: Array
    """(present samples, unknowns): of the products that observations go through."""
    columns: Array
    """(length, unknowns): of the curve that comes out."""
    roughness: Array
    """μ, (unknowns,), in [0, 1]: 0 where a direction is not penalised, 1 where no sample sees it."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Smoothed `split["noisy"]`, (signals, channels, length), gaps bridged; same shape, float64.

    A signal with fewer present samples than a curve without roughness has unknowns keeps the mean of those.
    Raises `InputError` where whole signals are that short.
    """
    noisy = np.asarray(split["noisy"], dtype=np.float64)
    length, fewest = noisy.shape[-1], options.order + 2 * options.harmonics + 1
    if length < fewest:
        raise InputError(
            f"whittaker: {fewest - 1} unknowns without penalty for the {length} samples of {info.name!r}; "
            "choose a smaller order or fewer harmonics"
        )
    rows = noisy.reshape(-1, length)
    present = ~np.isnan(rows)
    result = np.empty_like(rows)
    patterns, group = np.unique(present, axis=0, return_inverse=True)
    for place, pattern in enumerate(patterns):
        members = rows[group.reshape(-1) == place][:, pattern]
        if pattern.sum() < fewest:
            smooth = np.repeat(members.sum(1, keepdims=True) / max(1, pattern.sum()), length, axis=1)
        else:
            smooth = _smooth(members, _solver(pattern, options), options)
        result[group.reshape(-1) == place] = smooth
    return result.reshape(noisy.shape)


def _solver(present: Array, options: Options) -> Solver:
    """By the generalised eigenvectors of roughness against roughness and presence together."""
    length = len(present)
    angle = 2 * np.pi * np.arange(length)[:, None] / (options.period or 1.0)
    waves = [wave(k * angle) for k in range(1, options.harmonics + 1) for wave in (np.sin, np.cos)]
    design = np.concatenate([np.eye(length), *waves], axis=1)  # (length, unknowns)
    differences = np.diff(np.eye(length), options.order, axis=0)
    rough = np.zeros((design.shape[1], design.shape[1]))
    rough[:length, :length] = differences.T @ differences
    seen = design[present].T @ design[present]
    roughness, vectors = linalg.eigh(rough, rough + seen)
    columns = design @ vectors
    return Solver(columns[present], columns, np.clip(roughness, 0.0, 1.0))


def _smooth(present: Array, solver: Solver, options: Options) -> Array:
    """Curves, (count, length), through the present samples of signals of one pattern, (count, samples)."""
    along = present @ solver.rows  # (count, unknowns)
    mu = solver.roughness
    if options.penalty != "cross-validated":
        return np.asarray((along / (1 - mu + options.penalty * mu)) @ solver.columns.T)
    shrunk = 1 / (1 - mu + PENALTIES[:, None] * mu)  # (penalties, unknowns)
    # |y − fit|² in the eigenvectors, whose products over present samples are 1 − μ and 0
    squares = np.square(along)
    misfit = (
        np.square(present).sum(1)[:, None]
        - 2 * squares @ shrunk.T
        + squares @ (np.square(shrunk) * (1 - mu)).T
    )
    free = present.shape[1] - shrunk @ (1 - mu)  # samples less the trace of the map from samples to fit
    best = (misfit / np.square(np.maximum(free, 1e-9))).argmin(axis=1)
    return np.asarray((along * shrunk[best]) @ solver.columns.T)


METHOD = Method(Options, estimate)
