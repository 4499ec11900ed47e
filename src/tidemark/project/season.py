"""The season of a recording: after how many samples it is most like itself again."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import detrend

from tidemark.core import gaps
from tidemark.core.store import Array

LEAST = 0.2
"""Autocorrelation of a season."""
RISE = 0.1
"""How far it is above the least one before it: noise on a slow decay is no season."""
SURE = 3.5
"""Standard deviations of chance that it is above."""
ALIKE = 0.85
"""Of peaks as high as this share of the highest, the first: a season's multiples are peaks too."""


def autocorrelation(signal: Array) -> Array:
    """Of a signal (samples,), NaN where missing, less its line: (samples // 3,) by lag, 1 at lag 0.

    Each lag's sum is over as many samples as overlap.
    """
    values = detrend(gaps.fill(np.asarray(signal, dtype=np.float64)))
    count, lags = len(values), max(len(values) // 3, 1)
    spectrum = rfft(values, next_fast_len(2 * count))
    sums = irfft(np.abs(spectrum) ** 2, next_fast_len(2 * count))[:lags] / (count - np.arange(lags))
    return np.asarray(sums / sums[0]) if sums[0] > 0 else np.zeros(lags)


def find(signal: Array) -> tuple[int, float]:
    """Lag of the first high peak of the autocorrelation of a signal (samples,), and its height.

    1 and 0 where nothing repeats, as in noise or in a random walk.
    """
    known = autocorrelation(signal)
    if len(known) < 4:
        return 1, 0.0
    lowest = np.minimum.accumulate(known)
    inner = known[1:-1]
    peak = (inner > known[:-2]) & (inner >= known[2:])
    lag = np.flatnonzero(peak) + 1
    # What the decay from lag 0 lets the autocorrelation of noise be (M. S. Bartlett, 1946).
    below = known < 0
    decay = known[1 : int(below.argmax()) if below.any() else len(known)]
    chance = SURE * np.sqrt((1 + 2 * np.square(decay).sum()) / (len(signal) - lag))
    lag = lag[(lag > 1) & (known[lag] >= np.maximum(LEAST, chance)) & (known[lag] - lowest[lag] >= RISE)]
    if not len(lag):
        return 1, 0.0
    first = lag[known[lag] >= ALIKE * known[lag].max()][0]
    # Noise makes small peaks beside the true one: the highest within a tenth of the lag.
    reach = max(int(first) // 10, 1)
    near = np.arange(max(first - reach, 2), min(first + reach + 1, len(known)))
    best = int(near[known[near].argmax()])
    return best, float(known[best])
