"""A Gaussian process whose covariance is learned from many signals, each conditioned on what is given.

The members are mixtures of a few independent functions ("linear model of coregionalisation"; Alvarez, Rosasco
and Lawrence, "Kernels for vector-valued functions: a review", 2012, section 4.2):

    cov(y_k(x), y_l(x′)) = Σ_m B_m[k, l] κ_m(x − x′) + noise_k [same point],   B_m = A_m A_mᵀ,

of which the κ_m are squared exponentials of several length scales, periodic kernels, and a constant. Length
scales, periods, mixtures and noise are learned from the targets' likelihood; predictions are exact.
"""

from __future__ import annotations

import math

import torch
from pydantic import model_validator
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture
from tidemark.infer.learning import InferNetwork, conditioned

JITTER = 1e-6
"""Least variance of the noise: below it a covariance of hundreds of points has no Cholesky factor."""


class Hyperparameters(Frozen):
    """Which functions there are to mix, and where learning begins."""

    functions: Count = 4
    """Squared exponential kernels, of length scales …"""
    shortest: Positive = 0.2
    longest: Positive = 5.0
    """… evenly spread between these on a logarithmic scale to begin with."""
    periods: tuple[Positive, ...] = ()
    """A periodic kernel for each, which begins at this period."""
    noise_std: Positive = 0.1
    """Of the noise to begin with."""

    @model_validator(mode="after")
    def _ordered(self) -> Hyperparameters:
        if self.shortest > self.longest:
            raise ValueError(
                f"length scales from {self.shortest} to {self.longest}: expected shortest ≤ longest"
            )
        return self


class Model(InferNetwork):
    """Few parameters, all of them of the covariance."""

    causal = False
    teacher_forcing = True

    def __init__(self, hyperparameters: Hyperparameters, members: int, length: int) -> None:
        """For so many members; signals may have any number of points."""
        super().__init__()
        h = hyperparameters
        scales = torch.linspace(math.log(h.shortest), math.log(h.longest), h.functions + 2)[1:-1]
        count = h.functions + len(h.periods) + 1  # and a constant
        self.log_scale = nn.Parameter(torch.cat([scales, torch.zeros(len(h.periods))]))
        self.log_period = nn.Parameter(torch.tensor(h.periods).log())
        # Every function is shared by all members, and each member has a part of its own.
        self.shared = nn.Parameter(torch.full((count, members), count**-0.5))
        self.own = nn.Parameter(torch.full((count, members), 0.3 * count**-0.5))
        self.log_noise = nn.Parameter(torch.full((members,), 2 * math.log(h.noise_std)))

    def covariance(self, context: Tensor) -> Tensor:
        """Of the observed values of `context` (batch, 3, points): (batch, points, points) float64."""
        position, member = context[:, 0].double(), context[:, 1].long()
        distances = position[:, :, None] - position[:, None, :]
        same = member[:, :, None] == member[:, None, :]
        squared = -0.5 * distances.square()
        scale, periods = self.log_scale.double(), len(self.log_period)
        total = torch.zeros_like(distances)
        for number in range(len(self.shared)):
            mixed = self.shared[number].double()[member]
            alone = self.own[number].double().square()[member]
            weight = mixed[:, :, None] * mixed[:, None, :] + alone[:, :, None] * same
            if number < len(scale) - periods:
                weight = weight * torch.exp(squared * torch.exp(-2 * scale[number]))
            elif number < len(scale):
                period = self.log_period[number - len(scale) + periods].double().exp()
                wave = torch.sin(math.pi * distances / period).square()
                weight = weight * torch.exp(-2 * wave * torch.exp(-2 * scale[number]))
            total = total + weight
        noise = JITTER + self.log_noise.double().exp()[member]
        return total + torch.diag_embed(noise)

    def forward(self, context: Tensor, target: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """Mean and standard deviation of each point by itself, (batch, 2, points).

        With the `target` (batch, 1, points), while training, of each also from the true values before it;
        (batch, 4, points): both means, both standard deviations; and the target.
        """
        if target is None:
            return self._rows(context, torch.full_like(context[:, :1], math.nan))[:, :2].float()
        rows = self._rows(context, target)
        return rows[:, [0, 2, 1, 3]].float(), target

    def sequential(self, context: Tensor, target: Tensor) -> Tensor:
        """Mean and standard deviation from the true values before as well: (batch, 2, points)."""
        return self._rows(context, target)[:, 2:4].float()

    def paths(self, context: Tensor, noise: Tensor) -> Tensor:
        """Draws of all that is asked, (batch, paths, points), from standard normal noise of that shape."""
        unknown = torch.full_like(context[:, :1], math.nan)
        return conditioned(self.covariance(context), context, unknown, noise)[:, 5:].float()

    def _rows(self, context: Tensor, target: Tensor) -> Tensor:
        nothing = context.new_zeros(len(context), 0, context.shape[-1])
        return conditioned(self.covariance(context), context, target, nothing)


ARCHITECTURE = Architecture(Hyperparameters, Model, neural=False)
