"""Denoise, scored where only the noisy recording is known: errors of estimates of samples that are hidden."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tidemark.core import gaps
from tidemark.core.scoring import Predictions, Scoring, Table
from tidemark.core.store import Array, Split
from tidemark.denoise.learning import INPUT, TARGET, inputs, whole
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.predictions import collect, predictor, target_shape
from tidemark.evaluation.tables import examples

HEADLINE, EXCESS = "held_out_mse", "excess_mse"


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, ...]]:
    """Sums by window, (windows,) each, that `metric` turns into scores.

    `estimate` is (copies, channels, length): every window several times, as `hidden` makes them.
    """
    error, present = gaps.error(estimate, np.asarray(split[TARGET], dtype=np.float64))
    window = np.asarray(split["window"])

    def by_window(values: Array) -> Array:
        return np.bincount(window, weights=values)

    squared, count = by_window(np.square(error).sum((1, 2))), by_window(present.sum((1, 2)))
    result: dict[str, tuple[Array, ...]] = {HEADLINE: (squared, count)}
    if "noise_squares" in split:
        noise = (by_window(split["noise_squares"]), by_window(split["noise_count"]))
        result[EXCESS] = (squared, count, *noise)
    return result


def metric(name: str, squared: Array, count: Array, *noise: Array) -> Array:
    """The mean squared error on hidden samples; with `noise`, less its variance: an estimate without it.

    NaN where there was no room to estimate the variance.
    """
    error: Array = squared / count
    if not noise:
        return error
    squares, number = noise
    variance = np.divide(squares, number, out=np.full(np.shape(error), np.nan), where=number > 0)
    return np.asarray(error - variance)


def position(predictions: Predictions, entry: EvaluationEntry) -> Table:
    """The errors at each position of the test windows: the one that ranks, and the mean absolute one."""
    error = predictions.values["test"] - predictions.splits["test"][TARGET]
    squared, absolute = (np.nanmean(each, axis=(0, 1)) for each in (np.square(error), np.abs(error)))
    rows = zip(range(error.shape[-1]), squared.tolist(), absolute.tolist(), strict=True)
    return Table(["position", HEADLINE, "l1"], list(rows))


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One window's first channel, sample by sample; the target is what is hidden of it."""
    arrays = (whole({INPUT: split[INPUT][signal], TARGET: split[TARGET][signal]}), split[TARGET][signal],
              estimate[signal])  # fmt: skip
    values = zip(*(array[0].tolist() for array in arrays), strict=True)
    return ((place, *each) for place, each in enumerate(values))


SCORING = Scoring(
    headline=HEADLINE,
    better={HEADLINE: "lower", EXCESS: "lower"},
    sums=sums,
    metric=metric,
    predict=predictor(inputs),
    collect=collect(target_shape(TARGET)),
    tables={
        "position.csv": position,
        "examples.csv": examples(("position", INPUT, TARGET, "estimate"), example),
    },
)
