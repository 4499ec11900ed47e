"""How strong the noise of a signal is, estimated from the signal itself."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from tidemark.core.frozen import Positive
from tidemark.core.store import Array

NORMAL_MEDIAN = 0.6744897501960817
"""Median of the absolute value of a standard normal variable."""

Noise = Literal["estimated"] | Positive
"""An option: estimated from each signal, or a standard deviation, the same for all."""


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
