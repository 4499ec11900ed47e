"""Two sequences that share one smooth function, or one sequence by itself, drawn from a Gaussian process.

Law: y = f(x) + e_k + noise at positions x ~ U(range), drawn pair by pair; f is a Gaussian process of
variance 1, the offsets e_k ~ N(0, offset_std²) are constant over member k, and member 1 may add a second
process of its own.
Published ("Attention on pairs of sequences"): RBF of length scale 1 with offsets of standard deviation 2
or a second RBF of length scale 0.4; 200 points a member on U(5, 15), half of the pairs in order of position;
single sequences of RBF and of periodic kernel (length scale 1, period 3); noise none or 0.05.

Context, then targets: full_infer: one member (of two, either as often) in full, then the first `context`
points of the other; its rest. shuffle: any `context` points of all; the rest, permuted. half_half: a shuffle
as often as not, else a full_infer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import torch
from pydantic import model_validator
from torch import Tensor

from tidemark.core.frozen import Count, Frozen, NonNegative, Positive, Share
from tidemark.core.law import Generator

JITTER = 1e-6
"""Variance added to each value, as published: rounding must not make an eigenvalue negative."""
REST = 1e-10
"""Variance of a process that may be left out of a draw: next to none beside the jitter."""
ELEMENTS = {"cpu": 2**22}
"""Elements of the covariance matrices worked on at once: few, to stay in a CPU's cache …"""
MOST_ELEMENTS = 2**27
"""… and a gigabyte's worth elsewhere."""


class Law(Frozen):
    """Parameters of the law; positions and length scales share one unit."""

    members: Literal[1, 2] = 2
    points: Count = 200
    """Of each member."""
    kernel: Literal["rbf", "periodic", "matern"] = "rbf"
    length_scale: Positive = 1.0
    period: Positive = 3.0
    """Of the periodic kernel."""
    smoothness: float = 1.5
    """Of the Matérn kernel: 0.5, 1.5 or 2.5."""
    second_length_scale: Positive | None = None
    """Of the second process of member 1, of RBF kernel; none adds no such process."""
    offset_std: NonNegative = 2.0
    noise_std: NonNegative = 0.0
    range: tuple[float, float] = (5.0, 15.0)
    tail: tuple[float, float] | None = None
    """Where the asked positions lie; the given ones of that member lie in `range`, its partner's in both."""
    sorted: Share = 1.0
    """Share of pairs whose members' points come in order of position."""
    regime: Literal["shuffle", "full_infer", "half_half"] = "full_infer"
    context: Count = 10
    gaps: bool = False
    """The given points of the asked member are any ones of it, not its first ones."""

    @model_validator(mode="after")
    def _consistent(self) -> Law:
        for key, ends in (("range", self.range), ("tail", self.tail)):
            if ends is not None and not -math.inf < ends[0] < ends[1] < math.inf:
                raise ValueError(f"{key} {list(ends)} does not run upwards; write the smaller value first")
        if self.smoothness not in (0.5, 1.5, 2.5):
            raise ValueError(
                f"smoothness {self.smoothness:g} has no closed form here; expected 0.5, 1.5 or 2.5"
            )
        if self.second_length_scale is not None and self.members == 1:
            raise ValueError(
                "second_length_scale is of the second of two members; leave it out, or set members: 2"
            )
        most = self.points * (self.members if self.regime == "shuffle" else 1)
        if self.context >= most:
            raise ValueError(
                f"context {self.context} leaves nothing to ask for of {most} points; "
                "give fewer, or add points"
            )
        if self.tail is not None:
            if self.regime != "full_infer":
                raise ValueError(f"tail is of regime full_infer, not {self.regime}; change one of them")
            if self.gaps:
                raise ValueError(
                    "gaps leave points to ask for in range, where tail has none; leave one of them out"
                )
            if self.tail[0] < self.range[1]:
                raise ValueError(
                    f"tail {list(self.tail)} begins within range {list(self.range)}; "
                    "begin at its end or later"
                )
        return self


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """Draw `count` signals.

    Returns `context` (count, 3, members · points) float32, of position, member (0 or 1) and value, NaN for
    targets; and `target` (count, 1, members · points) float32, NaN for context points, which come first.
    """
    points = law.members * law.points
    step = max(1, ELEMENTS.get(torch.device(device).type, MOST_ELEMENTS) // points**2)
    noise_std = math.sqrt(law.noise_std**2 + JITTER)
    contexts, targets = [], []

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=device, dtype=torch.float64)

    for first in range(0, count, step):
        part = min(step, count - first)
        position, member, context = _points(law, part, generator, device)
        # Term by term of the sum that a value is: the factor of a process by itself is the smaller one.
        value = _drawn(law, position, normal(part, points))
        if law.second_length_scale is not None:
            own = Law(length_scale=law.second_length_scale)
            value += member * _drawn(own, position, normal(part, points))
        value += law.offset_std * normal(part, 2).gather(1, member.long())
        value = value.add_(normal(part, points), alpha=noise_std).float()
        contexts.append(torch.stack([position, member, value.masked_fill(~context, math.nan)], 1))
        targets.append(value.masked_fill(context, math.nan)[:, None])
    return {"context": torch.cat(contexts), "target": torch.cat(targets)}


