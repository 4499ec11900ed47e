"""Spectral shrinkage: short-time Fourier transform, shrink by power over the noise's, transform back.

`hard` keeps what exceeds a threshold times the noise's standard deviation. `soft` takes the threshold's power
off each coefficient's: power subtraction, whose gain max(0, 1 − threshold² σ² / |z|²) is Wiener's for signal
power |z|² − σ² where the threshold is 1 (S. F. Boll, IEEE Trans. ASSP 27 (1979); J. S. Lim and A. V.
Oppenheim, Proc. IEEE 67 (1979)). Hann windows, of which each sample is seen by four.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import field_validator
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise import noise
from tidemark.denoise.noise import Noise

OVERLAP = 4
"""Windows that see a sample."""


class Options(Frozen):
    """The window, and how to shrink."""

    window: Count = 64
    """Samples: long ones tell frequencies apart, short ones follow their changes."""
    threshold: Positive = 2.0
    """In standard deviations of the noise."""
    mode: Literal["soft", "hard"] = "soft"
    noise: Noise = "estimated"
    """Estimated: from the median power of each signal's coefficients."""

    @field_validator("window")
    @classmethod
    def _divisible(cls, window: int) -> int:
        if window % OVERLAP or window < 2 * OVERLAP:
            raise ValueError(f"no multiple of {OVERLAP} from {2 * OVERLAP} on; choose one, such as 64")
        return window


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Shrunk `split["noisy"]`, (signals, channels, length); same shape, float64.

    Signals are continued by their mirror image. Raises `InputError` where the window is longer than they are.
    """
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    length = noisy.shape[-1]
    if options.window > length:
        raise InputError(
            f"spectral_shrinkage: options.window = {options.window} is longer than the signals of "
            f"{info.name!r} ({length} samples); choose a shorter window"
        )
    window = hann(options.window, sym=False)
    transform = ShortTimeFFT(window, options.window // OVERLAP, fs=1.0)
    spectrum = transform.stft(noisy, padding="even", axis=-1)  # (signals, channels, frequencies, frames)
    power = np.square(np.abs(spectrum)) / np.square(window).sum()  # of unit white noise: 1
    if options.noise == "estimated":
        flat = power[:, :, 1:-1].reshape(*noisy.shape[:-1], -1)  # those at the ends are real: of another law
        variance = noise.of_power(flat)[..., None]
    else:
        variance = np.full((1, 1, 1, 1), options.noise**2)
    limit = options.threshold**2 * variance
    if options.mode == "hard":
        gain = (power > limit).astype(np.float64)
    else:
        gain = 1 - np.divide(limit, power, out=np.ones_like(power), where=power > limit)
    return np.asarray(transform.istft(spectrum * gain, 0, length))


METHOD = Method(Options, estimate)
