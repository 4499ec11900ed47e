"""A few sinusoids of any frequency and a constant, fitted to each signal by least squares.

One sinusoid after another is taken from the peak of the residual's periodogram; after each, all
frequencies are refined together by Gauss-Newton steps (relaxation: J. Li and P. Stoica, IEEE Trans.
Signal Processing 44 (1996)). For white Gaussian noise that is maximum likelihood. How many there are:
the least of n ln(misfit) + penalty · k · ln n, Schwarz's criterion (Annals of Statistics 6 (1978))
where the penalty is 3, for k frequencies and their amplitudes and phases; 5 is asymptotically right,
since a frequency is known more sharply than an amplitude (P. M. Djurić, IEEE Trans. Signal Processing
44 (1996)).
"""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

OVERSAMPLING = 4
"""Grid frequencies per resolution cell (1 / length)."""
STEPS = 3
"""Gauss-Newton steps after each new sinusoid."""
CHUNK = 256
"""Signals fitted at once: bounds the memory."""


class Options(Frozen):
    """How many sinusoids there may be, and what another one has to gain."""

    components: Count = 6
    """At most."""
    penalty: NonNegative = 5.0
    """Of a sinusoid, times ln(samples); 0 takes as many as allowed."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """The fitted sum for each of `split["noisy"]`, (signals, channels, length), gaps interpolated first.

    Same shape, float64. Raises `InputError` where the sum has as many unknowns as a signal has samples.
    """
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    length = noisy.shape[-1]
    if 3 * options.components + 1 >= length:
        raise InputError(
            f"line_spectrum: options.components = {options.components} has {3 * options.components + 1} "
            f"unknowns for the {length} samples of {info.name!r}; choose fewer"
        )
    rows = noisy.reshape(-1, length)
    fits = [_fit(rows[first : first + CHUNK], options) for first in range(0, len(rows), CHUNK)]
    return np.concatenate(fits).reshape(noisy.shape)


def _fit(rows: Array, options: Options) -> Array:
    """Sums of sinusoids for signals (count, length): the same shape."""
    length = rows.shape[1]
    frequency = np.empty((len(rows), 0))
    fit = np.broadcast_to(rows.mean(1, keepdims=True), rows.shape)
    best, least = fit, _criterion(rows - fit, 0, options.penalty)
    for count in range(1, options.components + 1):
        frequency = np.concatenate([frequency, _peak(rows - fit)[:, None]], axis=1)
        for _ in range(STEPS):
            frequency = np.clip(frequency + _step(rows, frequency), 0.25 / length, 0.5 - 0.25 / length)
        fit = _least_squares(rows, frequency)[0]
        criterion = _criterion(rows - fit, count, options.penalty)
        better = criterion < least
        best, least = np.where(better[:, None], fit, best), np.where(better, criterion, least)
    return best


def _criterion(residual: Array, components: int, penalty: float) -> Array:
    length = residual.shape[1]
    misfit = np.maximum(np.square(residual).sum(1), np.finfo(np.float64).tiny)
    return np.asarray(length * np.log(misfit) + penalty * components * np.log(length))


def _peak(residual: Array) -> Array:
    """Frequency of the highest peak of each periodogram, (count,), in cycles a sample."""
    size = OVERSAMPLING * residual.shape[1]
    power = np.square(np.abs(np.fft.rfft(residual, size)))
    lowest = OVERSAMPLING // 2  # below half a cycle a signal, a sinusoid is a constant and a slope
    return np.asarray((power[:, lowest:-1].argmax(1) + lowest) / size)


def _least_squares(rows: Array, frequency: Array) -> tuple[Array, Array, Array, Array]:
    """Fit (count, length) at frequencies (count, k); its basis, coefficients (constant first), and time."""
    time = np.arange(rows.shape[1]) - (rows.shape[1] - 1) / 2
    turn = 2 * np.pi * frequency[:, :, None] * time
    basis = np.concatenate([np.ones_like(turn[:, :1]), np.cos(turn), np.sin(turn)], axis=1)
    gram = basis @ basis.swapaxes(1, 2)
    moment = basis @ rows[:, :, None]
    # Two sinusoids may meet; a little on the diagonal keeps their amplitudes finite.
    gram += 1e-9 * rows.shape[1] * np.eye(gram.shape[1])
    coefficients = np.linalg.solve(gram, moment)
    return (coefficients.swapaxes(1, 2) @ basis)[:, 0], basis, coefficients[..., 0], time


def _step(rows: Array, frequency: Array) -> Array:
    """Gauss-Newton step of all frequencies, (count, k), amplitudes being those of least squares.

    No longer than half a resolution cell. Amplitudes move along: the derivatives are taken orthogonal to the
    basis (variable projection: L. Kaufman, BIT 15 (1975)).
    """
    length, count = rows.shape[1], frequency.shape[1]
    fit, basis, coefficients, time = _least_squares(rows, frequency)
    cosine, sine = basis[:, 1 : count + 1], basis[:, count + 1 :]
    a, b = coefficients[:, 1 : count + 1, None], coefficients[:, count + 1 :, None]
    slope = 2 * np.pi * time * (b * cosine - a * sine)  # of the fit, by each frequency: (count, k, length)
    gram = basis @ basis.swapaxes(1, 2) + 1e-9 * length * np.eye(basis.shape[1])
    cross = basis @ slope.swapaxes(1, 2)
    slope = slope - np.linalg.solve(gram, cross).swapaxes(1, 2) @ basis
    curvature = slope @ slope.swapaxes(1, 2)
    trace = np.einsum("nii->n", curvature)[:, None, None]
    curvature += (1e-9 * trace + np.finfo(np.float64).tiny) * np.eye(count)
    step = np.linalg.solve(curvature, slope @ (rows - fit)[:, :, None])[..., 0]
    return np.asarray(np.clip(step, -0.5 / length, 0.5 / length))


METHOD = Method(Options, estimate)
