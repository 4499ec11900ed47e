"""How strong the noise of a signal is, estimated from the signal itself."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.signal.windows import hann

from tidemark.core.frozen import Positive
from tidemark.core.store import Array

NORMAL_MEDIAN = 0.6744897501960817
"""Median of the absolute value of a standard normal variable."""

Noise = Literal["estimated"] | Positive
"""An option: estimated from each signal, or a standard deviation, the same for all."""
Spectral = Literal["spectral"]
SPECTRAL: Spectral = "spectral"
"""An option: estimated from each signal's spectrum, where its few lines reach into the finest details."""


def of_details(finest: Array) -> Array:
    """Standard deviation of noise from a wavelet's finest details, (…, coefficients): (…, 1).

    Median of absolute values / 0.6745: D. L. Donoho and I. M. Johnstone, Biometrika 81 (1994).
    """
    return np.asarray(np.median(np.abs(finest), axis=-1, keepdims=True) / NORMAL_MEDIAN)


def of_power(power: Array) -> Array:
    """Variance of white noise from powers of signal and noise, each of mean 1 for unit noise alone.

    (…, frequencies) to (…, 1). Powers of noise are exponential, with median ln 2 times their mean; few strong
    lines of a signal do not move it.
    """
    return np.asarray(np.median(power, axis=-1, keepdims=True) / math.log(2))


def of_spectrum(signals: Array) -> Array:
    """Variance of white noise in signals of few spectral lines, (…, samples): (…, 1).

    From the median of a periodogram with Hann's window, which keeps a line to three frequencies; the two ends
    are left out, where powers follow another law.
    """
    window = hann(signals.shape[-1], sym=False)
    centred = signals - signals.mean(axis=-1, keepdims=True)
    power = np.square(np.abs(np.fft.rfft(centred * window, axis=-1))) / np.square(window).sum()
    return of_power(power[..., 1:-1])
