"""The past's discrete Fourier transform, carried on beyond the past.

The past is Σₖ Aₖ cos(2πkt / N + φₖ), k = 0 … ⌊N / 2⌋. These waves repeat after N samples, so the sum is right
only where the signal does too; elsewhere power leaks to frequencies that a wave does not have. A Hamming
window keeps leaked power near, but the continuation is then that of the windowed past.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidemark.core import gaps
from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


class Options(Frozen):
    """What the past is multiplied with before it is transformed."""

    window: Literal["none", "hamming"] = "none"


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    lookback = past.shape[-1]
    amplitude, phase = transform(past, options.window)
    return rebuild(amplitude, phase, lookback, np.arange(lookback, lookback + info.horizon))


def transform(signals: Array, window: Literal["none", "hamming"] = "none") -> tuple[Array, Array]:
    """Amplitudes Aₖ and phases φₖ in radians of signals (…, N): (…, N // 2 + 1) each."""
    length = signals.shape[-1]
    weights = np.hamming(length) if window == "hamming" else np.ones(length)
    spectrum = np.fft.rfft(signals * weights, norm="forward")
    amplitude = np.abs(spectrum)
    amplitude[..., 1 : (length + 1) // 2] *= 2
    return amplitude, np.angle(spectrum)


def rebuild(amplitude: Array, phase: Array, length: int, time: Array) -> Array:
    """Σₖ Aₖ cos(2πkt / N + φₖ) at times t (steps,), N = `length`; (…, steps)."""
    # k t mod N keeps the angle exact however far from the window.
    turns = np.outer(np.arange(amplitude.shape[-1]), time) % length / length
    wave = amplitude * np.exp(1j * phase)
    return np.asarray((wave @ np.exp(2j * np.pi * turns)).real)


METHOD = Method(Options, estimate)
