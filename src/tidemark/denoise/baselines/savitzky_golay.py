"""Savitzky-Golay filter: at each sample, the value of a polynomial fitted to the samples around it.

A. Savitzky and M. J. E. Golay, Analytical Chemistry 36 (1964); `scipy.signal.savgol_filter`. Half a window
from an edge, the polynomial fitted to the outermost window is read off.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.signal import savgol_filter

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


class Options(Frozen):
    """The window, in samples, and the degree of the polynomial."""

    window: Count = 21
    degree: Annotated[int, Field(ge=0)] = 3

    @model_validator(mode="after")
    def _possible(self) -> Options:
        if self.window % 2 == 0:
            raise ValueError(f"window {self.window} has no sample at its centre; choose an odd number")
        if self.degree >= self.window:
            raise ValueError(f"degree {self.degree} needs a window of more than {self.degree} samples")
        return self


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Filtered `split["noisy"]`, (signals, channels, length); same shape, float64.

    Raises `InputError` where the window is longer than the signals.
    """
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    if options.window > noisy.shape[-1]:
        raise InputError(
            f"savitzky_golay: options.window = {options.window} is longer than the signals of {info.name!r} "
            f"({noisy.shape[-1]} samples); choose a shorter window"
        )
    return np.asarray(savgol_filter(noisy, options.window, options.degree, axis=-1))


METHOD = Method(Options, estimate)
