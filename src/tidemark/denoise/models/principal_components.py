"""Posterior mean under a mixture of probabilistic principal component analysers.

Each component has a weight π, a mean μ, r orthonormal directions u and variances λ along them. Under white
noise of variance σ², a noisy signal y of d samples has, for each component,

    log p(y) = log π − ½ Σ [log(λ + σ²) + (u·(y − μ))² / (λ + σ²)] − (d − r) log σ − |rest|² / 2σ²,

and the mean of the clean signal is μ + Σ λ / (λ + σ²) (u·(y − μ)) u, weighted over components (Tipping and
Bishop, "Mixtures of probabilistic principal component analysers", 1999). Each component takes for σ² what it
leaves unexplained. Components begin as those of clean signals, by k-planes clustering (Bradley and
Mangasarian, "k-plane clustering", 2000).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture, Network

PART = 1024
"""Signals at once while clustering: bounds the memory."""


class Hyperparameters(Frozen):
    """Size of the mixture, and how it is begun."""

    components: Count = 16
    directions: Count = 8
    """Of each component, r."""
    rounds: Count = 20
    """Of the clustering that the components begin with."""
    floor: Positive = 1e-3
    """Least standard deviation of the noise: keeps noise-free signals from dividing by zero."""


class Model(Network):
    """A mixture for windows of one length."""

    causal = False
    begins_at_data = True

    def __init__(self, hyperparameters: Hyperparameters, channels: int, length: int) -> None:
        """For signals of `channels` channels and `length` samples."""
        super().__init__()
        self.hyperparameters = hyperparameters
        count, values = hyperparameters.components, channels * length
        rank = min(hyperparameters.directions, values)
        self.mean = nn.Parameter(torch.zeros(count, values))
        self.directions = nn.Parameter(torch.linalg.qr(torch.randn(count, rank, values).mT).Q.mT.contiguous())
        self.log_variances = nn.Parameter(torch.zeros(count, rank))
        self.log_weights = nn.Parameter(torch.zeros(count))

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        y = signal.flatten(1)
        count, rank, values = self.directions.shape
        along = y @ self.directions.flatten(0, 1).T  # (batch, components × directions)
        along = along.view(-1, count, rank) - (self.directions @ self.mean[..., None])[..., 0]
        squares = along.square()
        # |y − μ|², by the products that are needed anyway
        distance = y.square().sum(1, keepdim=True) - 2 * y @ self.mean.T + self.mean.square().sum(1)
        rest = (distance - squares.sum(-1)).clamp(min=0)
        noise = rest / max(1, values - rank) + self.hyperparameters.floor**2  # (batch, components)
        variances = self.log_variances.exp()
        spread = variances + noise[..., None]
        score = self.log_weights - 0.5 * (
            (spread.log() + squares / spread).sum(-1) + (values - rank) * noise.log() + rest / noise
        )
        share = score.softmax(-1)
        selected = share[..., None] * along * variances / spread
        estimate: Tensor = share @ self.mean + selected.flatten(1) @ self.directions.flatten(0, 1)
        return estimate.view_as(signal)

    @torch.no_grad()
    def begin(self, targets: Tensor) -> None:
        """Take the components from clean training signals, (signals, channels, length), without gaps."""
        signals = targets.flatten(1)
        count, rank, _ = self.directions.shape
        self.mean.copy_(signals.mean(0).expand_as(self.mean))
        signals = signals - self.mean[0]
        # Each begins through one of the signals and those most like it.
        first = _neighbours(signals, torch.randint(0, len(signals), (count,)), rank + 1)
        planes = torch.stack([_plane(signals[group], rank)[0] for group in first])
        for last in [False] * self.hyperparameters.rounds + [True]:
            distance, owner = _nearest(signals, planes)
            members = torch.bincount(owner, minlength=count)
            groups = torch.split(owner.argsort(stable=True), members.tolist())
            farthest = distance.argsort(descending=True, stable=True)
            for component, group in enumerate(groups):
                if len(group) < rank and not last:  # lost: begin again where signals are badly explained
                    group = _neighbours(signals, farthest[component : component + 1], rank + 1)[0]
                if len(group) >= rank:
                    planes[component], variances = _plane(signals[group], rank)
                    self.log_variances[component] = variances.clamp(min=1e-8).log()
        self.directions.copy_(planes)
        self.log_weights.copy_(((members + 0.5) / (len(signals) + 0.5 * count)).log())


def _neighbours(signals: Tensor, chosen: Tensor, count: int) -> Tensor:
    """Indices (chosen, count) of the signals whose amplitude spectrum is most like a chosen one's."""
    spectra = nn.functional.normalize(torch.fft.rfft(signals).abs())
    return (spectra[chosen] @ spectra.T).topk(min(count, len(signals)), dim=1).indices


def _plane(group: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Leading directions (rank, values) of a group of signals and the variances along them, (rank,)."""
    _, values, directions = torch.linalg.svd(group, full_matrices=False)
    collected = min(rank, len(values))
    result, variances = group.new_zeros(rank, group.shape[1]), group.new_zeros(rank)
    result[:collected] = directions[:collected]
    variances[:collected] = values[:collected].square() / len(group)
    return result, variances


def _nearest(signals: Tensor, planes: Tensor) -> tuple[Tensor, Tensor]:
    """Squared distance of each signal to its nearest plane, and which that is, both (signals,)."""
    flat = planes.flatten(0, 1).T
    within = torch.cat(
        [(part @ flat).view(-1, *planes.shape[:2]).square().sum(-1) for part in torch.split(signals, PART)]
    )
    most, owner = within.max(1)
    return signals.square().sum(1) - most, owner


ARCHITECTURE = Architecture(Hyperparameters, Model, neural=False)
