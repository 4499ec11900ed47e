"""Least squares on the sines and cosines that signals of the lincomb law can be made of.

Every sum of functions of period 2π/f, whatever its offset, lies in the span of 1, sin kfx and cos kfx. Told
the law's frequencies but not the offset, nor that it is the same for all functions, no estimate without bias
is better on Gaussian noise than the projection onto that span (Gauss–Markov): of the noise's power σ², d /
length is left, d the number of directions; 13 for six sines. It can be beaten: by who knows that the offset
is one, how large coefficients are, or that signals range from 0 to 1. Of exp(sin fx) and sin(cos fx) as many
harmonics are taken as leave less than 0.001 in all. A power of |x| has no period: there `offset_likelihood`
serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import NoOptions
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.lincomb_signals import checked

REMAINDER = 1e-3
"""Most that the harmonics left out may add up to, where the function's coefficient is 1."""
INDEPENDENT = 1e-6
"""Directions shorter than this, the longest being 1, are rounding errors of the others."""


def estimate(split: Split, info: DatasetInfo, options: NoOptions) -> Array:
    """`split["noisy"]` (signals, channels, length) projected onto the law's harmonics; same shape, float64.

    Raises `InputError` where the dataset is not of the lincomb law, has powers, or lacks samples.
    """
    noisy = checked(split, info, "harmonic_projection").astype(np.float64)
    for place, function in enumerate(info.law["functions"]):
        if function["power"] is not None:
            raise InputError(
                f"harmonic_projection: function {place} of {info.name!r} has the power {function['power']:g} "
                "and so no harmonics; use the oracle offset_likelihood"
            )
    axis = np.linspace(0, 2 * np.pi * info.law["cycles"], noisy.shape[-1])
    angle = axis[:, None] * np.array(frequencies(info.law["functions"]))
    basis = np.concatenate([np.ones((len(axis), 1)), np.sin(angle), np.cos(angle)], axis=1)
    left, size, _ = np.linalg.svd(basis, full_matrices=False)
    directions = left[:, size > INDEPENDENT * size[0]]  # an orthonormal basis of the span, (length, d)
    return np.asarray(noisy @ directions @ directions.T)


def frequencies(functions: list[Mapping[str, Any]]) -> list[float]:
    """Frequencies of the sines and cosines that make up the functions, ascending."""
    return sorted({k * function["frequency"] for function in functions for k in _harmonics(function["form"])})


def _harmonics(form: str) -> list[int]:
    """Which multiples of its frequency a function is made of."""
    turn = 2 * np.pi * np.arange(64) / 64
    function = {
        "sine": np.sin(turn),
        "sine_cosine": np.sin(turn) * np.cos(turn),
        "exponential_sine": np.exp(np.sin(turn)),
        "sine_of_cosine": np.sin(np.cos(turn)),
    }[form]
    size = 2 * np.abs(np.fft.rfft(function)[1:-1]) / 64
    left_out = np.cumsum(size[::-1])[::-1] - size  # by all harmonics above
    last = int(np.argmax(left_out < REMAINDER))
    return [k + 1 for k in range(last + 1) if size[k] > 1e-12]


METHOD = Method(NoOptions, estimate)
