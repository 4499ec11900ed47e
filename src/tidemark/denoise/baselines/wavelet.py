"""Wavelet shrinkage: transform, shrink the detail coefficients towards zero, transform back.

Thresholds: `universal`, σ √(2 ln length), D. L. Donoho and I. M. Johnstone, Biometrika 81 (1994); `bayes`,
σ² / σ_x level by level, σ_x² the excess of the details' mean square over σ², S. G. Chang, B. Yu and M.
Vetterli, IEEE Trans. Image Processing 9 (2000). Averaged over shifts of the signal, the estimate does not
depend on where the transform's grid lies: R. R. Coifman and D. L. Donoho, "Translation-invariant de-noising"
(1995), "cycle spinning".
"""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pywt
from pydantic import field_validator

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise import noise
from tidemark.denoise.noise import Noise, Spectral


class Options(Frozen):
    """The wavelet, how far down to go, and how to shrink."""

    wavelet: str = "sym5"
    level: Count | None = None
    """Number of halvings; by default until the filter no longer fits the signal. Deeper ones see what the
    signal is continued with, its mirror image."""
    threshold: Literal["universal", "bayes"] = "universal"
    factor: Positive = 1.0
    """Times the threshold."""
    mode: Literal["soft", "hard", "garrote"] = "soft"
    """garrote: H.-Y. Gao, J. Computational and Graphical Statistics 7 (1998), between the two others."""
    shifts: Count = 1
    """Shifts by 0, 1, 2, … samples to average over; 2^level are all that differ."""
    noise: Noise | Spectral = "estimated"
    """Estimated: from the finest details; spectral: from the spectrum."""

    @field_validator("wavelet")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in pywt.wavelist(kind="discrete"):
            raise ValueError("no discrete wavelet of that name; choose for example db4, sym5 or coif3")
        return name


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Shrunk `split["noisy"]`, (signals, channels, length); same shape, float64.

    Raises `InputError` where the signals have fewer samples than the level has halvings.
    """
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    length = noisy.shape[-1]
    level = options.level or max(1, pywt.dwt_max_level(length, options.wavelet))
    if 2**level > length:
        raise InputError(
            f"wavelet: options.level = {level} halves the {length} samples of {info.name!r} until none is "
            f"left; choose at most {length.bit_length() - 1}"
        )
    deviation = _deviation(noisy, options)
    total = np.zeros_like(noisy)
    for shift in range(options.shifts):
        moved = np.pad(noisy, [(0, 0), (0, 0), (shift, 0)], mode="symmetric")
        total += _shrunk(moved, deviation, level, length, options)[..., shift : shift + length]
    return total / options.shifts


def _deviation(noisy: Array, options: Options) -> Array | None:
    """Standard deviation of the noise in signals (…, samples): (…, 1); none where details tell."""
    if options.noise == "estimated":
        return None
    if options.noise == noise.SPECTRAL:
        return np.sqrt(noise.of_spectrum(noisy))
    return np.full((*noisy.shape[:-1], 1), options.noise)


def _shrunk(noisy: Array, deviation: Array | None, level: int, length: int, options: Options) -> Array:
    """Signals (…, samples) through the transform and back; one sample more where their number is odd."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # of levels where every coefficient sees the mirror image
        coarse, *details = pywt.wavedec(noisy, options.wavelet, mode="symmetric", level=level, axis=-1)
    if deviation is None:
        deviation = noise.of_details(details[-1])
    shrunk = [_shrink(d, _threshold(d, deviation, length, options), options.mode) for d in details]
    return np.asarray(pywt.waverec([coarse, *shrunk], options.wavelet, mode="symmetric", axis=-1))


def _threshold(detail: Array, deviation: Array, length: int, options: Options) -> Array:
    """Threshold for one level's `detail`, (signals, channels, coefficients): (signals, channels, 1)."""
    if options.threshold == "universal":
        return np.asarray(options.factor * deviation * np.sqrt(2 * np.log(length)))
    excess = np.mean(np.square(detail), axis=-1, keepdims=True) - np.square(deviation)
    threshold: Array = np.full_like(excess, np.inf)  # no more than noise at this level: all of it goes
    np.divide(np.square(deviation), np.sqrt(np.maximum(excess, 0)), out=threshold, where=excess > 0)
    return options.factor * threshold


def _shrink(detail: Array, threshold: Array, mode: str) -> Array:
    size = np.abs(detail)
    if mode == "hard":
        return np.where(size > threshold, detail, 0.0)
    if mode == "garrote":
        share = np.divide(threshold, size, out=np.ones_like(size), where=size > threshold)
        return np.asarray(detail * (1 - np.square(share)))
    return np.asarray(np.sign(detail) * np.maximum(size - threshold, 0.0))


METHOD = Method(Options, estimate)
