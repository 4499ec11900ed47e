"""A Gaussian process whose hyperparameters have the greatest likelihood on all training signals together.

Signals are independent draws of one process, so their log marginal likelihoods add up (Rasmussen and
Williams, "Gaussian Processes for Machine Learning", 2006, sections 5.4.1 and 5.4.3): a handful of numbers is
learned from thousands of values, context and targets alike, by L-BFGS from the likeliest of a grid of
starting points. Predictions are then exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.infer import learning as infer
from tidemark.infer.covariances import Kernel, Parameters, Points, at_once, negative_log_likelihood

SMALLEST_NOISE = 1e-4
"""Least standard deviation of noise over that of all values: below it a covariance has no Cholesky factor."""
LENGTHS, PERIODS = (0.02, 0.05, 0.1, 0.2), tuple(np.geomspace(0.05, 0.8, 60).tolist())
"""Starting points, over the range of positions …"""
PERIODIC_LENGTHS = (0.7, 1.5)
"""… and, of the periodic kernel, without a unit."""
NOISES = (0.01, 0.1)
"""Over the standard deviation of all values."""
FEW = 16
"""Training signals that starting points are compared on."""
LOWEST, HIGHEST = -10.0, 5.0
"""Bounds of logarithms."""
PRECISION = 1e-7
"""The search ends where a step gains less than this share of the nats."""


class Options(Kernel):
    """The kernel, and how many training signals its hyperparameters are learned from."""

    signals: Count = 128


@dataclass(frozen=True)
class Layout:
    """Which of the numbers searched for is what, in units of positions `unit` and of values `std`."""

    members: int
    kernel: Kernel
    unit: float
    std: float

    @property
    def size(self) -> int:
        """How many numbers."""
        return 3 * self.members + 1 + self._own + (self.kernel.kernel == "periodic")

    @property
    def _own(self) -> int:
        return self.members + 1 if self.kernel.own == "process" else 0

    def parameters(self, numbers: Tensor) -> Parameters:
        """From `numbers` (size,): standard deviations by member, length scale, own process, period.

        All but those of the shared process are logarithms.
        """
        members, kernel = self.members, self.kernel
        shared, offset, noise = numbers[: 3 * members].view(3, 1, members).unbind(0)
        scales = numbers[3 * members :].exp()[:, None]
        length = scales[0] if kernel.kernel == "periodic" else scales[0] * self.unit
        result = Parameters(
            shared * self.std,
            offset.exp() * self.std,
            (noise.exp().square() + SMALLEST_NOISE**2).sqrt() * self.std,
            length,
            period=scales[-1] * self.unit if kernel.kernel == "periodic" else None,
            process=scales[1 : 1 + members].mT * self.std if self._own else None,
            process_length=scales[1 + members] * self.unit if self._own else None,
        )
        return result

    def starts(self) -> Array:
        """Numbers to begin at, (starts, size)."""
        periodic, members = self.kernel.kernel == "periodic", self.members
        signs = [1.0] if members == 1 else [1.0, -1.0]
        rows = product(
            signs,
            NOISES,
            PERIODIC_LENGTHS if periodic else LENGTHS,
            LENGTHS if self._own else [None],
            PERIODS if periodic else [None],
        )
        result = []
        for sign, noise, length, own, period in rows:
            shared = [0.7] if members == 1 else [0.7, 0.7 * sign]
            half = [math.log(0.5)] * members
            row = [*shared, *half, *[math.log(noise)] * members, math.log(length)]
            row += [*half, math.log(own)] if own is not None else []
            row += [math.log(period)] if period is not None else []
            result.append(row)
        return np.array(result)

    def bounds(self) -> list[tuple[float, float]]:
        """Of each number."""
        return [(-math.exp(HIGHEST), math.exp(HIGHEST))] * self.members + [(LOWEST, HIGHEST)] * (
            self.size - self.members
        )


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Parameters:
    """Hyperparameters of greatest likelihood on `train`, whose arrays are as in `estimate`."""
    context = torch.from_numpy(np.array(train[infer.INPUT][: options.signals])).double()
    target = torch.from_numpy(np.array(train[infer.TARGET][: options.signals, 0])).double()
    value = torch.where(context[:, 2].isnan(), target, context[:, 2])
    present = ~value.isnan()
    y = value.nan_to_num()
    std = float((y.square().sum() / present.sum().clamp(min=1)).sqrt()) or 1.0
    unit = float(context[:, 0].max() - context[:, 0].min()) or 1.0
    layout = Layout(info.channels, Kernel(**options.model_dump(exclude={"signals"})), unit, std)
    split = [torch.split(each, at_once(y.shape[1])) for each in (context, y, present)]
    parts = [
        (Points(*known[:, :2].unbind(1)), values, there) for known, values, there in zip(*split, strict=True)
    ]
    few = Points(*context[:FEW, :2].unbind(1)), y[:FEW], present[:FEW]
    with torch.no_grad():
        nats = [
            float(_nats(few, layout, torch.from_numpy(start), gradient=False)) for start in layout.starts()
        ]
    first = layout.starts()[int(np.argmin(nats))]
    count = float(present.sum())

    def objective(numbers: Array) -> tuple[float, Array]:
        """Nats a value, and their gradient."""
        at = torch.tensor(numbers, requires_grad=True)
        total = sum(float(_nats(part, layout, at)) for part in parts)
        assert at.grad is not None
        return total / count, at.grad.numpy() / count

    found = minimize(
        objective,
        first,
        jac=True,
        method="L-BFGS-B",
        bounds=layout.bounds(),
        options={"ftol": PRECISION},
    )
    with torch.no_grad():
        return layout.parameters(torch.from_numpy(found.x))


def _nats(
    part: tuple[Points, Tensor, Tensor], layout: Layout, numbers: Tensor, gradient: bool = True
) -> Tensor:
    points, y, present = part
    covariance = points.covariance(layout.parameters(numbers), layout.kernel)
    return negative_log_likelihood(covariance, y, present, gradient).sum()


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Parameters) -> Array:
    """Rows of `tidemark.infer.learning.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points).
    """

    def prior(context: Tensor) -> tuple[Tensor, None]:
        return Points(*context[:, :2].double().unbind(1)).covariance(learned, options), None

    return infer.posterior(split, prior)


METHOD = Method(Options, estimate, learn)
