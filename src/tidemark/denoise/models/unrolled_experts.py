"""Mixtures of linear experts, unrolled: each stage corrects the estimate by what its residual shows.

Signals of one kind fill a thin curved sheet, near each point of which the best denoiser is linear: a stage
holds several linear maps of low rank, and softmax weights, from squared projections as in a power spectrum,
say where on the sheet the estimate is. Each stage but the first sees the residual, and its excess beyond a
learnt threshold: a residual larger than bounded noise says that the estimate is wrong at that sample. All but
the residual is done in the first coefficients of a cosine transform.

Mixture of experts: R. A. Jacobs et al., "Adaptive mixtures of local experts", Neural Computation 3 (1991).
Unrolled stages: K. Gregor and Y. LeCun, "Learning fast approximations of sparse coding" (2010).
"""

from __future__ import annotations

import math
from typing import Annotated

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, NonNegative
from tidemark.core.network import Architecture, Network

EXCESS_GAIN = 4.0
"""Excesses are rare and small; this brings them to the residual's size."""
SCORE_GAIN = 4.0
"""Lets the optimiser's small steps move the experts' scores."""


class Hyperparameters(Frozen):
    """Size of the network."""

    stages: Annotated[int, Field(ge=2)] = 10
    experts: Count = 16
    rank: Count = 12
    """Directions in which one expert can move the estimate."""
    coefficients: Count = 32
    """Cosine coefficients kept a channel, from the slowest; at most the signal's length."""
    threshold: NonNegative = 0.3
    """Residual from which it counts as excess, before training, in the signal's units."""
    centre: bool = False
    """Take each signal's mean out before, and put it back after: for signals at any level."""


class Experts(nn.Module):
    """Linear maps of low rank, each weighted by how well the estimate so far fits it."""

    def __init__(self, experts: int, rank: int, position: int, inputs: int, outputs: int) -> None:
        """The first `position` of the `inputs` values are the estimate so far, the rest is evidence."""
        super().__init__()
        self.experts, self.rank, self.position = experts, rank, position
        self.probe = nn.Linear(position, experts * rank, bias=False)
        self.power = nn.Parameter(torch.ones(experts, rank))
        self.score = nn.Linear(inputs, experts)
        self.down = nn.Linear(inputs, experts * rank)
        self.up = nn.Linear(experts * rank, outputs, bias=False)
        nn.init.normal_(self.probe.weight, std=position**-0.5)
        nn.init.normal_(self.down.weight, std=inputs**-0.5)
        nn.init.normal_(self.up.weight, std=0.05)
        for start_at_zero in (self.score.weight, self.score.bias, self.down.bias):
            nn.init.zeros_(start_at_zero)

    def forward(self, values: Tensor) -> Tensor:
        """Correction (batch, outputs) from `values` (batch, inputs)."""
        by_expert = (-1, self.experts, self.rank)
        probed = self.probe(values[:, : self.position]).view(by_expert)
        power = (self.power * probed.square()).sum(-1)  # (batch, experts)
        weight = torch.softmax(power + SCORE_GAIN * self.score(values), dim=-1)
        moves = self.down(values).view(by_expert) * weight[..., None]  # (batch, experts, rank)
        correction: Tensor = self.up(moves.flatten(1))
        return correction


class Model(Network):
    """Stages of experts; the threshold is learnt for each stage, channel and position."""

    causal = False
    cosines: Tensor

    def __init__(self, hyperparameters: Hyperparameters, channels: int, length: int) -> None:
        """For signals (channels, length)."""
        super().__init__()
        h = hyperparameters
        self.centre = h.centre
        selected = min(h.coefficients, length)
        size = channels * selected
        self.register_buffer("cosines", cosine_basis(length)[:selected], persistent=False)  # (kept, length)
        self.first = Experts(h.experts, h.rank, size, size, size)
        self.further = nn.ModuleList(
            Experts(h.experts, h.rank, size, 3 * size, size) for _ in range(h.stages - 1)
        )
        self.threshold = nn.Parameter(torch.full((h.stages - 1, channels, length), h.threshold))

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        level = signal.mean(-1, keepdim=True) if self.centre else torch.zeros_like(signal[..., :1])
        signal = signal - level
        inputs = self.analyse(signal)  # (batch, channels × kept)
        estimate = self.first(inputs)
        for stage, threshold in zip(self.further, self.threshold, strict=True):
            residual = signal - self.synthesise(estimate, signal)
            excess = F.relu(residual - threshold) - F.relu(-residual - threshold)
            evidence = [inputs - estimate, EXCESS_GAIN * self.analyse(excess)]
            estimate = estimate + stage(torch.cat([estimate, *evidence], dim=-1))
        return self.synthesise(estimate, signal) + level

    def analyse(self, signal: Tensor) -> Tensor:
        """Kept cosine coefficients (batch, channels × kept) of (batch, channels, length)."""
        return (signal @ self.cosines.T).flatten(1)

    def synthesise(self, coefficients: Tensor, like: Tensor) -> Tensor:
        """Signals of the shape of `like`, (batch, channels, length), with these coefficients."""
        return coefficients.view(*like.shape[:-1], -1) @ self.cosines


def cosine_basis(length: int) -> Tensor:
    """The orthonormal cosine transform (DCT-II) as a matrix (frequency, position), float32.

    N. Ahmed, T. Natarajan and K. R. Rao, "Discrete cosine transform", IEEE Trans. Computers (1974).
    """
    position = torch.arange(length, dtype=torch.float64) + 0.5
    frequency = torch.arange(length, dtype=torch.float64)[:, None]
    basis = torch.cos(math.pi * frequency * position / length) * math.sqrt(2 / length)
    basis[0] /= math.sqrt(2)
    return basis.float()


ARCHITECTURE = Architecture(Hyperparameters, Model)
