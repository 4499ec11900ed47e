"""A Gaussian process whose hyperparameters have the greatest likelihood on what is given of each signal.

Covariance: s² k(x − x′) + o² [same member] + n² [same point], k of the chosen kernel; or, in place of a
constant offset, o² exp(−(x − x′)² / 2l²) [same member], a process of each member's own. All are fitted to the
signal's context less its mean, many signals at once, by the gradient of the log marginal likelihood
(Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section 5.4.1), from the likeliest
of a grid of starting points.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method
from tidemark.infer import learning as infer

SMALLEST_NOISE = 1e-4
"""Least standard deviation of noise, over that of the given values: without any, rounding would decide."""
LOWEST, HIGHEST = -8.0, 3.0
"""Logarithms of hyperparameters stay within this, values and positions being of order 1."""
NOISES = (0.003, 0.1)
"""Starting points, over the standard deviation of the given values …"""
LENGTHS, PERIODS = (0.02, 0.05, 0.1, 0.2, 0.5), tuple(np.geomspace(0.05, 0.8, 40).tolist())
"""… over the range of positions …"""
PERIODIC_LENGTHS = (0.7, 1.5)
"""… and, of the periodic kernel, without a unit."""
PERIOD_RATE = 0.1
"""Learning rate of the period over that of the others: many wrong ones lie near the right one."""


class Options(Frozen):
    """The kernel, and how long its hyperparameters are searched for."""

    kernel: Literal["rbf", "matern", "periodic"] = "rbf"
    smoothness: Literal["0.5", "1.5", "2.5"] = "1.5"
    """Of the Matérn kernel."""
    own: Literal["offset", "process"] = "offset"
    """What each member has of its own: a constant, or a process of RBF kernel."""
    steps: Count = 40
    starts: Count | None = None
    """Starting points followed; none: 1, or 3 for a period, whose likelihood peaks at each multiple."""
    learning_rate: Positive = 0.15


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.infer.task.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points).
    """

    def prior(context: Tensor) -> tuple[Tensor, Tensor]:
        signals = Signals(context.double())
        covariance = signals.covariance(fitted(signals, options), options)
        return covariance, signals.mean[:, None].expand(-1, context.shape[-1])

    return infer.posterior(split, prior)


class Signals:
    """Signals, and the units that their hyperparameters are in.

    `distance` and `same` member are (signals, points, points), `y` is (signals, points), zero where not
    given; `unit` of positions, `mean` and `std` of the given values are (signals,).
    """

    def __init__(self, context: Tensor) -> None:
        """Of `context` (signals, 3, points) float64."""
        position, member, value = context.unbind(1)
        self.given = ~value.isnan()
        number = self.given.sum(1).clamp(min=1)
        self.mean = value.nan_to_num().sum(1) / number
        centred = (value - self.mean[:, None]).nan_to_num()
        std = (centred.square().sum(1) / number).sqrt()
        self.std = torch.where(std > 0, std, 1.0)
        self.y = centred / self.std[:, None]
        unit = position.amax(1) - position.amin(1)
        self.unit = torch.where(unit > 0, unit, 1.0)
        scaled = position / self.unit[:, None]
        self.distance = (scaled[:, :, None] - scaled[:, None]).abs()
        self.same = (member[:, :, None] == member[:, None]).to(context)

    def covariance(self, logarithms: Tensor, options: Options) -> Tensor:
        """Covariance of all observed values in their own units, (signals, points, points)."""
        result = _covariance(logarithms, self.distance, self.same, options)
        return result * self.std.square()[:, None, None]


