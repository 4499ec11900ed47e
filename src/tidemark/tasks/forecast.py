"""Forecast: the past of a signal is given, its future asked for.

Missing values are NaN in the stored arrays: in the past they are a gap, in the future they
count in no loss and no metric. Where the law of the data is known the future is that of the signal without
its noise: noise to come is the same for everyone and would hide the differences.
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


GIVEN = "past"
TARGET = "future"
HEADLINE = "mse"
BETTER = {
    "mse": "lower",
    "normalised_mse": "lower",
    "one_step_mse": "lower",
    "skill": "higher",
    "mase": "lower",
}


def given(split: Split) -> Array:
    """What a network sees: the past, (signals, channels, lookback), its gaps interpolated."""
    return gaps.fill(np.asarray(split[GIVEN], dtype=np.float32))


def pictured(split: Split) -> dict[str, Array]:
    """The first signal's first channel, to be shown while a model learns: the past and the future samples."""
    return {name: np.array(split[name][0, 0]) for name in (GIVEN, TARGET)}


def loss(estimate: torch.Tensor, target: torch.Tensor, kind: str) -> torch.Tensor:
    """Mean error over the target's present values; both (batch, channels, steps).

    `kind` is l1, mse, or step_weighted_mse: the squared error of step i = 0, 1, … weighs 1 / (i + 1).
    """
    present = ~target.isnan()
    error = (estimate - target.nan_to_num()) * present
    if kind == "l1":
        total = error.abs().sum()
    elif kind == "mse":
        total = error.square().sum()
    else:
        step = estimate.new_ones(estimate.shape[-1]).cumsum(0)
        total = (error.square() / step).sum()
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

    `estimate` and `split["future"]` are (signals, channels, horizon), `split["past"]` (signals, channels,
    lookback); `split["season"]`, (signals,) in samples, is 1 where it is not given.

    mse; normalised_mse, over the future's variance; one_step_mse, of the first step; skill, 1 less the ratio
    to the squared error of repeating the last value; mase, the mean absolute scaled error of Hyndman and
    Koehler, "Another look at measures of forecast accuracy", International Journal of Forecasting 22 (2006),
    of which a channel whose past repeats itself exactly, season by season, has none.
    """
    future = np.asarray(split[TARGET], dtype=np.float64)
    past = gaps.fill(np.asarray(split[GIVEN], dtype=np.float64))
    error, present = gaps.error(estimate, future)
    axes = (1, 2)
    count = present.sum(axes).astype(np.float64)
    squared = np.square(error).sum(axes)
    spread = np.square(np.where(present, future - np.nanmean(future), 0.0)).sum(axes)
    unmoved = np.square(np.where(present, past[..., -1:] - future, 0.0)).sum(axes)
    scale = _naive_error(split)[..., None]
    scalable = present & (scale > 0)
    scaled = np.divide(np.abs(error), scale, out=np.zeros_like(error), where=scalable).sum(axes)
    scaled_count = scalable.sum(axes)
    return {
        "mse": (squared, count),
        "normalised_mse": (squared, spread),
        "one_step_mse": (np.square(error[..., 0]).sum(1), present[..., 0].sum(1).astype(np.float64)),
        "skill": (squared, unmoved),
        "mase": (scaled / np.maximum(scaled_count, 1), (scaled_count > 0).astype(np.float64)),
    }


def _naive_error(split: Split) -> Array:
    """Mean absolute change over a season in the past, (signals, channels); 0 where it shows none."""
    past = np.asarray(split[GIVEN], dtype=np.float64)
    season = np.asarray(split.get("season", np.ones(len(past), dtype=np.int64)))
    error = np.zeros(past.shape[:2])
    for samples in np.unique(season):
        chosen = past[season == samples]
        apart = np.abs(chosen[..., samples:] - chosen[..., :-samples])
        error[season == samples] = np.nansum(apart, -1) / np.maximum((~np.isnan(apart)).sum(-1), 1)
    return error


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    """A score from sums over signals: their ratio; for the skill, 1 less that."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may hold no present value
        ratio = np.asarray(numerator / denominator)
    return 1 - ratio if name == "skill" else ratio


def error_by_position(estimate: Array, split: Split) -> Array:
    """Mean squared error at each step over signals and channels, NaN if all are missing: (horizon,)."""
    squared = np.square(estimate - split[TARGET])
    with np.errstate(invalid="ignore"):  # at some step all may be missing
        return np.asarray(np.nansum(squared, axis=(0, 1)) / (~np.isnan(squared)).sum((0, 1)))


EXAMPLE = ("position", GIVEN, TARGET, "estimate")


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal's first channel, sample by sample, as `EXAMPLE` names it; NaN where there is none."""
    nothing = float("nan")
    past, future, guess = (array[signal, 0].tolist() for array in (split[GIVEN], split[TARGET], estimate))
    yield from ((position, value, nothing, nothing) for position, value in enumerate(past))
    for position, pair in enumerate(zip(future, guess, strict=True), len(past)):
        yield position, nothing, *pair
