"""Classify, scored: probabilities of classes, as predicted and smoothed over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tidemark.classify.evaluation import classes, scores, smoothing
from tidemark.classify.learning import INPUT, TARGET
from tidemark.core.errors import InputError
from tidemark.core.network import Network
from tidemark.core.scoring import Predict, Predictions, Scoring, Table
from tidemark.core.store import Array, DatasetInfo, Split, read_split
from tidemark.evaluation.predictions import check_shape, in_batches
from tidemark.evaluation.tables import reliability


def predict(network: Network, device: torch.device, split: Split) -> Array:
    """A network's probabilities for a split's windows, (windows, classes) float32, read batch by batch."""
    return probabilities(network, device, split[INPUT])


def probabilities(network: Network, device: torch.device, spectrograms: Array) -> Array:
    """Probabilities (windows, classes) float32 for spectrograms (windows, axes, frequencies, frames)."""
    return torch.from_numpy(in_batches(network, device, spectrograms)).softmax(-1).numpy()


def collect(predict: Predict, dataset: Path, info: DatasetInfo) -> Predictions:
    """What a predictor says of the test sets: (windows, 2, classes), its probabilities and the smoothed ones.

    How to smooth is chosen on validation participants. Raises `InputError` where a prediction has another
    shape than its targets want, or is not of probabilities.
    """
    splits = {test: read_split(dataset, test) for test in info.test_sets}
    own = {test: predict(split, test) for test, split in splits.items()}
    validation = read_split(dataset, "validation")
    known = predict(validation, "validation")
    for values, split in [(known, validation), *((own[test], splits[test]) for test in splits)]:
        check_shape(values, (len(split[TARGET]), len(info.classes)))
        _check_probabilities(values)
    duration = round(1e9 * info.length / info.sampling_rate)
    smooth = smoothing.learn(read_split(dataset, "train"), validation, known, duration)
    both = {
        test: np.stack([np.asarray(own[test], dtype=np.float32), smooth(own[test], split)], 1)
        for test, split in splits.items()
    }
    tried = Table(smoothing.HEADER, list(smoothing.rows(smooth)))
    return Predictions(info, splits, both, {"smoothing.csv": tried})


def _check_probabilities(values: Array) -> None:
    sums = np.asarray(values, dtype=np.float64).sum(1)
    wrong = np.flatnonzero(~((np.abs(sums - 1) < 1e-3) & (values >= 0).all(1)))
    if len(wrong):
        raise InputError(
            f"a prediction's row {wrong[0]} is {np.asarray(values[wrong[0]]).tolist()}; "
            "expected probabilities of the classes, which sum to 1"
        )


SCORING = Scoring(
    headline=scores.HEADLINE,
    better=scores.BETTER,
    sums=scores.sums,
    metric=scores.metric,
    predict=predict,
    collect=collect,
    tables={
        "reliability.csv": reliability(scores.calibration),
        "confusion.csv": classes.confusion,
        "classes.csv": classes.by_class,
        "participants.csv": classes.participants,
        "timeline.csv": classes.timeline,
    },
)
