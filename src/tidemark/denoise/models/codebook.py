"""Posterior mean over a learned codebook of clean signals, under a learned law of the noise.

The estimate is the mean of the codewords, each weighted by its prior times the likelihood of what is left
when it is taken away, log p(r) = −α r² − β max(|r| − τ, 0)²: Gaussian at one end, uniform on [−τ, τ] at the
other. Attention over a memory (Ramsauer et al., "Hopfield networks is all you need", 2021), by a distance.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture, Network


class Hyperparameters(Frozen):
    """Size of the codebook, and where its law of the noise begins."""

    codewords: Count = 96
    noise: Positive = 0.4
    """First guess of the largest noise, τ; the law of the noise is learnt from there."""


class Model(Network):
    """Softmax over codewords, for windows of one length."""

    causal = False
    begins_at_data = True

    def __init__(self, hyperparameters: Hyperparameters, channels: int, length: int) -> None:
        """For signals of `channels` channels and `length` samples."""
        super().__init__()
        words = hyperparameters.codewords
        self.codebook = nn.Parameter(torch.randn(words, channels * length))
        self.log_prior = nn.Parameter(torch.zeros(words))
        tau = hyperparameters.noise
        self.tau = nn.Parameter(torch.tensor(tau))
        # To begin with, τ within costs half a nat, and a third of τ outside costs one.
        self.log_alpha = nn.Parameter(torch.tensor(-math.log(2 * tau**2)))
        self.log_beta = nn.Parameter(torch.tensor(math.log(9 / tau**2)))

    def begin(self, targets: Tensor) -> None:
        """Take codewords from clean training signals, (signals, channels, length), without gaps.

        Each is the one farthest from those before (Gonzalez, "Clustering to minimize the maximum
        intercluster distance", 1985).
        """
        signals = targets.flatten(1)
        distance = torch.full((len(signals),), float("inf"))
        farthest = torch.zeros((), dtype=torch.long)
        with torch.no_grad():
            for word in self.codebook:
                word.copy_(signals[farthest])
                distance = torch.minimum(distance, (signals - word).square().sum(1))
                farthest = distance.argmax()

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        rest = signal.flatten(1)[:, None] - self.codebook  # (batch, codewords, channels × length)
        outside = torch.relu(rest.abs() - self.tau).square().sum(-1)
        squares = rest.square().sum(-1)
        score = self.log_prior - self.log_alpha.exp() * squares - self.log_beta.exp() * outside
        estimate: Tensor = score.softmax(-1) @ self.codebook
        return estimate.view_as(signal)


ARCHITECTURE = Architecture(Hyperparameters, Model, neural=False)
