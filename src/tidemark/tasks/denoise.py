"""Denoise: a noisy signal is given, the clean one is asked for.

Missing values are NaN in the stored arrays: in the input they are a gap, in the target they
count in no loss and no metric.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidemark import gaps
from tidemark.core.store import Array, Split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    import torch

    class Predictor(Protocol):
        """Whatever gives estimates of signals."""

        def estimate(self, signals: Array) -> Array:
            """Estimates of (signals, channels, length), NaN where missing."""


GIVEN = "noisy"
TARGET = "clean"
HEADLINE = "l1"
BETTER = {"l1": "lower", "mse": "lower", "snr_gain_db": "higher"}


def given(split: Split) -> Array:
    """What a network sees: the noisy signals, (signals, channels, length), their gaps interpolated."""
    return gaps.fill(np.asarray(split[GIVEN], dtype=np.float32))


def pictured(split: Split) -> dict[str, Array]:
    """The first signal's first channel, to be shown while a model learns: the noisy and the clean samples."""
    return {name: np.array(split[name][0, 0]) for name in (GIVEN, TARGET)}


def loss(estimate: torch.Tensor, target: torch.Tensor, kind: str) -> torch.Tensor:
    """Mean error over the target's present values; both (batch, channels, length), `kind` l1 or mse."""
    present = ~target.isnan()
    error = (estimate - target.nan_to_num()) * present
    total = error.abs().sum() if kind == "l1" else error.square().sum()
    return total / present.sum().clamp(min=1)


def estimates(predictor: Predictor, split: Split) -> Array:
    """A network's estimates of a split, shaped like the target."""
    return predictor.estimate(split[GIVEN])


def estimate_shape(split: Split) -> tuple[int, ...]:
    """The shape that an estimate must have: the target's."""
    shape: tuple[int, ...] = split[TARGET].shape
    return shape


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), that `metric` turns into scores.

    `estimate` is (signals, channels, length), as are `split["noisy"]` and `split["clean"]`.
    """
    clean = np.asarray(split[TARGET], dtype=np.float64)
    error, present = gaps.error(estimate, clean)
    axes = (1, 2)
    count = present.sum(axes).astype(np.float64)
    squared = np.square(error).sum(axes)
    both = present & ~np.isnan(split[GIVEN])
    noise = np.square(np.where(both, split[GIVEN] - clean, 0.0)).sum(axes)
    error_where_given = np.square(np.where(both, error, 0.0)).sum(axes)
    # Signals are stored in float32: no error is known to be smaller than their rounding.
    rounding = np.square(np.where(both, clean, 0.0)).sum(axes) * np.finfo(np.float32).eps ** 2
    return {
        "l1": (np.abs(error).sum(axes), count),
        "mse": (squared, count),
        "snr_gain_db": (noise, np.maximum(error_where_given, rounding)),
    }


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    """A score from sums over signals: the ratio, for the SNR gain 10·log10 of it (decibels)."""
    ratio = numerator / denominator
    return 10 * np.log10(ratio) if name == "snr_gain_db" else ratio


EXAMPLE = ("position", GIVEN, TARGET, "estimate")


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal's first channel, sample by sample, as `EXAMPLE` names it."""
    arrays = (split[GIVEN], split[TARGET], estimate)
    values = zip(*(array[signal, 0].tolist() for array in arrays), strict=True)
    return ((position, *each) for position, each in enumerate(values))


def error_by_position(estimate: Array, split: Split) -> Array:
    """Mean absolute error at each position, over signals and channels: (length,)."""
    return np.asarray(np.nanmean(np.abs(estimate - split[TARGET]), axis=(0, 1)))
