"""Covariances of one sequence, or of two that share a process, from few hyperparameters.

    cov(y_k(x), y_l(x′)) = s_k s_l κ(x − x′) + [k = l] (o_k² + p_k² κ′(x − x′)) + n_k² [same point]

κ is a squared exponential, a Matérn or a periodic correlation (Rasmussen and Williams, "Gaussian Processes
for Machine Learning", 2006, section 4.2); κ′, of what a member has of its own, has its own length scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from scipy.linalg import lapack
from torch import Tensor

from tidemark.core.frozen import Frozen
from tidemark.core.store import Array

ELEMENTS = 1 << 17
"""Most numbers in the covariances computed at once: a megabyte stays in the cache, ten take five times as
long a number where other processes use the memory too."""


def at_once(points: int) -> int:
    """How many signals of so many points are worked on at once."""
    return max(1, ELEMENTS // max(1, points) ** 2)


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

        p = parameters
        shared = at_points(p.shared)
        result = correlation(self.distance, p.length, p.period, kernel)
        result = result * shared[:, :, None] * shared[:, None]
        own = at_points(p.offset.square())[:, :, None]
        if p.process is not None and p.process_length is not None:
            plain = kernel if kernel.kernel != "periodic" else Kernel()
            process = correlation(self.distance, p.process_length, None, plain)
            own = own + at_points(p.process.square())[:, :, None] * process
        result = torch.addcmul(result, own, self.same)
        result.diagonal(dim1=1, dim2=2).add_(at_points(p.noise.square()))
        return result


def correlation(distance: Tensor, length: Tensor, period: Tensor | None, kernel: Kernel) -> Tensor:
    """Correlation at distances (signals, points, points); length scale and period are (signals or 1,)."""
    length = length[:, None, None]
    if kernel.kernel == "periodic" and period is not None:
        return (-2 * ((distance * (math.pi / period[:, None, None])).sin() / length).square()).exp()
    scaled = distance / length
    if kernel.kernel == "rbf":
        return (-0.5 * scaled.square()).exp_()
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
    if bool(present.all()):
        whole = covariance
    else:  # what is not there is independent, zero, of variance 1: it adds nothing
        both = (present[:, :, None] & present[:, None]).to(y)
        whole = covariance * both + torch.diag_embed((~present).to(y))
    with torch.no_grad():
        factor = whole.detach().clone()
        for each in factor.numpy():
            _factorise(each)
        z = torch.linalg.solve_triangular(factor, y[..., None], upper=False)
        constant = 0.5 * math.log(2 * math.pi) * present.sum(1)
        logarithm = factor.diagonal(dim1=1, dim2=2).log().sum(1)
        nats: Tensor = constant + logarithm + 0.5 * z.square().sum((1, 2))
        if gradient:
            weights = torch.linalg.solve_triangular(factor.mT, z, upper=True)
            for each in factor.numpy():
                _invert(each)
            # Of the inverse there is the lower half, off the diagonal to be counted twice.
            slope = (factor - weights * weights.mT).tril_()
            slope.diagonal(dim1=1, dim2=2).mul_(0.5)
    if gradient:
        (slope * whole).sum().backward()
    return nats


def _factorise(matrix: Array) -> None:
    """Make a symmetric matrix its Cholesky factor, in place; what is above the diagonal stays.

    By LAPACK as SciPy has it, one matrix at a time. Of a whole batch, torch's factors have other bytes and
    take twice as long for a hundred points. NumPy's (`upper=True`) have the same bytes and take 0.6 of the
    time for 20 points, but as much for 60 and 1.3 times as long for a hundred; it has no inverse from a
    factor. Raises `LinAlgError` for a matrix that is not positive definite.
    """
    *_, failed = lapack.dpotrf(matrix.T, clean=False, overwrite_a=True)
    if failed:
        raise np.linalg.LinAlgError(f"no Cholesky factor: the minor of order {failed} is not positive")


def _invert(factor: Array) -> None:
    """Make a Cholesky factor the lower half of its product's inverse, in place."""
    lapack.dpotri(factor.T, overwrite_c=True)
