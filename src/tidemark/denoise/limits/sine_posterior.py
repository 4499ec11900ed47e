"""The best any method can do on a sine under uniform noise when told only the law that drew it.

Given y(t) = a sin(ωt + φ) + e(t) with e(t) uniform on [−h, h], and period, amplitude and phase uniform in
known ranges, the posterior is the prior cut down to the curves that pass within h of every sample (Bayes'
rule). Its mean has the least mean squared error of all methods, its median the least absolute error.

At a given frequency and phase the possible amplitudes are one interval, integrated in closed form. The other
two dimensions are cut into cells. A cell goes as soon as no curve in it can be possible, by |∂/∂φ| ≤ a and
|∂/∂ω| ≤ a|t|; a signal's cells are quartered until enough of their centres are possible, and summed by the
midpoint rule, weighted by the interval's width and the prior dp = 2π dω / ω².
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field

from tidemark.core.errors import InputError
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.limits import phase_posterior

CHUNK, CAUSAL_CHUNK = 32, 128
"""Signals at once: bounds the memory."""
FIRST_PHASES = 8
"""Cells around the circle before the first quartering."""
SMALLEST = 1e-12
"""Half-width in radians of the smallest cell: finer ones are lost in float64."""
BISECTIONS = 14
"""Halvings, of the range of values at one sample, in the search for a median."""


class Options(phase_posterior.Options):
    """What is seen, and how finely it is computed."""

    cells: Annotated[int, Field(ge=2)] = 64
    """Least number of possible cell centres that a signal's posterior is summed over."""


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    """Posterior median and mean for `split["noisy"]`, (signals, channels, length); same shape, float64.

    And once more from half as many cells, whose error says what is left of it with all of them.

    Raises `InputError` where the dataset is not made by the sine law with a continuous phase, or a
    signal does not obey it.
    """
    prior = _prior(info)
    noisy = np.asarray(split["noisy"])
    rows = noisy.reshape(-1, noisy.shape[-1])
    chunk = CAUSAL_CHUNK if options.causal else CHUNK
    both = []
    for cells in (options.cells, options.cells // 2):
        result = np.empty((2, *rows.shape))
        for first in range(0, len(rows), chunk):
            part = rows[first : first + chunk]
            result[:, first : first + chunk], lost = _estimate(part, prior, options.causal, cells)
            phase_posterior.check_possible(lost, first, "sine_posterior", info)
        both.append(phase_posterior.answers(*result.reshape(2, *noisy.shape)))
    every, fewer = both
    return Answers(every.best, [fewer.best])


@dataclass(frozen=True)
class _Prior:
    """Ranges of the law, and how near a curve must pass."""

    frequency: tuple[float, float]
    """In radians a sample."""
    amplitude: tuple[float, float]
    tolerance: float


def _prior(info: DatasetInfo) -> _Prior:
    if not {"noise", "offset", "period", "amplitude"} <= set(info.law):
        raise InputError(
            f"sine_posterior: {info.name!r} is not made by the sine law; give the name of a dataset of "
            "generator sine"
        )
    if info.law["offset"] is not None:
        raise InputError(
            f"sine_posterior: {info.name!r} has whole offsets (law.offset = {info.law['offset']}), not a "
            "continuous phase; use phase_posterior"
        )
    shortest, longest = (float(value) for value in np.broadcast_to(info.law["period"], 2))
    smallest, largest = (float(value) for value in np.broadcast_to(info.law["amplitude"], 2))
    noise = float(info.law["noise"])
    # How far float32 arithmetic and storage may have moved a sample from the law.
    angle = 2 * np.pi * (1 + info.length / shortest)
    rounding = float(np.finfo(np.float32).eps) * (largest * (2 + angle) + noise)
    return _Prior((2 * np.pi / longest, 2 * np.pi / shortest), (smallest, largest), noise + rounding)


@dataclass(frozen=True)
class _Cells:
    """Cells of several signals, each array (cells,) but for the bounds."""

    owner: Array
    """Which signal the cell belongs to."""
    frequency: Array
    """At the cell's centre, as is the phase at the signal's middle."""
    phase: Array
    anywhere: Array
    """(2, cells): bounds of the amplitudes that may be possible somewhere in the cell."""
    centre: Array
    """(2, cells): bounds of the amplitudes that are possible at its centre."""

    def those(self, which: Array) -> _Cells:
        """The cells of these indices."""
        return _Cells(*(array.take(which, axis=-1) for array in vars(self).values()))

    def and_those(self, others: _Cells) -> _Cells:
        """Both together."""
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        return _Cells(*(np.concatenate(pair, axis=-1) for pair in pairs))

    @property
    def possible(self) -> Array:
        """Whether each cell's centre is possible, (cells,)."""
        return np.asarray(self.centre[0] <= self.centre[1])


def _estimate(rows: Array, prior: _Prior, causal: bool, enough: int) -> tuple[Array, Array]:
    """Median and mean for rows (n, length), (2, n, length), and whether each row breaks the law, (n,)."""
    signal = rows.T.astype(np.float64)
    length, count = signal.shape
    result = np.zeros((2, *signal.shape))
    cells, size = _first_cells(count, length, prior)
    blocks = [slice(t, t + 1) for t in range(length)] if causal else [slice(0, length)]
    for block in blocks:
        cells = _look(cells, size, signal, block, prior)
        cells, size = _quartered(cells, size, signal, slice(0, block.stop), prior, enough)
        possible = np.flatnonzero(cells.possible)
        summed = cells.those(possible[np.argsort(cells.owner[possible], kind="stable")])
        lost = np.bincount(summed.owner, minlength=count) == 0
        if lost.any():
            break
        unit = _curves(summed, block, length).imag
        result[:, block] = _median(summed, unit), _mean(summed, unit)
    return result.swapaxes(1, 2), lost


def _curves(cells: _Cells, samples: slice, length: int) -> Array:
    """exp(i (ωt + φ)) at the cells' centres, (samples, cells): curves of amplitude 1 and their slopes."""
    # The phase is that at the signal's middle, where it is least entangled with the frequency.
    first = cells.frequency * (samples.start - (length - 1) / 2) + cells.phase
    curves = np.empty((samples.stop - samples.start, len(first)), dtype=np.complex128)
    curves.real[0], curves.imag[0] = np.cos(first), np.sin(first)
    if len(curves) > 1:
        step = np.exp(1j * cells.frequency)
        for now, following in pairwise(curves):
            np.multiply(now, step, out=following)
    return curves


def _first_cells(count: int, length: int, prior: _Prior) -> tuple[_Cells, Array]:
    """Cells that cover the prior, and the half-widths of each signal's in frequency and phase, (2, n)."""
    low, high = prior.frequency
    half_phase = np.pi / FIRST_PHASES
    columns = max(1, round((high - low) * length / 4 / half_phase))
    half_frequency = (high - low) / columns / 2
    frequency = low + half_frequency * (2 * np.arange(columns) + 1)
    phase = half_phase * (2 * np.arange(FIRST_PHASES) + 1)
    cells = _unseen(
        np.repeat(np.arange(count), columns * FIRST_PHASES),
        np.tile(np.repeat(frequency, FIRST_PHASES), count),
        np.tile(phase, count * columns),
        prior,
    )
    return cells, np.repeat(np.array([[half_frequency], [half_phase]]), count, axis=1)


def _unseen(owner: Array, frequency: Array, phase: Array, prior: _Prior) -> _Cells:
    """Cells whose amplitudes only the prior bounds."""
    bounds = np.repeat(np.array(prior.amplitude)[:, None], len(owner), axis=1)
    return _Cells(owner, frequency, phase, bounds, bounds)


def _look(cells: _Cells, size: Array, signal: Array, samples: slice, prior: _Prior) -> _Cells:
    """Narrow the cells' bounds by some samples of the signals (length, n); drop impossible cells."""
    length = len(signal)
    far = np.abs(np.arange(samples.start, samples.stop) - (length - 1) / 2)
    half = size.take(cells.owner, axis=1)
    turned = half[0] * far[:, None] + half[1]  # most that the angle differs within a cell
    curves = _curves(cells, samples, length)
    steep = np.abs(curves.imag)
    inputs = signal[samples].take(cells.owner, axis=1)
    inputs *= np.copysign(1.0, curves.imag)  # as if the curve were positive everywhere
    # |sin(x + d) - sin x| is at most |d|, and at most |cos x| |d| + d² / 2.
    moved = turned * np.minimum(np.abs(curves.real) + turned / 2, 1)
    anywhere = _narrowed(cells.anywhere, inputs, steep + moved, steep - moved, prior.tolerance)
    alive = np.flatnonzero(anywhere[0] <= anywhere[1])
    inputs, steep = inputs.take(alive, axis=1), steep.take(alive, axis=1)
    cells = replace(cells, anywhere=anywhere).those(alive)
    return replace(cells, centre=_narrowed(cells.centre, inputs, steep, steep, prior.tolerance))


def _narrowed(bounds: Array, inputs: Array, steepest: Array, gentlest: Array, tolerance: float) -> Array:
    """Bounds (2, cells) on the amplitudes that bring a curve within the tolerance of what is given.

    The curve is amplitude times something from `gentlest` to `steepest`; all (samples, cells).
    """
    lower = (inputs - tolerance) / np.maximum(steepest, 1e-300)
    # A curve that may be zero bounds no amplitude from above: the quotient is then huge.
    upper = np.maximum(inputs + tolerance, 1e-150) / np.maximum(gentlest, 1e-300)
    # A missing sample bounds nothing: fmax and fmin pass over NaN.
    return np.stack([np.fmax(bounds[0], np.fmax.reduce(lower)), np.fmin(bounds[1], np.fmin.reduce(upper))])


def _quartered(
    cells: _Cells, size: Array, signal: Array, seen: slice, prior: _Prior, enough: int
) -> tuple[_Cells, Array]:
    """Quarter the cells of each signal until enough of their centres are possible given the samples seen."""
    count = signal.shape[1]
    while True:
        possible = np.bincount(cells.owner[cells.possible], minlength=count)
        present = np.bincount(cells.owner, minlength=count) > 0
        wanting = (possible < enough) & present & (size[1] > SMALLEST)
        if not wanting.any():
            return cells, size
        size = np.where(wanting, size / 2, size)
        parent = wanting[cells.owner]
        parents, others = cells.those(np.flatnonzero(parent)), cells.those(np.flatnonzero(~parent))
        half = size.take(parents.owner, axis=1)
        # Where the period is known, cells are halved.
        corners = [(i, j) for i in ((-1, 1) if size[0].any() else (0,)) for j in (-1, 1)]
        children = _unseen(
            np.tile(parents.owner, len(corners)),
            np.concatenate([parents.frequency + i * half[0] for i, _ in corners]),
            np.concatenate([parents.phase + j * half[1] for _, j in corners]),
            prior,
        )
        cells = others.and_those(_look(children, size, signal, seen, prior))


def _weight(cells: _Cells) -> Array:
    """Posterior probability of each cell, (cells,), up to a factor that a signal's cells share."""
    width = cells.centre[1] - cells.centre[0]
    # A known amplitude leaves no width: every possible cell then counts alike.
    return np.asarray((width if width.any() else 1.0) / np.square(cells.frequency))


def _starts(cells: _Cells) -> Array:
    """Index of each signal's first cell, (n,); every signal has one, and its cells lie together."""
    return np.flatnonzero(np.diff(cells.owner, prepend=-1))


def _mean(cells: _Cells, unit: Array) -> Array:
    """Posterior mean of each sample, (samples, n); `unit` (samples, cells)."""
    weight, starts = _weight(cells), _starts(cells)
    total = np.add.reduceat(weight * cells.centre.mean(axis=0) * unit, starts, axis=1)
    return np.asarray(total / np.add.reduceat(weight, starts))


def _median(cells: _Cells, unit: Array) -> Array:
    """Posterior median of each sample, (samples, n), by bisection; `unit` (samples, cells).

    Within a cell, values are spread evenly between those of the least and the greatest amplitude.
    """
    starts, weight = _starts(cells), _weight(cells)
    share = weight / np.add.reduceat(weight, starts)[cells.owner]
    ends = cells.centre[0] * unit, cells.centre[1] * unit
    least, greatest = np.minimum(*ends), np.maximum(*ends)
    spread = np.maximum(greatest - least, 1e-12)
    low, high = np.minimum.reduceat(least, starts, axis=1), np.maximum.reduceat(greatest, starts, axis=1)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        part = np.clip((middle.take(cells.owner, axis=1) - least) / spread, 0, 1)
        below = np.add.reduceat(share * part, starts, axis=1) < 0.5
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


LIMIT = Limit(Options, answer)
