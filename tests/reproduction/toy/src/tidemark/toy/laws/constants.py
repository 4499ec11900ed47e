"""A constant c ~ N(0, spread²), observed `length` times under independent noise N(0, noise²)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.law import Generator


class Law(Frozen):
    length: Count
    spread: Positive
    noise: Positive


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """`level`, (count, 1, 1), and `noisy`, (count, 1, length), float32."""
    level = law.spread * torch.randn(count, 1, 1, generator=generator, device=device)
    noise = law.noise * torch.randn(count, 1, law.length, generator=generator, device=device)
    return {"noisy": level + noise, "level": level}


def describe(law: Law) -> Mapping[str, Any]:
    return {"channels": 1, "length": law.length, "sampling_rate": 1.0, "rate_unit": "sample", "units": ""}


GENERATOR = Generator(Law, generate, describe)
