"""Forecast, scored: errors of forecasts of the future."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core import gaps
from tidemark.core.scoring import Scoring
from tidemark.core.store import Array, Split
from tidemark.evaluation import tables
from tidemark.evaluation.predictions import collect, in_batches, target_shape
from tidemark.forecast.learning import INPUT, LEARNING, TARGET

if TYPE_CHECKING:
    import torch

    from tidemark.core.network import Network

HEADLINE = "mse"
BETTER = {
    "mse": "lower",
    "normalised_mse": "lower",
    "one_step_mse": "lower",
    "skill": "higher",
    "mase": "lower",
}


def predict(network: Network, device: torch.device, split: Split) -> Array:
    """Forecasts (signals, channels, horizon) of a trained network, which sees the split's history too."""
    return in_batches(network, device, LEARNING.seen(split, network.history))


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), that `metric` turns into scores.

    `estimate` and `split["future"]` are (signals, channels, horizon), `split["past"]` (signals, channels,
    lookback); `split["season"]`, (signals,) in samples, is 1 where it is not given.

    normalised_mse: over the future's variance; skill: 1 less the ratio to the squared error of repeating the
    last value; mase: R. J. Hyndman and A. B. Koehler, International Journal of Forecasting 22 (2006), of
    which a channel whose past repeats itself exactly, season by season, has none.
    """
    future = np.asarray(split[TARGET], dtype=np.float64)
    past = gaps.fill(np.asarray(split[INPUT], dtype=np.float64))
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
    past = np.asarray(split[INPUT], dtype=np.float64)
    season = np.asarray(split.get("season", np.ones(len(past), dtype=np.int64)))
    error = np.zeros(past.shape[:2])
    for samples in np.unique(season):
        chosen = past[season == samples]
        distances = np.abs(chosen[..., samples:] - chosen[..., :-samples])
        error[season == samples] = np.nansum(distances, -1) / np.maximum((~np.isnan(distances)).sum(-1), 1)
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


EXAMPLE = ("position", INPUT, TARGET, "estimate")


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal's first channel, sample by sample, as `EXAMPLE` names it; NaN where there is none."""
    nothing = float("nan")
    past, future, guess = (array[signal, 0].tolist() for array in (split[INPUT], split[TARGET], estimate))
    yield from ((position, value, nothing, nothing) for position, value in enumerate(past))
    for position, pair in enumerate(zip(future, guess, strict=True), len(past)):
        yield position, nothing, *pair


SCORING = Scoring(
    headline=HEADLINE,
    better=BETTER,
    sums=sums,
    metric=metric,
    predict=predict,
    collect=collect(target_shape(TARGET)),
    tables={
        "position.csv": tables.position(HEADLINE, error_by_position),
        "examples.csv": tables.examples(EXAMPLE, example),
    },
    latent=("periods", "noise_std"),
)
