"""Random signals that motions are made of: slow changes, bands of noise, single movements, stretches.

All are functions of a NumPy generator and draw whole signals at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Floats = NDArray[np.float32]

COARSE = 10.0
"""Samples a second on which envelopes of movements are laid out, before interpolation."""


def slow(rng: np.random.Generator, count: int, rate: float, seconds: float) -> Floats:
    """Gaussian, of unit variance at knots `seconds` apart and straight between them: (count,)."""
    knots = int(count / rate / seconds) + 2
    return _interpolated(rng.standard_normal(knots), count, rate, seconds)


def band(rng: np.random.Generator, shape: tuple[int, int], rate: float, low: float, high: float) -> Floats:
    """Gaussian noise between two frequencies in Hz, of unit variance: (channels, samples)."""
    sections, deviation = _band_pass(rate, low, high)
    white = rng.standard_normal(shape, dtype=np.float32)
    return np.asarray(signal.sosfilt(sections, white, axis=1) / deviation, np.float32)


@lru_cache(maxsize=64)
def _band_pass(rate: float, low: float, high: float) -> tuple[NDArray[Any], float]:
    """Second-order sections, and the standard deviation of what they make of white noise."""
    highest = 0.45 * rate
    edges = min(low, 0.5 * highest), min(high, highest)
    sections = signal.butter(1, edges, "bandpass", fs=rate, output="sos")
    _, response = signal.freqz_sos(sections, 4096)
    return sections, float(np.sqrt(np.square(np.abs(response)).mean()))


def movements(rng: np.random.Generator, count: int, rate: float, per_minute: float, seconds: float) -> Floats:
    """Envelope of single movements at random times, each a raised cosine of exponential height: (count,)."""
    coarse = int(count / rate * COARSE) + 2
    often = rng.poisson(per_minute * coarse / COARSE / 60)
    heights = np.bincount(rng.integers(0, coarse, often), rng.exponential(1, often), minlength=coarse)
    shape = signal.windows.hann(max(3, round(seconds * COARSE)) + 2)
    envelope = signal.fftconvolve(heights, shape, "full")[len(shape) // 2 :][:coarse]
    return _interpolated(np.clip(envelope, 0, 4), count, rate, 1 / COARSE)


def stretches(
    rng: np.random.Generator, count: int, rate: float, on: float, off: float, ramp: float = 1.0
) -> Floats:
    """1 for exponential times of mean `on` seconds, 0 for those of mean `off`: (count,).

    Each lasts two ramps longer, of which it ends in one: a straight line to the other value.
    """
    total = count / rate
    pairs = int(3 * total / (on + off)) + 20  # far more than are needed: the last one lasts
    lengths = (rng.exponential(1, (pairs, 2)) * (on, off) + 2 * ramp).ravel()
    first = int(rng.random() * (on + off) > on)  # begins at a random moment: 0 on, 1 off
    ends = np.cumsum(lengths[first:]) - rng.random() * lengths[first]
    value = np.arange(first, lengths.size) % 2 == 0
    knots = np.column_stack([ends - ramp, ends]).ravel()
    levels = np.column_stack([value, ~value]).ravel().astype(float)
    return np.asarray(np.interp(np.arange(count) / rate, knots, levels), np.float32)


def phase(frequency: Floats, rate: float, start: float) -> Floats:
    """Angle in radians, from `start`, of an oscillation whose frequency in Hz changes: (count,)."""
    turns = np.cumsum(frequency, dtype=np.float64) / rate
    return np.asarray(2 * np.pi * (turns - np.floor(turns)) + start, np.float32)


def _interpolated(values: NDArray[np.float64], count: int, rate: float, seconds: float) -> Floats:
    """Straight lines between values `seconds` apart: (count,)."""
    place = np.arange(count) / (rate * seconds)
    return np.interp(place, np.arange(len(values)), values).astype(np.float32)
