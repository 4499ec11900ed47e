"""Adaptive Wiener filter: shrink each sample towards the local mean, more where the local variance is noise.

m + max(0, 1 − n / v) · (y − m), with m and v the mean and variance around a sample y (zeros beyond the
edges), n the noise power. J. S. Lim, "Two-Dimensional Signal and Image Processing" (1990), p. 548;
`scipy.signal.wiener`.
"""

from __future__ import annotations

import numpy as np
from pydantic import model_validator
from scipy.ndimage import uniform_filter1d

from tidemark.core import gaps
from tidemark.core.frozen import Count, Frozen, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise import noise


class Options(Frozen):
    """The window, in samples, and the noise power."""

    window: Count = 3
    noise_power: NonNegative | noise.Spectral | None = None
    """Variance of the noise; spectral: from each signal's spectrum; none takes the mean of a signal's local
    variances, which is that of signal and noise together where the signal varies within a window."""

    @model_validator(mode="after")
    def _centred(self) -> Options:
        if self.window % 2 == 0:
            raise ValueError(f"window {self.window} has no sample at its centre; choose an odd number")
        return self


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Filtered `split["noisy"]`, (signals, channels, length); same shape, float64."""
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    # SciPy would average an automatic noise power over the whole batch: one signal's estimate
    # would then depend on its neighbours.
    mean = uniform_filter1d(noisy, options.window, axis=-1, mode="constant")
    variance = uniform_filter1d(np.square(noisy), options.window, axis=-1, mode="constant") - np.square(mean)
    if options.noise_power is None:
        power = variance.mean(axis=-1, keepdims=True)
    elif options.noise_power == noise.SPECTRAL:
        power = noise.of_spectrum(noisy)
    else:
        power = np.full_like(variance[..., :1], options.noise_power)
    selected = 1 - np.divide(power, variance, out=np.ones_like(variance), where=variance > power)
    return np.asarray(mean + selected * (noisy - mean))


METHOD = Method(Options, estimate)
