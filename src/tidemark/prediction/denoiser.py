"""What must be known of a trained model to give it a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tidemark.core.store import Array


class Info(Protocol):
    """What signals a model takes."""

    @property
    def channels(self) -> int:
        """Channels of a signal; a model of one denoises each column of a file by itself."""
        ...

    @property
    def length(self) -> int:
        """Samples of a signal."""
        ...

    @property
    def sampling_rate(self) -> float:
        """Samples per `rate_unit`."""
        ...

    @property
    def rate_unit(self) -> str:
        """Unit of time, or `sample` for a model that takes any rate."""
        ...

    @property
    def mean(self) -> Sequence[float]:
        """By channel: recorded value = mean + std × the value that the model takes."""
        ...

    @property
    def std(self) -> Sequence[float]:
        """See `mean`."""
        ...

    @property
    def causal(self) -> bool:
        """Whether an estimate depends on the past and present only."""
        ...


class Denoiser(Protocol):
    """A trained model."""

    @property
    def info(self) -> Info:
        """What signals it takes."""
        ...

    def estimate(self, signals: Array, /) -> Array:
        """Estimates of standardised signals (count, channels, length), NaN where missing; no NaN."""
        ...
