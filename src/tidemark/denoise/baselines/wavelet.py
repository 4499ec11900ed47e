"""Wavelet shrinkage: transform, shrink the detail coefficients towards zero, transform back.

Noise level σ: median absolute value of the finest details / 0.6745. Thresholds: `universal`, σ √(2 ln
length), D. L. Donoho and I. M. Johnstone, Biometrika 81 (1994); `bayes`, σ² / σ_x level by level, σ_x² the
excess of the details' mean square over σ², S. G. Chang, B. Yu and M. Vetterli, IEEE Trans. Image Processing 9
(2000).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pywt
from pydantic import field_validator

from tidemark.core import gaps
from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Method

NORMAL_MEDIAN = 0.6744897501960817
"""Median of the absolute value of a standard normal variable."""


class Options(Frozen):
    """The wavelet, how far down to go, and how to shrink."""

    wavelet: str = "sym5"
    level: Count | None = None
    """Number of halvings; by default, and at most, until the filter no longer fits the signal."""
    threshold: Literal["universal", "bayes"] = "universal"
    mode: Literal["soft", "hard"] = "soft"

    @field_validator("wavelet")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in pywt.wavelist(kind="discrete"):
            raise ValueError("no discrete wavelet of that name; choose for example db4, sym5 or coif3")
        return name


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Shrunk `split["noisy"]`, (signals, channels, length); same shape, float64."""
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    length = noisy.shape[-1]
    deepest = max(1, pywt.dwt_max_level(length, options.wavelet))
    level = min(options.level or deepest, deepest)
    coarse, *details = pywt.wavedec(noisy, options.wavelet, mode="symmetric", level=level, axis=-1)
    deviation = np.median(np.abs(details[-1]), axis=-1, keepdims=True) / NORMAL_MEDIAN
    shrunk = [_shrink(d, _threshold(d, deviation, length, options), options) for d in details]
    back = pywt.waverec([coarse, *shrunk], options.wavelet, mode="symmetric", axis=-1)
    return np.asarray(back[..., :length])  # one sample more than an odd length


def _threshold(detail: Array, deviation: Array, length: int, options: Options) -> Array:
    """Threshold for one level's `detail`, (signals, channels, coefficients): (signals, channels, 1)."""
    if options.threshold == "universal":
        return np.asarray(deviation * np.sqrt(2 * np.log(length)))
    excess = np.mean(np.square(detail), axis=-1, keepdims=True) - np.square(deviation)
    threshold: Array = np.full_like(excess, np.inf)  # no more than noise at this level: all of it goes
    np.divide(np.square(deviation), np.sqrt(np.maximum(excess, 0)), out=threshold, where=excess > 0)
    return threshold


def _shrink(detail: Array, threshold: Array, options: Options) -> Array:
    if options.mode == "hard":
        return np.where(np.abs(detail) > threshold, detail, 0.0)
    return np.asarray(np.sign(detail) * np.maximum(np.abs(detail) - threshold, 0.0))


METHOD = Method(Options, estimate)
