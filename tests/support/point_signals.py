"""Signals of points, some given and some asked for, as networks that infer take them."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def draw(
    count: int, given: int = 7, points: int = 20, members: int = 2, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Context (count, 3, points) and target (count, 1, points), float64: points of one sine, members apart by 1."""
    stream = torch.Generator().manual_seed(seed)
    position = 5 + 10 * torch.rand(count, points, generator=stream, dtype=torch.float64)
    member = torch.randint(members, (count, points), generator=stream).double()
    phase = torch.rand(count, 1, generator=stream, dtype=torch.float64)
    value = torch.sin(position + 6 * phase) + member
    known = torch.arange(points) < given
    context = torch.stack([position, member, value.masked_fill(~known, math.nan)], 1)
    return context, value.masked_fill(known, math.nan)[:, None]
