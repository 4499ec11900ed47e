"""Whether the rows of a participant's file can be what they are said to be: order, rate, unit."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

Unit = Literal["g", "m/s2"]
GRAVITY = 9.80665
"""m/s² in a g (standard gravity)."""
AT_REST = (0.5, 2.0)
"""Median norm of a worn accelerometer, in g: most of the time hardly more than gravity acts on it."""
LONGER, SHORTER = 1.5, 0.5
"""A step of more than so many usual ones is a gap; one of less is uneven."""
UNEVEN = 0.1
"""Largest share of steps that are far from the usual one."""
LOWEST, HIGHEST = 0.25, 100.0
"""Least and largest sampling rate of a file, as a multiple of the windows' one."""
FIRST_ROW = 2
"""Row of the first sample: the header is row 1."""
MANY = 200_000
"""Samples that a median is taken of."""


def check_order(path: Path, time: Array) -> None:
    """Raise `InputError`, naming the row, unless times (rows,) rise from row to row."""
    if bool((time[1:] > time[:-1]).all()):
        return
    index = int((time[1:] <= time[:-1]).argmax()) + 1
    row, now, before = index + FIRST_ROW, shown(time[index]), shown(time[index - 1])
    if now == before:
        fault = f"is the time of row {row - 1} too; keep one row for each time"
    else:
        fault = f"comes before {before} of row {row - 1}; sort the rows by time"
    raise InputError(f"{path}: row {row}: {now} {fault}")


def usual_step(path: Path, time: Array, needed: float) -> float:
    """Median step of rising times (rows,) in nanoseconds.

    Raises `InputError` if steps are uneven, or if their rate cannot give windows of `needed` samples a
    second.
    """
    steps = np.diff(time)
    usual = float(np.median(steps))
    rate = 1e9 / usual
    if not LOWEST * needed <= rate <= HIGHEST * needed:
        raise InputError(
            f"{path}: row {FIRST_ROW + 1}: rows are {usual / 1e6:g} ms apart, {rate:g} a second, too "
            f"{'few' if rate < needed else 'many'} for windows of {needed:g} samples a second; fix the "
            "times, or set sampling_rate"
        )
    uneven = (steps < SHORTER * usual) | (steps > LONGER * usual)
    if len(steps) > 10 and uneven.mean() > UNEVEN:
        index = int(uneven.argmax())
        raise InputError(
            f"{path}: row {index + 1 + FIRST_ROW}: {steps[index] / 1e6:g} ms after the row before, where "
            f"{usual / 1e6:g} ms is usual, and so {uneven.mean():.0%} of the rows; expected a steady rate"
        )
    return usual


def check_unit(where: str, values: Array, unit: Unit) -> None:
    """Raise `InputError`, naming `where`, unless the median norm of values (3, samples) is about 1 g.

    NaN are missing.
    """
    median = median_norm(values)
    low, high = AT_REST
    fits = {"g": low <= median <= high, "m/s2": low <= median / GRAVITY <= high}
    if np.isnan(median) or fits[unit]:
        return
    other = next((name for name, good in fits.items() if good), None)
    raise InputError(
        f"{where}: the median norm of the acceleration is {median:.3g}, where "
        f"about {1 if unit == 'g' else 9.8} {unit} is expected of a worn sensor; "
        + (f"set units: {other}" if other else "fix the values: neither g nor m/s2")
    )


def median_norm(values: Array) -> float:
    """Median norm of values (3, samples), NaN missing; of many samples that of some; NaN of none."""
    some = values[:, :: max(1, values.shape[1] // MANY)].astype(np.float64)
    norms = np.sqrt((some**2).sum(0))
    norms = norms[np.isfinite(norms)]
    return float(np.median(norms)) if len(norms) else float("nan")


def at_one_g(where: str, values: Array) -> Array:
    """Values (3, samples), NaN missing, in the unit in which their median norm is that of gravity alone.

    Raises `InputError`, naming `where`, if that is nothing.
    """
    median = median_norm(values)
    if not median > 0:
        raise InputError(f"{where}: the median norm of the acceleration is {median:g}; nothing to rescale by")
    return np.asarray(values / np.float32(median))


def shown(time: Array | int) -> str:
    """A time in nanoseconds since 1970, as a file writes it, without needless zeros."""
    return str(np.datetime64(int(time), "ns")).replace("T", " ").rstrip("0").rstrip(".")
