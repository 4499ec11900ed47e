"""Rows on a grid of evenly spaced samples at the windows' rate, from the recording's first row on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.classify.studies.checks import GRAVITY, LONGER, Unit, usual_step
from tidemark.classify.studies.resampling import ratio_of, resampled
from tidemark.classify.studies.rows import Rows
from tidemark.core.store import Array

CLOSE = 1e-3
"""Share of a step by which a time may miss its place on the grid for rounding."""
STRAY = 1.0
"""Steps by which a row of a stretch may stray from an even spacing, and still count as in its place."""


@dataclass(frozen=True)
class Samples:
    """Samples in order of time; there is none where rows are missing."""

    values: Array
    """(3, samples) float32 g; NaN is missing"""
    position: Array
    """(samples,) int64 place on the grid, rising; the recording's first row is 0"""
    time: Array
    """(samples,) int64 nanoseconds since 1970"""
    code: Array
    """(samples,) int32 place among the dictionary's annotations; -1 where there is none"""


def on_grid(path: Path, rows: Rows, rate: float, unit: Unit, shortest: int) -> Samples:
    """Samples of `rate` a second in g from rows with rising times, at least two.

    The rate of the file is measured: rows over time, in the stretches without a gap. If it is `rate`, rows
    are only given their places, so that jitter of the times does no harm; otherwise each stretch is
    resampled. Stretches of fewer than `shortest` samples need no values, and may get NaN. Raises `InputError`
    if the file's rate is none to speak of.
    """
    usual = usual_step(path, rows.time, rate)
    gaps = np.flatnonzero(np.diff(rows.time) > LONGER * usual) + 1
    starts = np.concatenate([[0], gaps])
    counts = np.diff(starts, append=len(rows.time))
    spans = rows.time[starts + counts - 1] - rows.time[starts]
    measured = 1e9 * float((counts - 1).sum()) / float(spans.sum()) if spans.any() else 1e9 / usual
    values = rows.values / np.float32(GRAVITY) if unit == "m/s2" else rows.values
    ratio = ratio_of(rate, measured, int(counts.max()))
    if ratio == 1:
        position = _positions(rows.time, starts, counts, rate)
        return Samples(values, position, rows.time, rows.code)
    return Samples(*resampled(values, rows.time, rows.code, starts, counts, ratio, rate, shortest))


def _positions(time: Array, starts: Array, counts: Array, rate: float) -> Array:
    """Place of each row, (rows,) int64: in a stretch one after the other, unless times stray from that."""
    first = np.floor((time[starts] - time[0]) * (rate / 1e9) + CLOSE).astype(np.int64)
    index = np.arange(len(time)) - np.repeat(starts, counts)
    strays = (time - np.repeat(time[starts], counts)) * (rate / 1e9) - index
    worst = np.maximum.reduceat(np.abs(strays), starts)
    position = np.repeat(first, counts) + index
    if (worst >= STRAY).any():
        position += np.where(np.repeat(worst, counts) < STRAY, 0, np.rint(strays).astype(np.int64))
    return np.asarray(position)
