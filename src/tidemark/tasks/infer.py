"""Infer: some points of one or two sequences are given, the values of the others asked for.

A point has a position, a member (which sequence it is of) and a value. Given points come first, asked
ones follow in the order in which a causal model sees them. A value that is asked for and not known is NaN
on both sides: it counts in no loss and no metric.

An estimate has a row for each of `ROWS`, and sample paths after them: (signals, rows, points). `mean` and
`std` predict each value by itself from what is given; `sequential_mean` and `sequential_std` from the true
values before it as well, so that their densities multiply to the joint one; `fed_back` is what comes out one
by one where each mean is taken for the value; paths are drawn one by one, each draw taken for the value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tidemark import gaps
from tidemark.core.store import Array, Split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Protocol

    import torch
    from torch import Tensor

    class Predictor(Protocol):
        """A trained network and where it runs."""

        network: Any
        device: torch.device


GIVEN = "context"
TARGET = "target"
HEADLINE = "crps"
BETTER = {
    "crps": "lower",
    "nll": "lower_log",
    "joint_nll": "lower_log",
    "mse": "lower",
    "sequential_mse": "lower",
    "fed_back_mse": "lower",
    "first_mse": "lower",
    "r2_first": "higher",
    "r2_second": "higher",
    "coverage_50": "nominal",
    "coverage_80": "nominal",
    "coverage_95": "nominal",
    "jump": "lower",
    "fed_back_jump": "lower",
}

ROWS = ("mean", "std", "sequential_mean", "sequential_std", "fed_back")
PATHS = 3
"""Sample paths in an estimate."""
BATCH = 64
"""Signals worked on at once: a few hundred points each make matrices of some megabytes."""
FIRST = 5
"""Asked points right after the given ones, at which an error must not stand out."""
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Central intervals of a reliability diagram."""


def given(split: Split) -> Array:
    """What a network sees: position, member and value, NaN where asked for, (signals, 3, points)."""
    return np.array(split[GIVEN], dtype=np.float32)


def pictured(split: Split) -> dict[str, Array]:
    """The first signal, to be shown while a model learns: `context` (3, points) and `target` (points,)."""
    return {GIVEN: np.array(split[GIVEN][0]), TARGET: np.array(split[TARGET][0, 0])}


def loss(estimate: Tensor, target: Tensor, kind: str) -> Tensor:
    """Mean over the known asked values; `estimate` (batch, 2k, points), k means then k standard deviations.

    `target` is (batch, 1, points). `gaussian_nll` is the negative log-likelihood in nats, of every pair of
    mean and standard deviation; `damped_gaussian_nll` the published ½ [(y − μ)² / (σ² + 0.001) + log σ].
    """
    mean, std = estimate.chunk(2, 1)
    present = ~target.isnan()
    error = (target.nan_to_num() - mean).square()
    if kind == "gaussian_nll":
        each = 0.5 * (error / std.square() + math.log(2 * math.pi)) + std.log()
    else:
        each = 0.5 * (error / (std.square() + 0.001) + std.log())
    return (each * present).sum() / (present.sum() * mean.shape[1]).clamp(min=1)


def estimates(predictor: Predictor, split: Split) -> Array:
    """Everything that a trained network says of a split: (signals, rows, points), float32."""
    import torch

    context, target = (torch.from_numpy(np.array(split[name])) for name in (GIVEN, TARGET))
    noise = standard_normal(len(context), context.shape[-1]).float()
    noise = torch.cat([torch.zeros_like(noise[:, :1]), noise], 1)  # a path without noise feeds back means
    network = predictor.network
    parts = []
    with torch.inference_mode():
        for part in zip(*(torch.split(each, BATCH) for each in (context, target, noise)), strict=True):
            known, asked, drawn = (each.to(predictor.device) for each in part)
            rows = [network(known), network.sequential(known, asked), network.paths(known, drawn)]
            parts.append(torch.cat(rows, 1).float().cpu())
    return np.asarray(torch.cat(parts).numpy())


def standard_normal(count: int, points: int, seed: int = 0) -> Tensor:
    """Noise that sample paths are made of, the same for every predictor: (count, PATHS, points) float64."""
    import torch

    stream = torch.Generator().manual_seed(seed)
    return torch.randn(count, PATHS, points, generator=stream, dtype=torch.float64)


