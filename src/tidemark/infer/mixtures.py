"""Mixtures of Gaussian predictions: what several hyperparameters say, weighed by how likely they are."""

from __future__ import annotations

import torch
from torch import Tensor

from tidemark.infer.learning import PATHS, ROWS

SMALLEST = 1e-12
"""Least variance of a mixture: rounding must not make one negative."""


def averaged(rows: Tensor, target: Tensor, chosen: Tensor) -> Tensor:
    """Mixture of equal weights of predictions, (signals, rows, points), by its mean and standard deviation.

    `rows` (components, signals, rows, points) are those of `learning.conditioned`; `target` (signals, 1,
    points) the true values. Point by point, a component weighs as much as its density of the true values
    before, which come in the order of the points. A path is drawn from one component: `chosen` (signals,
    PATHS) says which.
    """
    mean, std, sequential_mean, sequential_std = rows[:, :, :4].unbind(2)
    truth = target[:, 0].to(rows)
    z = (truth.nan_to_num() - sequential_mean) / sequential_std
    density = torch.where(truth.isnan(), 0.0, -0.5 * z.square() - sequential_std.log())
    weight = torch.softmax(density.cumsum(-1) - density, 0)
    one_shot = _moments(torch.full_like(weight, 1 / len(rows)), mean, std)
    sequential = _moments(weight, sequential_mean, sequential_std)
    every = rows[:, :, len(ROWS) :]
    paths = every.gather(0, chosen[None, :, :, None].expand(1, -1, -1, every.shape[-1]))[0]
    return torch.cat([torch.stack([*one_shot, *sequential, one_shot[0]], 1), paths], 1)


def _moments(weight: Tensor, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of a mixture; all are (components, signals, points)."""
    centre = (weight * mean).sum(0)
    variance = (weight * (std.square() + (mean - centre).square())).sum(0)
    return centre, variance.clamp(min=SMALLEST).sqrt()


def resampled(log_weight: Tensor, count: int) -> Tensor:
    """Components drawn by their weights, (signals, count), evenly: systematic resampling.

    `log_weight` is (signals, components), known up to a constant. (G. Kitagawa, "Monte Carlo filter and
    smoother for non-Gaussian nonlinear state space models", Journal of Computational and Graphical Statistics
    5, 1996.)
    """
    cumulative = torch.softmax(log_weight, 1).cumsum(1)
    places = (torch.arange(count, dtype=cumulative.dtype) + 0.5) / count
    found = torch.searchsorted(cumulative, places.expand(len(cumulative), -1).contiguous())
    return found.clamp(max=log_weight.shape[1] - 1)


def of_paths(signals: int, components: int) -> Tensor:
    """Which component each path is drawn from, (signals, PATHS): all as often."""
    stream = torch.Generator().manual_seed(1)
    return torch.randint(components, (signals, PATHS), generator=stream)
