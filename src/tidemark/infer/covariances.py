"""Covariances of one sequence, or of two that share a process, from few hyperparameters.

    cov(y_k(x), y_l(x′)) = s_k s_l κ(x − x′) + [k = l] (o_k² + p_k² κ′(x − x′)) + n_k² [same point]

κ is a squared exponential, a Matérn or a periodic correlation (Rasmussen and Williams, "Gaussian Processes
for Machine Learning", 2006, section 4.2); κ′, of what a member has of its own, has its own length scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from tidemark.core.frozen import Frozen


class Kernel(Frozen):
    """Which covariance: options of every baseline that fits one."""

    kernel: Literal["rbf", "matern", "periodic"] = "rbf"
    smoothness: Literal["0.5", "1.5", "2.5"] = "1.5"
    """Of the Matérn kernel."""
    own: Literal["offset", "process"] = "offset"
    """What each member has of its own: a constant; or a process as well, of RBF if `kernel` is periodic."""


@dataclass(frozen=True)
class Parameters:
    """Hyperparameters, each (signals or 1, …): standard deviations by member, (…, members), and scales."""

    shared: Tensor
    """Of the shared process; of either sign, since members may run against each other."""
    offset: Tensor
    noise: Tensor
    length: Tensor
    """Length scale, (signals or 1,), in the unit of positions; of the periodic kernel, without a unit."""
    period: Tensor | None = None
    process: Tensor | None = None
    """Of a member's own process …"""
    process_length: Tensor | None = None
    """… and its length scale, (signals or 1,)."""


class Points:
    """Distances between the points of signals, and their members: what a covariance is computed from."""

    def __init__(self, position: Tensor, member: Tensor) -> None:
        """Both are (signals, points): float64, and 0 or 1."""
        self.distance = (position[:, :, None] - position[:, None]).abs()
        self.member = member.long()
        self.same = (member[:, :, None] == member[:, None]).to(position)

    def covariance(self, parameters: Parameters, kernel: Kernel) -> Tensor:
        """Of observed values, noise included: (signals, points, points) float64."""

        def at_points(values: Tensor) -> Tensor:
            return values.expand(len(self.member), -1).gather(1, self.member)

        def product(values: Tensor) -> Tensor:
            each = at_points(values)
            return each[:, :, None] * each[:, None]

        p = parameters
        result = product(p.shared) * correlation(self.distance, p.length, p.period, kernel)
        own = product(p.offset)
        if p.process is not None and p.process_length is not None:
            plain = kernel if kernel.kernel != "periodic" else Kernel()
            own = own + product(p.process) * correlation(self.distance, p.process_length, None, plain)
        return result + own * self.same + torch.diag_embed(at_points(p.noise).square())


def correlation(distance: Tensor, length: Tensor, period: Tensor | None, kernel: Kernel) -> Tensor:
    """Correlation at distances (signals, points, points); length scale and period are (signals or 1,)."""
    length = length[:, None, None]
    if kernel.kernel == "periodic" and period is not None:
        return (-2 * ((distance * (math.pi / period[:, None, None])).sin() / length).square()).exp()
    scaled = distance / length
    if kernel.kernel == "rbf":
        return (-0.5 * scaled.square()).exp()
    if kernel.smoothness == "0.5":
        return (-scaled).exp()
    if kernel.smoothness == "1.5":
        scaled = math.sqrt(3) * scaled
        return (1 + scaled) * (-scaled).exp()
    scaled = math.sqrt(5) * scaled
    return (1 + scaled + scaled.square() / 3) * (-scaled).exp()


def negative_log_likelihood(covariance: Tensor, y: Tensor, present: Tensor, gradient: bool = True) -> Tensor:
    """Of values `y` (signals, points), zero where not `present`, in nats: (signals,), of mean zero.

    `covariance` is (signals, points, points). With `gradient`, that of the sum goes to the tensors which it
    was computed from: the slope is half of K⁻¹ − K⁻¹ y (K⁻¹ y)ᵀ (Rasmussen and Williams, 2006, equation 5.9).
    """
    both = (present[:, :, None] & present[:, None]).to(y)
    # What is not there is independent, zero, of variance 1: it adds nothing.
    whole = covariance * both + torch.diag_embed((~present).to(y))
    with torch.no_grad():
        factor = torch.linalg.cholesky(whole)
        weights = torch.cholesky_solve(y[..., None], factor)
        constant = 0.5 * math.log(2 * math.pi) * present.sum(1)
        logarithm = factor.diagonal(dim1=1, dim2=2).log().sum(1)
        nats: Tensor = constant + logarithm + 0.5 * (y * weights[..., 0]).sum(1)
        if gradient:
            slope = 0.5 * (torch.cholesky_inverse(factor) - weights * weights.mT)
    if gradient:
        (slope * whole).sum().backward()  # type: ignore[no-untyped-call]
    return nats
