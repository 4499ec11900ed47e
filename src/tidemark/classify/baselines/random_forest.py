"""A random forest on features of each window that people have thought of.

Of each axis and the norm: distribution, correlation, posture and rhythm. The forest is scikit-learn's (L.
Breiman, "Random forests", Machine Learning 45, 2001), with rare classes weighing as much as frequent ones, as
is the published benchmark of CAPTURE-24 (S. Chan et al., Scientific Data 11, 2024).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field
from sklearn.ensemble import RandomForestClassifier

from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method

CHUNK = 256
"""Windows worked on at once."""
PERCENTILES = (0, 10, 25, 50, 75, 90, 100)
BANDS = (0.2, 0.6, 1.2, 2, 3, 5, 8, 12, 20)
"""Edges in Hz of the bands whose power is a feature: breathing and turning below 0.6, steps from 1.2 on."""
PEAKS = 3
"""Strongest frequencies of the norm that are features."""
SMALLEST = 1e-12
"""Power in g² below which there is none."""


class Options(Frozen):
    """Size of the forest."""

    trees: Count = 300
    smallest_leaf: Count = 2
    """Training windows in a leaf."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Any:
    """A forest of `signal` (windows, 3, samples) in g and `label` (windows,)."""
    forest = RandomForestClassifier(
        options.trees,
        min_samples_leaf=options.smallest_leaf,
        class_weight="balanced_subsample",
        random_state=options.seed,
        n_jobs=1,
    )
    return forest.fit(features(train["signal"], info.sampling_rate), train["label"])


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Any) -> Array:
    """Mean of the trees' probabilities: (windows, classes) float64; 0 for a class not trained on."""
    result = np.zeros((len(split["signal"]), len(info.classes)))
    if len(result):
        result[:, learned.classes_] = learned.predict_proba(features(split["signal"], info.sampling_rate))
    return result


def features(signal: Array, sampling_rate: float) -> Array:
    """Features of windows (windows, 3, samples) in g: (windows, features) float32."""
    parts = [
        _features(np.asarray(signal[start : start + CHUNK], dtype=np.float64), sampling_rate)
        for start in range(0, len(signal), CHUNK)
    ]
    return np.concatenate(parts).astype(np.float32)


def _features(axes: Array, sampling_rate: float) -> Array:
    norm = np.sqrt(np.square(axes).sum(1, keepdims=True))
    signal = np.concatenate([axes, norm], 1)  # (windows, 4, samples)
    mean = signal.mean(2, keepdims=True)
    moving = signal - mean
    variance = np.square(moving).mean(2)
    std = np.sqrt(variance)
    scaled = moving / np.maximum(std, SMALLEST**0.5)[..., None]
    jerk = np.abs(np.diff(signal, axis=2)).mean(2)
    held = mean[:, :3, 0] / np.maximum(np.linalg.norm(mean[:, :3, 0], axis=1, keepdims=True), SMALLEST)
    along = (scaled[:, [0, 0, 1]] * scaled[:, [1, 2, 2]]).mean(2)
    result = [
        mean[..., 0],
        std,
        np.moveaxis(np.percentile(signal, PERCENTILES, axis=2), 0, 2),
        np.power(scaled, 3).mean(2),  # skewness
        np.power(scaled, 4).mean(2),  # kurtosis
        jerk,
        held,
        along,  # correlation of axes
        *_rhythm(moving, sampling_rate),
    ]
    return np.concatenate([each.reshape(len(axes), -1) for each in result], 1)


def _rhythm(moving: Array, sampling_rate: float) -> list[Array]:
    """What the spectrum of signals less their mean, (windows, 4, samples), has to say, by signal."""
    samples = moving.shape[2]
    taper = np.hanning(samples + 1)[:-1]
    power = np.square(np.abs(np.fft.rfft(moving * taper)))[..., 1:] / np.square(taper).sum() / samples
    frequency = np.fft.rfftfreq(samples, 1 / sampling_rate)[1:]
    total = power.sum(2, keepdims=True)
    share = power / np.maximum(total, SMALLEST)
    entropy = -(share * np.log(np.maximum(share, SMALLEST))).sum(2) / np.log(len(frequency))
    edges = np.searchsorted(frequency, BANDS)
    below = np.concatenate([np.zeros_like(total), np.cumsum(power, 2)], 2)[..., edges]
    bands = np.log(np.maximum(np.diff(below, axis=2), SMALLEST))
    # Peaks are higher than both neighbours; of several, the highest come first.
    inner = power[..., 1:-1]
    peak = np.where((inner > power[..., :-2]) & (inner >= power[..., 2:]), inner, 0.0)
    first = peak[:, :3].argmax(2)
    places = np.argsort(-peak[:, 3], axis=1, kind="stable")[:, :PEAKS]
    heights = np.take_along_axis(peak[:, 3], places, 1)
    return [
        np.log(np.maximum(total[..., 0], SMALLEST)),
        entropy,
        bands,
        frequency[1:-1][first],
        frequency[1:-1][places],
        np.log(np.maximum(heights, SMALLEST)),
    ]


METHOD = Method(Options, estimate, learn)
