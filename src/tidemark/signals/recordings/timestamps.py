"""Times of a recording's rows: one constant step, what sampling rate that is, which rows are missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

Place = Callable[[int], str]
"""From a row's index in a batch to where that is in the file; see `Batch.place`."""
SECONDS = {"s": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
"""Seconds in each unit of time that a sampling rate may count samples per."""
SAMPLE = "sample"
"""The unit of signals without a time of their own: any recording has one sample per sample."""
LONGEST_GAP = 1_000_000
"""Missing rows in one gap that are still filled with missing samples."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The first and the last microsecond of the years 1 to 9999, since 1970."""
COMPACT_DATE = re.compile(r"(1[5-9]|20|21)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def check_unit(unit: str, file_name: str) -> None:
    """Raise `InputError` unless `unit` is a unit of time that a sampling rate may count per."""
    if unit != SAMPLE and unit not in SECONDS:
        raise InputError(
            f"{file_name}: rate_unit = {unit!r}: expected one of {', '.join([*SECONDS, SAMPLE])}"
        )


def parse_date(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 date, with or without a time of day; `ValueError` if none.

    A date without a time zone counts as UTC.
    """
    date = datetime.fromisoformat(text)
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    moment = (date - EPOCH) // timedelta(microseconds=1)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(text)  # in UTC it is in another year
    return moment


def are_representable(times: Array) -> Array:
    """Which microseconds since 1970, (rows,) int64, are dates of the years 1 to 9999, (rows,) bool."""
    return np.asarray((times >= EARLIEST) & (times <= LATEST))


def is_date(text: str) -> bool:
    """Whether `text` is an ISO 8601 date."""
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def are_compact_dates(texts: Sequence[str]) -> bool:
    """Whether all texts are dates written as eight digits, such as 19580329."""
    return bool(texts) and all(COMPACT_DATE.fullmatch(text) for text in texts)


class Clock:
    """Turns the times of successive rows into positions on a grid of constant step.

    The step is the usual one among the first rows. A multiple of it is a gap; times may deviate from the grid
    by the last digit they are written with, at most a twentieth of the step.
    """

    def __init__(self, file_name: str, name: str) -> None:
        """Check the column called `name` of the recording in `file_name`."""
        self.where = f"{file_name}: time column {name!r}"
        self._step: float | None = None
        self._usual = ""
        self._digit = 0.0
        self._tolerance = 0.0
        self._span = 0.0
        self._last: Array | None = None
        self._last_place = ""
        self._position = 0
        self.dates = False
        self.first: str | float | None = None
        """Time of the first row: ISO 8601 if the column holds dates."""

    def positions(self, times: Array, place: Place) -> Array:
        """Positions of the next rows, at `times`: (rows,) int64; the recording's first row is 0."""
        missing = ~np.isfinite(times)
        if missing.any():
            row = int(missing.argmax())
            raise InputError(f"{self.where}, {place(row)}: no time; every row needs one")
        if self._last is None:
            self.dates = times.dtype.kind == "i"
            self.first = _shown(times[0])
            joined = times
        else:
            joined = np.concatenate([self._last, times])
        offset = len(times) - len(joined) + 1  # of a step's later row in this batch
        steps = np.diff(joined) / 1e6 if self.dates else np.diff(joined)
        if len(steps) and self._step is None:
            self._learn(joined, steps)
        moves = self._check(place, joined, steps, offset)
        positions = self._position + np.cumsum(moves)
        if self._last is None:
            positions = np.concatenate([[0], positions])
        self._last = times[-1:]
        self._last_place = place(len(times) - 1)
        self._position = int(positions[-1])
        return positions.astype(np.int64)

    def _learn(self, times: Array, steps: Array) -> None:
        forward = np.sort(steps[steps > 0])
        usual = float(forward[(len(forward) - 1) // 2]) if len(forward) else 1.0
        self._digit = _last_digit((times[:1000] - times[0]) / 1e6 if self.dates else times[:1000])
        near = np.abs(steps - usual) <= max(0.05 * usual, min(self._digit, 0.2 * usual))
        self._step = float(steps[near].mean()) if near.any() else usual
        self._usual = f"{usual:.6g}{' s' if self.dates else ''}"
        self._tolerance = min(max(1e-3 * self._step, self._digit), 0.05 * self._step)
        self._span = float(steps.sum())

    def _check(self, place: Place, times: Array, steps: Array, offset: int) -> Array:
        """Grid steps between successive rows; raises `InputError` at the first that is not regular."""
        if self._step is None:
            return np.zeros(0)
        moves = np.round(steps / self._step)
        wrong = (moves < 1) | (np.abs(steps - moves * self._step) > self._tolerance)
        wrong |= moves > LONGEST_GAP
        if not wrong.any():
            return moves
        index = int(wrong.argmax())
        row = index + offset
        before = place(row - 1) if row else self._last_place
        time, earlier = _shown(times[index + 1]), _shown(times[index])
        where = f"{self.where}, {place(row)}"
        if steps[index] == 0:
            raise InputError(f"{where}: {time} is the time of {before} too; keep one row for each time")
        if steps[index] < 0:
            raise InputError(f"{where}: {time} comes before {earlier} of {before}; sort the rows by time")
        if moves[index] > LONGEST_GAP:
            raise InputError(
                f"{where}: {time} is {moves[index]:.0f} steps after {earlier} of {before}, more than the "
                f"{LONGEST_GAP} that are filled; split the file at this gap"
            )
        raise InputError(
            f"{where}: {time} is {steps[index]:.6g}{' s' if self.dates else ''} after {earlier} of {before}, "
            f"where the regular step is {self._usual}; resample to one constant step, or fix the row"
        )

    def rate(self, unit: str) -> float | None:
        """Samples per `unit`; None with fewer than two rows. Times that are numbers count in `unit`."""
        if unit == SAMPLE:
            return 1.0
        if self._step is None:
            return None
        per_unit = SECONDS[unit] / self._step if self.dates else 1 / self._step
        return float(f"{per_unit:.9g}")

    def agrees(self, rate: float, unit: str) -> bool:
        """Whether the times may be those of a recording with `rate` samples per `unit`."""
        measured = self.rate(unit)
        if measured is None or unit == SAMPLE:
            return True
        return abs(measured / rate - 1) <= 1e-3 + min(self._digit / self._span, 0.02)


def on_grid(values: Array, positions: Array, after: int) -> Array:
    """Values (channels, rows) at their grid positions, NaN where a row is missing.

    The result, (channels, samples), begins just after position `after` and ends with the last row.
    """
    block = np.full((len(values), int(positions[-1]) - after), np.nan)
    block[:, positions - after - 1] = values
    return block


def _shown(time: Array) -> str | float:
    """A time as its reader wrote it, more or less."""
    if time.dtype.kind != "i":
        return float(time)
    date: datetime = time.astype("datetime64[us]").item()
    return date.isoformat().removesuffix("T00:00:00")


def _last_digit(times: Array) -> float:
    """Value of the last decimal place that the times use, from 1 down to 1e-9, and a little more."""
    rounding = float(np.spacing(np.abs(times).max()))
    for places in range(9):
        if np.abs(times - np.round(times, places)).max() <= 2 * rounding:
            return float(10.0**-places) + 4 * rounding
    return 1e-9 + 4 * rounding
