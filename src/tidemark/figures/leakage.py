"""What the discrete Fourier transform (DFT) sees of a window, and how it would go on after it.

The figures' own small transform: amplitudes as a reader would measure them, and the signal rebuilt from
them, which repeats its window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidemark.core.store import Array

WINDOWS = (100, 110)
"""Samples: a whole number of periods of 20, and five and a half."""
PERIOD = 20
AHEAD = 40
"""Samples of continuation shown."""
COMPONENTS = ((50, 0.4, 0.3), (23, 0.3, 1.9), (12, 0.2, 4.0), (7, 0.1, 5.2))
"""Of the example: period in samples, amplitude, phase in radians. Only the first divides a window of 100."""


@dataclass(frozen=True)
class Spectrum:
    """The DFT of one window."""

    samples: int
    coefficients: Array
    """(bins,) complex: one-sided, over the number of samples."""
    gain: float = 1.0
    """Mean of the weights that the window was multiplied with."""

    @property
    def frequency(self) -> Array:
        """(bins,) in cycles a sample, from 0."""
        return np.arange(len(self.coefficients)) / self.samples

    @property
    def amplitude(self) -> Array:
        """(bins,) of the sine in each bin, whatever the weights."""
        return np.abs(self.coefficients) * _sides(self.samples) / self.gain

    def at(self, time: Array) -> Array:
        """What was transformed, rebuilt at any times (times,), in samples from the window's first."""
        angle = 2 * np.pi * self.frequency * time[:, None] + np.angle(self.coefficients)
        rebuilt: Array = np.cos(angle) @ (np.abs(self.coefficients) * _sides(self.samples))
        return rebuilt

    def largest(self, count: int) -> Array:
        """Bins, but 0, of the largest amplitudes, largest first."""
        order: Array = 1 + np.argsort(-self.amplitude[1:], kind="stable")
        return order[:count]


def _sides(samples: int) -> Array:
    """How many bins of the whole transform each stands for: two, but for 0 and, if even, the last."""
    sides = np.full(samples // 2 + 1, 2.0)
    sides[0] = 1.0
    if samples % 2 == 0:
        sides[-1] = 1.0
    return sides


def spectrum(window: Array, weights: Array | None = None) -> Spectrum:
    """DFT of a window, (samples,); with `weights`, such as Hamming's, of its product with them."""
    if weights is None:
        weights = np.ones(len(window))
    return Spectrum(len(window), np.fft.rfft(window * weights, norm="forward"), float(weights.mean()))


def hamming(samples: int) -> Array:
    """Hamming's window for a transform, (samples,), periodic (Harris, Proc. IEEE 66, 1978)."""
    weights: Array = np.hamming(samples + 1)[:-1]
    return weights


def sine(time: Array) -> Array:
    """The sine whose leakage is shown."""
    wave: Array = np.sin(2 * np.pi * time / PERIOD)
    return wave


def example(time: Array) -> Array:
    """A sum of a few sines, as a dataset of harmonics has them."""
    waves = [amplitude * np.sin(2 * np.pi * time / period + phase) for period, amplitude, phase in COMPONENTS]
    total: Array = np.sum(waves, axis=0)
    return total
