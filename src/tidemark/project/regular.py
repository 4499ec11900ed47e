"""Times of no constant step: rows in order of time, resampled to one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.project import sentinels, zones
from tidemark.project.calendars import calendar
from tidemark.project.table import Table, read_table, read_times, shown
from tidemark.project.tidy import Tidied
from tidemark.signals.recordings.missing import without
from tidemark.signals.recordings.timestamps import LONGEST_GAP, SECONDS, Clock

BRIDGED = 3.0
"""Steps from one value to the next that a line bridges; between those farther apart samples are missing."""
ROUND = 0.05
"""How far the median step may be from a round one that takes its place."""
FEWEST = 0.1
"""Share of samples of the grid without which its step is none of the recording's."""
CLOCK = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800,
         *(3600 * hours for hours in (1, 2, 3, 4, 6, 8, 12, 24, 168))]  # fmt: skip
"""Round steps of dates, in seconds."""
MICRO = 1e6
CLOCKS_SET_BACK = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "Australia/Sydney", "America/Sao_Paulo",
)  # fmt: skip
"""Zones, one for each day and hour at which clocks are set back, that times are tried for."""


def regular(
    path: Path,
    time_column: str | None,
    rate: tuple[float, str] | None,
    missing: Sequence[float] | None = None,
) -> Tidied | None:
    """The table in `path` with one constant step; none where it has one already, no time, or a calendar's.

    The step is that of `rate`, samples per unit, or the median one, rounded. Between rows no farther apart
    than `BRIDGED` steps values are interpolated linearly; with a step well above the median one they are
    means of the rows around each sample. Numbers that stand for missing values, `missing` or those found, are
    no part of either. Raises `InputError` where two rows have the same time, or where a
    grid would be nearly empty.
    """
    times = read_times(path, time_column)
    if len(times) < 3 or not np.isfinite(times).all():
        return None
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    steps = np.diff(ordered)
    if not steps.min() > 0 and times.dtype.kind == "i":
        raise InputError(f"{path}: {_twice(times, ordered[1:][steps == 0][0])}")
    if not 0 < steps.min() <= steps.max() < np.inf:
        return None  # such as two rows of one time, which its reader says
    is_sorted = bool((order == np.arange(len(order))).all())
    notes = [] if is_sorted else ["sorted its rows by time"]
    wrong = None if calendar(ordered) else _irregular(ordered)
    numbers: Sequence[float] = ()
    if wrong is None and is_sorted:
        return None
    table = read_table(path, time_column)
    table = replace(table, values=table.values[:, order], times=ordered)
    if table.left_out:
        notes.append(f"left out columns without numbers: {', '.join(table.left_out)}")
    if wrong is not None:
        step = _step(ordered, rate)
        if steps.max() > LONGEST_GAP * step:
            raise InputError(str(wrong).replace("x: time column 'x'", f"{path}: time column {table.time!r}"))
        numbers = sentinels.find(table.values) if missing is None else missing
        notes += sentinels.said(table.values, numbers, table.names)
        table = replace(table, values=without(table.values, numbers))
        table, note = _resampled(table, step, path)
        notes.insert(0, note)
    return Tidied(table.text(), notes, missing=numbers)


def _twice(times: Array, moment: int) -> str:
    """What to do about two rows of one time, which may be an hour that a clock set back shows twice."""
    rows = np.flatnonzero(times == moment)[:2] + 2
    said = f"rows {rows[0]} and {rows[1]} have one time, {shown(np.array([moment]))[0]}; keep one of them"
    local = times.astype("datetime64[us]")
    for zone in CLOCKS_SET_BACK:
        try:
            steps = np.diff(zones.in_utc(local, zone, "")).astype(np.int64)
        except InputError:
            continue
        if steps.min() > 0:
            return f"{said}, or, where they are times of a clock that was set back, say --time-zone {zone}"
    return said


def _irregular(times: Array) -> InputError | None:
    """What is wrong with times, as the pipeline's reader says it."""
    try:
        Clock("x", "x").positions(times, lambda row: f"row {row + 2}")
    except InputError as error:
        return error
    return None