def _drawn(law: Law, position: Tensor, normal: Tensor) -> Tensor:
    """Draws of f at positions from standard normal numbers, (signals, points) each.

    By a pivoted Cholesky factor, which of a smooth process on hundreds of points has some tens of columns (H.
    Harbrecht, M. Peters and R. Schneider, "On the low-rank approximation by the pivoted Cholesky
    decomposition", Applied Numerical Mathematics 62 (2012)); by a whole one where that is no saving.
    """
    position = position.double()
    signals, points = position.shape
    most = 0 if law.kernel == "matern" else points // 3
    left = torch.ones_like(position)
    columns = position.new_zeros(signals, most, points)
    for rank in range(most):
        variance, pivot = left.max(1, keepdim=True)
        if float(variance.max()) < REST:
            return torch.einsum("skp,sk->sp", columns[:, :rank], normal[:, :rank])
        earlier = columns[:, :rank]
        at = earlier.gather(2, pivot[:, None].expand(-1, rank, -1))
        column = _correlation(law, position - position.gather(1, pivot))
        column -= (at.mT @ earlier)[:, 0]
        column *= variance.clamp(min=REST).rsqrt() * (variance >= REST)
        columns[:, rank] = column
        left = (left - column.square()).scatter_(1, pivot, 0)
    whole = _correlation(law, _distance(position))
    whole.diagonal(dim1=1, dim2=2).add_(REST)
    return torch.einsum("spk,sk->sp", torch.linalg.cholesky(whole), normal)


def _points(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str
) -> tuple[Tensor, Tensor, Tensor]:
    """Position and member, float32, and whether the value is given: (count, members · points) each."""

    def unit(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device, dtype=torch.float64)

    place = torch.arange(law.points, device=device)
    members = torch.arange(law.members, device=device)
    target = torch.randint(law.members, (count, 1), generator=generator, device=device) == members
    position = unit(count, law.members, law.points)
    low, high = law.range
    if law.tail is None:
        position = low + (high - low) * position
    else:
        end, last = law.tail
        other = low + (last - low) * position
        own = torch.where(place < law.context, low + (high - low) * position, end + (last - end) * position)
        position = torch.where(target[..., None], own, other)
    position = position.float()  # what is stored is what the covariance is of
    in_order = unit(count, 1, 1) < law.sorted
    position = torch.where(in_order, position.sort(-1).values, position)

    chosen = (unit(count, law.points).argsort(1) if law.gaps else place.expand(count, -1)) < law.context
    context = ~target[..., None] | chosen[:, None]
    rank = place + law.points * target[..., None] + 2 * law.points * ~context
    context, rank = context.flatten(1), rank.flatten(1)
    if law.regime != "full_infer":
        permuted = unit(*rank.shape).argsort(1)
        mixed = unit(count, 1) < (0.5 if law.regime == "half_half" else 1)
        context = torch.where(mixed, permuted < law.context, context)
        rank = torch.where(mixed, permuted, rank)
    order = rank.argsort(1)
    member = members.float()[:, None].expand(-1, law.points).reshape(1, -1).expand(count, -1)
    return position.flatten(1).gather(1, order), member.gather(1, order), context.gather(1, order)


def covariance(law: Law, position: Tensor, member: Tensor) -> Tensor:
    """Covariance of observed values, offsets, noise and jitter included: (…, points, points) float64.

    `position` and `member` (0 or 1) are (…, points).
    """
    position = position.double()
    # In place where it can be: a matrix of a large batch costs more to allocate than to compute.
    result = _correlation(law, _distance(position))
    if law.second_length_scale is not None:
        second = _distance(position).div_(law.second_length_scale).square_().mul_(-0.5).exp_()
        result += second.mul_(member[..., :, None]).mul_(member[..., None, :])
    if law.offset_std:
        result.add_(member[..., :, None] == member[..., None, :], alpha=law.offset_std**2)
    result.diagonal(dim1=-2, dim2=-1).add_(law.noise_std**2 + JITTER)
    return result


def _distance(position: Tensor) -> Tensor:
    return position[..., :, None] - position[..., None, :]


def _correlation(law: Law, distance: Tensor) -> Tensor:
    """Correlation of f at a distance, which is overwritten. Rasmussen and Williams (2006), section 4.2."""
    if law.kernel == "rbf":
        return distance.square_().mul_(-0.5 / law.length_scale**2).exp_()
    if law.kernel == "periodic":
        return distance.mul_(math.pi / law.period).sin_().square_().mul_(-2 / law.length_scale**2).exp_()
    scaled = distance.abs_().mul_(math.sqrt(2 * law.smoothness) / law.length_scale)
    decay = (-scaled).exp_()
    if law.smoothness == 0.5:
        return decay
    polynomial = 1 + scaled if law.smoothness == 1.5 else 1 + scaled + scaled.square() / 3
    return decay.mul_(polynomial)


def describe(law: Law) -> Mapping[str, Any]:
    """What every dataset of this law has: members and points of each."""
    size = {"channels": law.members, "length": law.points}
    return size | {"sampling_rate": 1.0, "rate_unit": "sample", "units": ""}


GENERATOR = Generator(Law, generate, describe)
