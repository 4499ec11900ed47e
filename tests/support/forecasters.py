"""What a forecaster says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Info:
    """A model of one channel that takes any rate, unless told otherwise."""

    length: int
    normalisation: str
    task: str = "forecast"
    channels: int = 1
    horizon: int = 3
    sampling_rate: float = 1.0
    rate_unit: str = "sample"
    mean: list[float] = field(default_factory=lambda: [0.0])
    std: list[float] = field(default_factory=lambda: [1.0])
    causal: bool = False
