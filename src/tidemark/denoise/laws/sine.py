"""A sine wave under uniform noise.

Law: clean(t) = a · sin(2π (t + o) / p) for t = 0 … length−1, noisy = clean + U(−h, h).
Published (Batra, "Signal denoising using RNNs in PyTorch"): a = 1, p = 60, o a whole number
in 0 … 100, h = 0.35, length 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor

from tidemark.core.frozen import Count, NonNegative, Positive, Ranges
from tidemark.core.law import Generator
from tidemark.core.store import UNTIMED

Range = tuple[Positive, Positive]


class Law(Ranges):
    """Parameters of the law; a pair is a range drawn from uniformly, signal by signal."""

    length: Annotated[int, Field(ge=2)] = 100
    period: Positive | Range = 60.0
    amplitude: Positive | Range = 1.0
    offset: Count | None = 100
    """Largest whole offset; none draws the phase continuously from the whole circle."""
    noise: NonNegative = 0.35
    """Half-width h of the uniform noise."""


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """Draw `count` signals.

    Returns `noisy` and `clean`, both (count, 1, length) float32, and what was drawn of the
    law, each (count,) float64: `period` in samples, `amplitude`, `phase` in radians (at t = 0).
    """

    def uniform(low: float, high: float) -> Tensor:
        unit = torch.rand(count, generator=generator, device=device, dtype=torch.float64)
        return low + (high - low) * unit

    def drawn(value: float | tuple[float, float]) -> Tensor:
        if isinstance(value, tuple):
            return uniform(*value)
        return torch.full((count,), value, device=device, dtype=torch.float64)

    period = drawn(law.period)
    amplitude = drawn(law.amplitude)
    if law.offset is None:
        phase = uniform(0, 2 * math.pi)
    else:
        offset = torch.randint(0, law.offset + 1, (count,), generator=generator, device=device)
        phase = 2 * math.pi * offset / period
    clean = _waves(law, period, amplitude, phase)
    noisy = torch.empty_like(clean).uniform_(-law.noise, law.noise, generator=generator).add_(clean)
    return {"noisy": noisy, "clean": clean, "period": period, "amplitude": amplitude, "phase": phase}


def _waves(law: Law, period: Tensor, amplitude: Tensor, phase: Tensor) -> Tensor:
    """a · sin(2πt/p + φ) for every signal: (count, 1, length) float32."""
    time = torch.arange(law.length, device=phase.device, dtype=torch.float64)
    if isinstance(law.period, tuple):
        angle = torch.addcmul(phase.float()[:, None], (2 * math.pi / period).float()[:, None], time.float())
        return angle.sin_().mul_(amplitude.float()[:, None])[:, None]
    # One period for all: sin(ωt + φ) = cos φ sin ωt + sin φ cos ωt is a matrix product.
    angle = 2 * math.pi * time / law.period
    weights = amplitude[:, None] * torch.stack([phase.cos(), phase.sin()], dim=1)
    return (weights.float() @ torch.stack([angle.sin(), angle.cos()]).float())[:, None]


def describe(law: Law) -> Mapping[str, Any]:
    """What every dataset of this law has: channels, length and sampling rate (samples per time unit)."""
    return {"channels": 1, "length": law.length, **UNTIMED}


GENERATOR = Generator(Law, generate, describe)
