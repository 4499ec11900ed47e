"""Infer, in training: some points of one or two sequences are the context, the values of the others targets.

A point has a position, a member (which sequence it is of) and a value. Context points come first, targets
follow in the order in which a causal model sees them. An unknown target is NaN in both: no loss counts it.

A prediction has a row for each of `ROWS`, then sample paths: (signals, rows, points). `mean` and `std` say
each value by itself from the context; the `sequential` ones from the true values before it as well, so that
their densities multiply to the joint one; `fed_back` takes each mean for the value, a path each draw.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from tidemark.core.calibration import Calibrating
from tidemark.core.conformal import pooled_half_widths
from tidemark.core.learning import Learning
from tidemark.core.likeness import Likeness, describe
from tidemark.core.network import Network
from tidemark.core.store import Array, DatasetInfo, Split

INPUT = "context"
TARGET = "target"
ROWS = ("mean", "std", "sequential_mean", "sequential_std", "fed_back")
PATHS = 3
"""Sample paths in a prediction."""
BATCH = 64
"""Signals worked on at once: a few hundred points each make matrices of some megabytes."""


class InferNetwork(Network):
    """What a network of this task offers beside `forward`, which gives means and standard deviations."""

    @abstractmethod
    def sequential(self, context: Tensor, target: Tensor) -> Tensor:
        """Mean and standard deviation of each value from the true ones before it: (batch, 2, points)."""

    @abstractmethod
    def paths(self, context: Tensor, noise: Tensor) -> Tensor:
        """Sample paths fed back, (batch, paths, points), from standard normal `noise` of that shape."""


def inputs(split: Split) -> Array:
    """What a network sees: position, member and value, NaN for targets, (signals, 3, points)."""
    return np.array(split[INPUT], dtype=np.float32)


def pictured(split: Split) -> dict[str, Array]:
    """The first signal: `context` (3, points) and `target` (points,)."""
    return {INPUT: np.array(split[INPUT][0]), TARGET: np.array(split[TARGET][0, 0])}


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


def standard_normal(count: int, points: int, seed: int = 0) -> Tensor:
    """Noise that sample paths are made of, the same for every predictor: (count, PATHS, points) float64."""
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(count, PATHS, points, generator=stream, dtype=torch.float64)


def conditioned(
    covariance: Tensor, context: Tensor, target: Tensor, noise: Tensor, mean: Tensor | None = None
) -> Tensor:
    """Everything that a Gaussian process says: (batch, rows, points), as the covariance.

    `covariance` of the observed values, their noise included, is (batch, points, points); `context` (batch,
    3, points); `target` (batch, 1, points); `noise`, standard normal, (batch, PATHS, points); the prior
    `mean` (batch, points), none for zero. By one Cholesky factor L (Rasmussen and Williams, "Gaussian
    Processes for Machine Learning", 2006, appendix A.2): from the points before, point t has mean
    y_t − L_tt z_t and standard deviation L_tt, where L z = y.
    """
    value = context[:, 2].to(covariance)
    truth = target[:, 0].to(covariance)
    known, targets = ~value.isnan(), ~truth.isnan()
    rank = torch.where(known, 0, torch.where(targets, 1, 2))
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


def posterior(split: Split, prior: Callable[[Tensor], tuple[Tensor, Tensor | None]]) -> Array:
    """Rows of `ROWS`, then sample paths, (signals, rows, points) float64, of a Gaussian process.

    `prior` gives covariance and mean, as in `conditioned`, for a `context` (batch, 3, points).
    """
    context, target = (torch.from_numpy(np.array(split[name])) for name in (INPUT, TARGET))
    noise = standard_normal(len(context), context.shape[-1])
    parts = []
    for known, targets, drawn in zip(
        *(torch.split(each, BATCH) for each in (context, target, noise)), strict=True
    ):
        covariance, mean = prior(known)
        parts.append(conditioned(covariance, known, targets, drawn, mean))
    return np.asarray(torch.cat(parts).numpy())


def powers(value: Array, counted: Array) -> Array:
    """Ones, values and squares where `counted`, else 0: (3, signals, points)."""
    selected = np.where(counted, value, 0.0)
    return np.stack([counted.astype(np.float64), selected, np.square(selected)])


def by_member(context: Array, value: Array, base: Array, law: Callable[[Array], tuple[Array, ...]]) -> Array:
    """Rows of `ROWS`, then sample paths, (signals, rows, points) float64, member by member.

    `value` (signals, points) is known and asked values less `base`, NaN if unknown; `law` says of sums of
    `powers` (3, signals, …) the mean of a further value, its standard deviation, that about a known mean,
    and that of the mean.
    """
    second, inputs = context[:, 1] == 1, ~np.isnan(context[:, 2])
    result = np.zeros((len(value), len(ROWS) + PATHS, value.shape[1]))
    noise = standard_normal(*value.shape).numpy()
    common = np.random.default_rng(0).normal(size=(len(value), PATHS, 2))
    for member in (0, 1):
        own = second == bool(member)
        mean, std, alone, about = law(powers(value, own & inputs).sum(2, keepdims=True))
        each = powers(value, own & ~np.isnan(value))
        sequential_mean, sequential_std, *_ = law(np.cumsum(each, axis=2) - each)
        # The mean is drawn once for a path, then each value about it: as one by one, for a known deviation.
        drawn = common[..., member, None] * about[:, None] + noise * alone[:, None]
        rows = (mean, std, sequential_mean, sequential_std, mean)  # its own mean fed back changes no mean
        every = np.stack([np.broadcast_to(row, value.shape) for row in rows], 1)
        every = np.concatenate([every, mean[:, None] + drawn], 1)
        result = np.where(own[:, None], every, result)
    result[:, [0, 2, *range(4, result.shape[1])]] += base[:, None]
    return result


def shape(info: DatasetInfo) -> tuple[int, int]:
    """Sequences, and points of each."""
    return info.channels, info.length


def described(split: Split, info: DatasetInfo) -> Likeness:
    """What whole signals are like, known and asked values together, sequence by sequence.

    Where each window was scaled by itself, noise levels are over its scale, see `statistics`.
    """
    position, member, known = np.array(split[INPUT], dtype=np.float64).swapaxes(0, 1)
    value = np.where(np.isnan(known), split[TARGET][:, 0], known)
    order = np.lexsort((position, member))
    at, values = (
        np.take_along_axis(each, order, 1).reshape(len(value), info.channels, -1)
        for each in (position, value)
    )
    return describe(values, at, relative=info.normalisation == "window")


def widths(estimate: Tensor, target: Tensor) -> Array:
    """Half widths of intervals of every level, (1, 1, levels), in standard deviations that the model says.

    `estimate` (signals, 2, points) is means and standard deviations, `target` (signals, 1, points).
    """
    mean, std = estimate.double().chunk(2, 1)
    return pooled_half_widths(((target.double() - mean) / std)[:, 0].cpu().numpy())


LEARNING = Learning(
    input=INPUT,
    target=TARGET,
    losses=("gaussian_nll", "damped_gaussian_nll"),
    loss=lambda kind, train, info: partial(loss, kind=kind),
    inputs=inputs,
    shape=shape,
    pictured=pictured,
    calibrating=Calibrating((INPUT, TARGET), described, widths),
)
