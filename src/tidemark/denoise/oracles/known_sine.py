"""Least squares of a sine of known period, and perhaps amplitude: two numbers are left to fit, or one.

For Gaussian noise maximum likelihood; under the law's uniform noise `limits/phase_posterior`, told the same,
is far better.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.baselines import least_squares_sine
from tidemark.denoise.baselines.least_squares_sine import basis, curves_of, normal_equations, rows_of


class Options(Frozen):
    """What else is known."""

    amplitude: Literal["known", "fitted"] = "fitted"
    """`known`: each signal's own, as drawn by the law; then only the phase is fitted."""


def told(options: Options) -> list[str]:
    """What is known of each signal."""
    return ["period", "amplitude"] if options.amplitude == "known" else ["period"]


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """The fitted sine for each of `split["noisy"]`, (signals, channels, length); same shape, float64.

    Gaps are left out; a signal with no present sample gets zeros where the amplitude is fitted. Raises
    `InputError` where the split lacks a `period` or `amplitude`, each (signals,), that is to be known.
    """
    noisy = np.asarray(split["noisy"])

    def known(key: str) -> Array:
        if key not in split:
            raise InputError(
                f"known_sine: {info.name!r} does not say its signals' {key}; use the baseline "
                "least_squares_sine, which fits it"
            )
        return np.repeat(np.asarray(split[key], dtype=np.float64), noisy.shape[1])

    frequency, plain = 1 / known("period"), least_squares_sine.Options()
    rows, weight = rows_of(noisy)
    if options.amplitude == "fitted":
        return curves_of(frequency, rows, weight, plain).reshape(noisy.shape)
    curves = basis(frequency, rows.shape[-1], plain)
    coefficients = _on_circle(*normal_equations(curves, rows, weight), known("amplitude"))
    return np.asarray(np.einsum("ni,nil->nl", coefficients, curves).reshape(noisy.shape))


def _on_circle(gram: Array, moment: Array, amplitude: Array) -> Array:
    """Coefficients of sine and cosine, (count, 2), of least squares among those of a given amplitude.

    With v = a (cos φ, sin φ), the misfit vᵀ G v − 2 mᵀ v is a trigonometric polynomial of degree 2
    in φ: a grid finds its lowest valley, Newton steps the bottom.
    """

    def at(phase: Array) -> tuple[Array, Array]:
        direction = np.stack([np.cos(phase), np.sin(phase)], axis=-1)
        normal = np.stack([-np.sin(phase), np.cos(phase)], axis=-1)
        return amplitude[:, None, None] * direction, amplitude[:, None, None] * normal

    def times(v: Array) -> Array:
        return np.asarray(np.einsum("nij,npj->npi", gram, v))

    grid = np.broadcast_to(np.linspace(0, 2 * np.pi, 64, endpoint=False), (len(gram), 64))
    v, _ = at(grid)
    misfit = ((times(v) - 2 * moment[:, None]) * v).sum(-1)
    phase = np.take_along_axis(grid, misfit.argmin(axis=-1, keepdims=True), -1)
    for _ in range(8):
        v, normal = at(phase)
        residual = times(v) - moment[:, None]
        slope = (residual * normal).sum(-1)
        curvature = (times(normal) * normal).sum(-1) - (residual * v).sum(-1)
        step = np.divide(slope, curvature, out=np.zeros_like(slope), where=curvature > 0)
        phase = phase - np.clip(step, -0.1, 0.1)
    return at(phase)[0][:, 0]


METHOD = Method(Options, estimate, told=told)