def fitted(signals: Signals, options: Options) -> Tensor:
    """Logarithms of hyperparameters, (signals, 4 to 6), in units of the signals' `std` and `unit`.

    Standard deviations of function, own part and noise; length scale, and the own process's; period.
    """
    number = int(signals.given.sum(1).max())  # given points come first
    given, y = signals.given[:, :number], signals.y[:, :number]
    both = (given[:, :, None] & given[:, None]).to(y)
    distance, same = (each[:, :number, :number] for each in (signals.distance, signals.same))
    alone = torch.diag_embed((~given).to(y))  # points not given are independent, zero, of variance 1

    def likelihood(logarithms: Tensor, gradient: bool) -> Tensor:
        """Negative log-likelihood without its constant, (signals,); its gradient goes to `logarithms`."""
        whole = _covariance(logarithms, distance, same, options) * both + alone
        with torch.no_grad():
            factor = torch.linalg.cholesky(whole)
            weights = torch.cholesky_solve(y[..., None], factor)
            nats: Tensor = factor.diagonal(dim1=1, dim2=2).log().sum(1) + 0.5 * (y * weights[..., 0]).sum(1)
            if gradient:  # with respect to the covariance: half of K⁻¹ − K⁻¹ y (K⁻¹ y)'
                slope = 0.5 * (torch.cholesky_inverse(factor) - weights * weights.mT)
        if gradient:
            (slope * whole).sum().backward()  # type: ignore[no-untyped-call]
        return nats

    grid = torch.tensor(_starts(options), dtype=torch.float64)
    with torch.no_grad():
        nats = torch.stack([likelihood(start.expand(len(y), -1), False) for start in grid], 1)
    chosen = _likeliest(nats, grid, options)
    best = torch.full((len(y),), math.inf, dtype=torch.float64)
    result = grid[chosen[:, 0]]
    rate = torch.ones(grid.shape[1], dtype=torch.float64)
    if options.kernel == "periodic":
        rate[-1] = PERIOD_RATE
    for start in grid[chosen].unbind(1):
        moved = torch.zeros_like(start, requires_grad=True)
        optimizer = torch.optim.Adam([moved], lr=options.learning_rate, betas=(0.8, 0.95))
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.steps)
        for _ in range(options.steps):
            optimizer.zero_grad()
            here = (start + rate * moved).clamp(LOWEST, HIGHEST)
            nats = likelihood(here, True)
            better = nats < best
            best = torch.where(better, nats, best)
            result = torch.where(better[:, None], here.detach(), result)
            optimizer.step()
            schedule.step()
    return result


def _starts(options: Options) -> list[list[float]]:
    """Starting points, as `fitted` returns them."""
    rows = [[1.0, 1.0, noise] for noise in NOISES]
    if options.kernel == "periodic":
        rows = [[1.0, 1.0, NOISES[-1]]]  # under little noise, none but the right period would be likely
    further: list[tuple[float, ...]] = [PERIODIC_LENGTHS if options.kernel == "periodic" else LENGTHS]
    further += [LENGTHS] * (options.own == "process") + [PERIODS] * (options.kernel == "periodic")
    return [[math.log(each) for each in (*row, *rest)] for row, rest in product(rows, product(*further))]


def _likeliest(nats: Tensor, grid: Tensor, options: Options) -> Tensor:
    """Which rows of the grid (rows, hyperparameters) to start from, (signals, starts): one for each peak.

    Peaks are those along the hyperparameter that runs fastest; `nats` is (signals, rows).
    """
    last = len(set(grid[:, -1].tolist()))
    others, which = nats.reshape(len(nats), -1, last).min(1)
    edges = torch.nn.functional.pad(others, (1, 1), value=math.inf)
    peak = (others <= edges[:, :-2]) & (others <= edges[:, 2:])
    number = options.starts or (3 if options.kernel == "periodic" else 1)
    order = torch.where(peak, others, math.inf).argsort(1)[:, :number]
    return which.gather(1, order) * last + order


def _covariance(logarithms: Tensor, distance: Tensor, same: Tensor, options: Options) -> Tensor:
    """Covariance of observed values, (signals, points, points) as `distance` and `same`."""
    signal, own, noise = (2 * logarithms[:, :3, None, None]).exp().unbind(1)
    result, own = signal * _correlation(distance, logarithms, options), own * same
    if options.own == "process":
        length = logarithms[:, 4].exp()[:, None, None]
        own = own * (-0.5 * (distance / length).square()).exp()
    return result + own + (noise + SMALLEST_NOISE**2) * torch.eye(distance.shape[-1]).to(distance)


def _correlation(distance: Tensor, logarithms: Tensor, options: Options) -> Tensor:
    """Correlation at a distance, (signals, points, points). Rasmussen and Williams (2006), section 4.2."""
    length = logarithms[:, 3].exp()[:, None, None]
    if options.kernel == "periodic":
        period = logarithms[:, -1].exp()[:, None, None]
        return (-2 * ((distance * (math.pi / period)).sin() / length).square()).exp()
    scaled = distance / length
    if options.kernel == "rbf":
        return (-0.5 * scaled.square()).exp()
    if options.smoothness == "0.5":
        return (-scaled).exp()
    if options.smoothness == "1.5":
        scaled = math.sqrt(3) * scaled
        return (1 + scaled) * (-scaled).exp()
    scaled = math.sqrt(5) * scaled
    return (1 + scaled + scaled.square() / 3) * (-scaled).exp()


METHOD = Method(Options, estimate)
