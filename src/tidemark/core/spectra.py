"""The spectrogram of a signal: logarithms of short-time Fourier magnitudes.

Segments of `length` samples, `hop` apart, none beyond the signal's ends, are each multiplied by a window and
transformed: Z[f, t] = Σ w[n] x[t · hop + n] exp(−2πi f n / length). Windows are periodic, as spectra want
them (F. J. Harris, "On the use of windows for harmonic analysis", Proceedings of the IEEE 66, 1978).
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from tidemark.core.errors import InputError

FLOOR = 1e-16
"""Added to magnitudes, so that silence has a logarithm."""
WINDOWS = {
    "hann": torch.hann_window,
    "hamming": torch.hamming_window,
    "blackman": torch.blackman_window,
}
"""All but the box, whose values are all 1."""
ROWS = 16
"""Signals transformed at once on the CPU: their segments stay in its cache."""


def log_spectrogram(signal: Tensor, window: str, length: int, hop: int) -> Tensor:
    """log(|Z| + 1e-16) of `signal` (…, samples): (…, length // 2 + 1, frames), on its device and in its type.

    `window` is hann, hamming, blackman or boxcar. Raises `InputError` where a signal is shorter than a
    segment.
    """
    frequencies, frames = picture(signal.shape[-1], length, hop)
    weights = _weights(window, length, signal.dtype, signal.device)
    rows = signal.reshape(-1, signal.shape[-1])
    # Frame by frame, as the transform has it; the axes change places in the answer alone.
    collected = rows.new_empty(len(rows), frames, frequencies)
    at_once = ROWS if signal.device.type == "cpu" else max(1, len(rows))
    if len(rows):  # a transform of nothing is refused
        for part, result in zip(torch.split(rows, at_once), torch.split(collected, at_once), strict=True):
            z = torch.fft.rfft(part.unfold(-1, length, hop) * weights)
            # Real arithmetic is several times faster than the absolute value of complex numbers.
            real, imaginary = torch.view_as_real(z).unbind(-1)
            torch.mul(real, real, out=result)
            result.addcmul_(imaginary, imaginary).sqrt_().add_(FLOOR).log_()
    return collected.view(*signal.shape[:-1], frames, frequencies).mT


def picture(samples: int, length: int, hop: int) -> tuple[int, int]:
    """Frequencies and frames in the spectrogram of a signal; raises `InputError` where there is no frame."""
    if samples < length:
        raise InputError(
            f"spectrogram: a signal of {samples} samples is shorter than a segment of {length}; make "
            "spectrogram.length smaller or the window longer"
        )
    return length // 2 + 1, 1 + (samples - length) // hop


@lru_cache(maxsize=8)
def _weights(window: str, length: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    # Made in double precision: SciPy's, rounded once.
    made = WINDOWS[window](length, dtype=torch.float64) if window in WINDOWS else torch.ones(length)
    return made.to(device, dtype)
