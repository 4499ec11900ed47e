"""Features of a window of acceleration that people have thought of.

Of each axis and the norm: distribution, correlation, posture and rhythm, much as the published benchmark of
CAPTURE-24 has them (S. Chan et al., Scientific Data 11, 2024); and how its seconds differ from each other.
"""

from __future__ import annotations

import hashlib

import numpy as np

from tidemark.core.store import Array

CHUNK = 256
"""Windows worked on at once."""
PERCENTILES = (0, 10, 25, 50, 75, 90, 100)
BANDS = (0.2, 0.6, 1.2, 2, 3, 5, 8, 12, 20)
"""Edges in Hz of the bands whose power is a feature: breathing and turning below 0.6, steps from 1.2 on."""
PEAKS = 3
"""Strongest frequencies of the norm that are features."""
LAGS = np.arange(1, 9) / 4
"""Seconds at which autocorrelations are features: those of steps, strokes and their doubles."""
SPREAD = (10, 50, 90)
"""Percentiles over a window's seconds of how much each moves: still, moving, or now and then."""
SMALLEST = 1e-12
"""Power in g² below which there is none."""
REMEMBERED = 4
"""Features of so many arrays of windows are remembered: several baselines learn from the same ones."""
_remembered: dict[tuple[str, float], Array] = {}


def features(signal: Array, sampling_rate: float) -> Array:
    """Features of windows (windows, 3, samples) in g: (windows, features) float32, not to be written to."""
    chunks = [signal[start : start + CHUNK] for start in range(0, len(signal), CHUNK)]
    digest = hashlib.blake2b(str(signal.dtype).encode())
    for chunk in chunks:
        digest.update(np.ascontiguousarray(chunk).data)
    key = (digest.hexdigest(), sampling_rate)
    if (known := _remembered.get(key)) is not None and len(known) == len(signal):
        return known
    parts = [_features(np.asarray(chunk, dtype=np.float64), sampling_rate) for chunk in chunks]
    result = np.concatenate(parts).astype(np.float32)
    result.flags.writeable = False
    while len(_remembered) >= REMEMBERED:
        del _remembered[next(iter(_remembered))]
    _remembered[key] = result
    return result


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
        *_autocorrelations(scaled, sampling_rate),
        *_seconds(signal, sampling_rate),
        *_rhythm(moving, sampling_rate),
    ]
    return np.concatenate([each.reshape(len(axes), -1) for each in result], 1)


def _autocorrelations(scaled: Array, sampling_rate: float) -> list[Array]:
    """Of signals of mean 0 and variance 1, (windows, 4, samples): (windows, 4) a lag, 0 for longer ones."""
    samples = scaled.shape[2]
    lags = np.maximum(1, np.rint(LAGS * sampling_rate).astype(int))
    return [
        (scaled[..., :-lag] * scaled[..., lag:]).mean(2) if lag < samples else np.zeros(scaled.shape[:2])
        for lag in lags
    ]


def _seconds(signal: Array, sampling_rate: float) -> list[Array]:
    """How much the whole seconds of signals (windows, 4, samples) move, and their means differ."""
    length = min(max(2, int(sampling_rate)), signal.shape[2])
    whole = signal.shape[2] // length
    parts = signal[..., : whole * length].reshape(*signal.shape[:2], whole, length)
    moving = np.log(np.maximum(np.percentile(parts.std(3), SPREAD, axis=2), SMALLEST**0.5))
    return [np.moveaxis(moving, 0, 2), parts.mean(3).std(2)]


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