def conditioned(
    covariance: Tensor, context: Tensor, target: Tensor, noise: Tensor, mean: Tensor | None = None
) -> Tensor:
    """Everything that a Gaussian process says: (batch, rows, points), as the covariance.

    `covariance` of the observed values, their noise included, is (batch, points, points); `context` (batch,
    3, points); `target` (batch, 1, points); `noise`, standard normal, (batch, PATHS, points); `mean` before
    anything is given (batch, points), or none for zero. One Cholesky factor L of the points in order says it
    all (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, appendix A.2): of what has
    been seen before, point t is y_t − L_tt z_t away with standard deviation L_tt, where L z = y.
    """
    import torch

    value = context[:, 2].to(covariance)
    truth = target[:, 0].to(covariance)
    known, asked = ~value.isnan(), ~truth.isnan()
    rank = torch.where(known, 0, torch.where(asked, 1, 2))
    order = rank.argsort(dim=1, stable=True)
    back = order.argsort(1)

    def sorted_by(tensor: Tensor) -> Tensor:
        return tensor.gather(-1, order if tensor.ndim == 2 else order[:, None].expand_as(tensor))

    rows = covariance.gather(1, order[..., None].expand_as(covariance))
    factor = torch.linalg.cholesky(rows.gather(2, order[:, None].expand_as(rows)))
    prior = torch.zeros_like(value) if mean is None else sorted_by(mean.to(covariance))
    y = sorted_by(torch.where(known, value, truth).nan_to_num())
    z = torch.linalg.solve_triangular(factor, (y - prior)[..., None], upper=False)[..., 0]
    diagonal = factor.diagonal(dim1=1, dim2=2)
    is_known = sorted_by(known)
    seen = factor * is_known[:, None]  # the columns of given points
    one_shot = prior + torch.einsum("bts,bs->bt", seen, z * is_known)
    variance = (factor * ~is_known[:, None]).square().sum(2)
    std = torch.where(is_known, diagonal, variance.clamp(min=1e-300).sqrt())
    paths = one_shot[:, None] + (sorted_by(noise.to(covariance)) * ~is_known[:, None]) @ factor.mT
    rows = torch.stack([one_shot, std, y - diagonal * z, diagonal, one_shot], 1)
    result = torch.cat([rows, paths], 1)
    return result.gather(-1, back[:, None].expand_as(result))


def sums_before(value: Array, counted: Array) -> tuple[Array, Array, Array]:
    """Number, sum and sum of squares of the values `counted` before each point, (signals, points) each."""
    each = _powers(value, counted)
    number, total, squares = np.cumsum(each, axis=2) - each
    return number, total, squares


def sums_of_all(value: Array, counted: Array) -> tuple[Array, Array, Array]:
    """The same over whole signals, (signals, 1) each."""
    number, total, squares = _powers(value, counted).sum(2, keepdims=True)
    return number, total, squares


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), that `metric` turns into scores.

    `estimate` is (signals, rows, points). crps: the continuous ranked probability score of a normal law
    (Gneiting and Raftery, "Strictly proper scoring rules", Journal of the American Statistical Association
    102, 2007); nll: nats a value; r2: of `sequential_mean`, by member; coverage: share of values in central
    intervals; first_mse: the mean squared error at the first few asked values; jump: its ratio to that at the
    others. Where there is no such member, or there are no others, that score is left out.
    """
    target = np.asarray(split[TARGET], dtype=np.float64)[:, 0]
    estimate = np.asarray(estimate, dtype=np.float64)
    mean, std, sequential, sequential_std, fed_back = (estimate[:, row] for row in range(len(ROWS)))
    error, present = gaps.error(mean, target)
    count = present.sum(1).astype(np.float64)
    squared, sequential_squared, fed_back_squared = (
        np.square(gaps.error(each, target)[0]) for each in (mean, sequential, fed_back)
    )
    found = {
        "crps": (np.where(present, crps(error, std), 0.0).sum(1), count),
        "nll": (_nll(squared, std, present), count),
        "joint_nll": (_nll(sequential_squared, sequential_std, present), count),
        "mse": (squared.sum(1), count),
        "sequential_mse": (sequential_squared.sum(1), count),
        "fed_back_mse": (fed_back_squared.sum(1), count),
    }
    for number, name in enumerate(("r2_first", "r2_second")):
        own = present & (split[GIVEN][:, 1] == number)
        if own.any():
            spread = np.square(np.where(own, target - target[own].mean(), 0.0)).sum(1)
            found[name] = ((sequential_squared * own).sum(1), spread)
    for level in (0.5, 0.8, 0.95):
        within = _covered(error, std, present, level).sum(1).astype(np.float64)
        found[f"coverage_{level * 100:.0f}"] = (within, count)
    first = present & (np.cumsum(_asked(split), 1) <= FIRST)
    found["first_mse"] = (squared * first).sum(1), first.sum(1).astype(np.float64)
    for name, each in (("jump", squared), ("fed_back_jump", fed_back_squared)):
        rest = present & ~first
        if not rest.any():
            continue
        found[name] = (
            (each * first).sum(1) / np.maximum(first.sum(1), 1),
            (each * rest).sum(1) / np.maximum(rest.sum(1), 1),
        )
    return found


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    """A score from sums over signals: their ratio; for R², 1 less that."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may lack a member
        ratio = np.asarray(numerator / denominator)
    return 1 - ratio if name.startswith("r2") else ratio


