"""A sine wave under uniform noise.

Law: clean(t) = a · sin(2π (t + o) / p) for t = 0 … length−1, noisy = clean + U(−h, h).
Published (Batra, "Signal denoising using RNNs in PyTorch"): a = 1, p = 60, o a whole number
in 0 … 100, h = 0.35, length 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from pydantic import Field, model_validator
from typing_extensions import Annotated

from tidemark.core.params import Count, Frozen, NonNegative, Positive

Range = tuple[Positive, Positive]


class Law(Frozen):
    """Parameters of the law; a pair is a range drawn from uniformly, signal by signal."""

    length: Annotated[int, Field(ge=2)] = 100
    period: Positive | Range = 60.0
    amplitude: Positive | Range = 1.0
    offset: Count | None = 100
    """Largest whole offset; none draws the phase continuously from the whole circle."""
    noise: NonNegative = 0.35
    """Half-width h of the uniform noise."""

    @model_validator(mode="after")
    def _ordered(self) -> Law:
        for key in ("period", "amplitude"):
            value = getattr(self, key)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{key} range {list(value)} runs downwards; write the smaller value first")
        return self


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, torch.Tensor]:
    """Draw `count` signals.

    Returns `noisy` and `clean`, both (count, 1, length) float32, and what was drawn of the
    law, each (count,) float64: `period` in samples, `amplitude`, `phase` in radians (at t = 0).
    """

    def uniform(low: float, high: float, *shape: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
        drawn = torch.rand(*shape, generator=generator, device=device, dtype=dtype)
        return low + (high - low) * drawn

    def drawn(value: float | tuple[float, float]) -> torch.Tensor:
        low, high = value if isinstance(value, tuple) else (value, value)
        return uniform(low, high, count)

    period = drawn(law.period)
    amplitude = drawn(law.amplitude)
    if law.offset is None:
        phase = uniform(0, 2 * math.pi, count)
    else:
        offset = torch.randint(0, law.offset + 1, (count,), generator=generator, device=device)
        phase = 2 * math.pi * offset / period
    time = torch.arange(law.length, device=device, dtype=torch.float64)
    angle = (2 * math.pi * time / period[:, None] + phase[:, None]).float()
    clean = (amplitude[:, None].float() * torch.sin(angle))[:, None]
    noisy = clean + uniform(-law.noise, law.noise, *clean.shape, dtype=torch.float32)
    return {"noisy": noisy, "clean": clean, "period": period, "amplitude": amplitude, "phase": phase}


def describe(law: Law) -> Mapping[str, Any]:
    """What every dataset of this law has: channels, length and sampling rate (samples per time unit)."""
    return {"channels": 1, "length": law.length, "sampling_rate": 1.0, "rate_unit": "sample", "units": ""}
