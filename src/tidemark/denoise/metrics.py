"""Denoise, scored: errors of estimates of the clean signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tidemark.core import gaps
from tidemark.core.scoring import Scoring
from tidemark.core.store import Array, Split
from tidemark.denoise import held_out
from tidemark.denoise.learning import INPUT, TARGET, inputs
from tidemark.evaluation.predictions import collect, predictor, target_shape
from tidemark.evaluation.tables import examples, position

predict = predictor(inputs)
HEADLINE = "l1"
BETTER = {"l1": "lower", "mse": "lower", "snr_gain_db": "higher"}


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), that `metric` turns into scores.

    `estimate` is (signals, channels, length), as are `split["noisy"]` and `split["clean"]`.
    """
    clean = np.asarray(split[TARGET], dtype=np.float64)
    error, present = gaps.error(estimate, clean)
    axes = (1, 2)
    count = present.sum(axes).astype(np.float64)
    squared = np.square(error).sum(axes)
    both = present & ~np.isnan(split[INPUT])
    noise = np.square(np.where(both, split[INPUT] - clean, 0.0)).sum(axes)
    error_where_noisy = np.square(np.where(both, error, 0.0)).sum(axes)
    # Signals are stored in float32: no error is known to be smaller than their rounding.
    rounding = np.square(np.where(both, clean, 0.0)).sum(axes) * np.finfo(np.float32).eps ** 2
    return {
        "l1": (np.abs(error).sum(axes), count),
        "mse": (squared, count),
        "snr_gain_db": (noise, np.maximum(error_where_noisy, rounding)),
    }


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    """A score from sums over signals: the ratio, for the SNR gain 10·log10 of it (decibels)."""
    ratio = numerator / denominator
    return 10 * np.log10(ratio) if name == "snr_gain_db" else ratio


EXAMPLE = ("position", INPUT, TARGET, "estimate")


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal's first channel, sample by sample, as `EXAMPLE` names it."""
    arrays = (split[INPUT], split[TARGET], estimate)
    values = zip(*(array[signal, 0].tolist() for array in arrays), strict=True)
    return ((position, *each) for position, each in enumerate(values))


def error_by_position(estimate: Array, split: Split) -> Array:
    """Mean absolute error at each position, over signals and channels: (length,)."""
    return np.asarray(np.nanmean(np.abs(estimate - split[TARGET]), axis=(0, 1)))


SCORING = Scoring(
    headline=HEADLINE,
    better=BETTER,
    sums=sums,
    metric=metric,
    predict=predict,
    collect=collect(target_shape(TARGET)),
    tables={
        "position.csv": position(HEADLINE, error_by_position),
        "examples.csv": examples(EXAMPLE, example),
    },
    latent=("period", "amplitude", "offset", "phase", "coefficients"),
    without_truth=held_out.SCORING,
)