def crps(error: Array, std: Array) -> Array:
    """Continuous ranked probability score of normal laws, from their mean's error; any shape."""
    from scipy.special import erf

    z = error / std
    density = np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi)
    return np.asarray(std * (z * erf(z / math.sqrt(2)) + 2 * density - 1 / math.sqrt(math.pi)))


def error_by_position(estimate: Array, split: Split) -> Array:
    """Mean headline error at each asked place, from the first one on, NaN if unknown: (asked,)."""
    asked = _asked(split)
    most = int(asked.sum(1).max())
    error, present = gaps.error(estimate[:, 0], np.asarray(split[TARGET], dtype=np.float64)[:, 0])
    score = np.where(present, crps(error, np.asarray(estimate[:, 1], dtype=np.float64)), 0.0)
    place = np.where(asked, np.cumsum(asked, 1) - 1, most)
    total = np.bincount(place.ravel(), (score * present).ravel(), most + 1)[:most]
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.bincount(place.ravel(), present.ravel(), most + 1)[:most])


def reliability(estimate: Array, split: Split) -> Iterator[tuple[float, Array, Array]]:
    """Of central intervals of several levels: the level, and per signal the values inside and in all."""
    target = np.asarray(split[TARGET], dtype=np.float64)[:, 0]
    error, present = gaps.error(estimate[:, 0], target)
    count = present.sum(1).astype(np.float64)
    for level in LEVELS:
        yield level, _covered(error, estimate[:, 1], present, level).sum(1).astype(np.float64), count


EXAMPLE = ("x", "member", GIVEN, TARGET, "mean", "std", *(f"path_{n}" for n in range(1, PATHS + 1)))


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal, point by point, as `EXAMPLE` names it; NaN where there is nothing."""
    position, member, value = np.asarray(split[GIVEN][signal], dtype=np.float64)
    rows = estimate[signal, [0, 1, *range(len(ROWS), len(ROWS) + PATHS)]]
    shown = np.where(np.isnan(value), rows, np.nan)
    yield from zip(
        *(each.tolist() for each in (position, member, value, split[TARGET][signal, 0], *shown)), strict=True
    )


def estimate_shape(split: Split) -> tuple[int, ...]:
    """The shape that an estimate must have."""
    signals, _, points = split[TARGET].shape
    return signals, len(ROWS) + PATHS, points


def _powers(value: Array, counted: Array) -> Array:
    kept = np.where(counted, value, 0.0)
    return np.stack([counted.astype(np.float64), kept, np.square(kept)])


def _asked(split: Split) -> Array:
    return np.asarray(np.isnan(split[GIVEN][:, 2]))


def _nll(squared: Array, std: Array, present: Array) -> Array:
    """Negative log-likelihood of normal laws summed over the present points, (signals,), in nats."""
    each = 0.5 * (squared / np.square(std) + math.log(2 * math.pi)) + np.log(std)
    return np.asarray(np.where(present, each, 0.0).sum(1))


def _covered(error: Array, std: Array, present: Array, level: float) -> Array:
    from scipy.special import erfinv

    inside: Array = present & (np.abs(error) <= math.sqrt(2) * erfinv(level) * std)
    return inside
