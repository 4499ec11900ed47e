"""What must be known of a trained model to give it a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tidemark.core.store import Array
from tidemark.trained import Signals


class Info(Signals, Protocol):
    """What signals a model takes."""

    @property
    def task(self) -> str:
        """What the model does: `denoise` or `forecast`."""
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
    def normalisation(self) -> str:
        """`window` where each lookback is scaled by itself as well."""
        ...

    @property
    def causal(self) -> bool:
        """Whether an estimate depends on the past and present only."""
        ...


class Model(Protocol):
    """A trained model."""

    @property
    def info(self) -> Info:
        """What signals it takes."""
        ...

    def estimate(self, signals: Array, /) -> Array:
        """Scaled signals (count, channels, length), NaN where missing, denoised or continued; no NaN."""
        ...
