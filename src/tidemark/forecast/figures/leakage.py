"""What the discrete Fourier transform (DFT) sees of a window, and how it would go on after it."""

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
    """The DFT of one window, as a sum of sines."""

    frequency: Array
    """(bins,) in cycles a sample, from 0."""
    sines: Array
    """(bins,) complex: amplitude and phase."""
    gain: float = 1.0
    """Mean of the weights that the window was multiplied with."""

    @property
    def amplitude(self) -> Array:
        """(bins,) of the sine in each bin, whatever the weights."""
        return np.abs(self.sines) / self.gain

    def at(self, time: Array) -> Array:
        """What was transformed, rebuilt at any times (times,), in samples from the window's first."""
        return np.asarray((np.exp(2j * np.pi * time[:, None] * self.frequency) @ self.sines).real)

    def largest(self, count: int) -> Array:
        """Bins, but 0, of the largest amplitudes, largest first."""
        order: Array = 1 + np.argsort(-self.amplitude[1:], kind="stable")
        return order[:count]


def spectrum(window: Array, weights: Array | None = None) -> Spectrum:
    """DFT of a window, (samples,); with `weights`, such as Hamming's, of its product with them."""
    samples, weights = len(window), np.ones(len(window)) if weights is None else weights
    sines = np.fft.rfft(window * weights, norm="forward")
    sines[1 : (samples + 1) // 2] *= 2  # all but bin 0 and, of an even window, the last stand for two
    return Spectrum(np.fft.rfftfreq(samples), sines, float(weights.mean()))


def hamming(samples: int) -> Array:
    """Hamming's window for a transform, (samples,), periodic (Harris, Proc. IEEE 66, 1978)."""
    weights: Array = np.hamming(samples + 1)[:-1]
    return weights


def sine(time: Array) -> Array:
    """The sine whose leakage is shown."""
    return np.asarray(np.sin(2 * np.pi * time / PERIOD))


def example(time: Array) -> Array:
    """A sum of a few sines, as a dataset of harmonics has them."""
    return np.asarray(sum(a * np.sin(2 * np.pi * time / period + phase) for period, a, phase in COMPONENTS))