def _step(times: Array, rate: tuple[float, str] | None) -> float:
    """The step of the grid in the unit of the times: microseconds of dates."""
    is_date = times.dtype.kind == "i"
    if rate is not None:
        return (SECONDS[rate[1]] * MICRO if is_date else 1.0) / rate[0]
    median = float(np.median(np.diff(times)))
    power = 10.0 ** np.floor(np.log10(median))
    near = [factor * power for factor in (1, 2, 2.5, 5, 10)]
    if is_date and median >= 0.9 * MICRO:
        near = [seconds * MICRO for seconds in CLOCK]
    nearest = min(near, key=lambda step: abs(step / median - 1))
    return nearest if abs(nearest / median - 1) <= ROUND else median


def _resampled(table: Table, step: float, path: Path) -> tuple[Table, str]:
    times = table.times
    is_date = times.dtype.kind == "i"
    step = float(round(step)) or 1.0 if is_date else step
    steps = np.diff(times)
    begin = _begin(times, step)
    count = int((times[-1] - begin) / step + 1e-6) + 1
    where = f"{path}: time column {table.time!r}"
    check_limit("memory", 3 * 8 * len(table.names) * count, f"{where}: resampled to {count:,} samples")
    places = (times - begin) / step  # in steps of the grid
    averaged = step > 1.5 * float(np.median(steps))
    put = _means if averaged else _lines
    values = np.stack([put(places, row, count) for row in table.values])
    grid = begin + step * np.arange(count)
    unit, scale = (" s", MICRO) if is_date else ("", 1.0)
    low, median, high = (f"{value / scale:.6g}" for value in (steps.min(), np.median(steps), steps.max()))
    missing = np.isnan(values).all(axis=0)
    spread = f"steps from {low} to {high}{unit}, median {median}{unit}"
    if (~missing).mean() < FEWEST:
        raise InputError(
            f"{where}: {spread}; with one sample every {step / scale:.6g}{unit} {missing.mean():.0%} would "
            "be missing; choose fewer samples with --rate, such as --rate 1/hour"
        )
    gaps = int((missing[1:] & ~missing[:-1]).sum() + missing[0])
    how = "means of the rows around it" if averaged else "linear interpolation"
    lack = (
        f"{missing.sum():,} samples in {gaps:,} gap{'s' if gaps > 1 else ''} "
        f"{'' if averaged else f'of more than {BRIDGED:g} steps '}"
        "stay missing"
        if gaps
        else "no gap"
    )
    note = (
        f"irregular times ({spread}): resampled to one sample every {step / scale:.6g}{unit} by {how}, "
        f"{len(times):,} rows to {count:,} samples, {lack}"
    )
    return replace(table, values=values, times=np.round(grid).astype(np.int64) if is_date else grid), note


def _begin(times: Array, step: float) -> float | int:
    """Where the grid begins: with most of the rows where these are on one, dates else at a round time."""
    if times.dtype.kind != "i":
        return float(times[0])
    whole = int(step)
    phases, counts = np.unique(times % whole, return_counts=True)
    phase = int(phases[counts.argmax()]) if 2 * counts.max() > len(times) else 0
    return int(times[0]) + (phase - int(times[0])) % whole


def _lines(places: Array, values: Array, count: int) -> Array:
    """Values (rows,) at `places`, (rows,) in steps, on a grid (count,); NaN between those too far apart."""
    present = np.isfinite(values)
    known, values = places[present], values[present]
    result = np.full(count, np.nan)
    if not len(known):
        return result
    near = np.round(known)
    known = np.where(np.abs(known - near) < 1e-6, near, known)
    grid = np.arange(count, dtype=np.float64)
    after = np.searchsorted(known, grid)  # the first row that is not before
    inside = (after < len(known)) & ((after > 0) | (grid == known[0]))
    last = np.minimum(after, len(known) - 1)
    width = known[last] - known[np.maximum(last - 1, 0)]
    good = inside & ((width <= BRIDGED + 1e-6) | (grid == known[last]))
    result[good] = np.interp(grid[good], known, values)
    return result


def _means(places: Array, values: Array, count: int) -> Array:
    """Means of the values (rows,) at `places`, (rows,) in steps, nearest to each point of a grid (count,)."""
    present = np.isfinite(values)
    nearest = np.round(places[present]).astype(np.int64)
    inside = (nearest >= 0) & (nearest < count)
    nearest, values = nearest[inside], values[present][inside]
    counts = np.bincount(nearest, minlength=count)
    sums = np.bincount(nearest, values, minlength=count)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
