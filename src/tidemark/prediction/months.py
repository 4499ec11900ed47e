"""Dates that come month by month, by quarter or by year: even in months though not in seconds."""

from __future__ import annotations

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.signals.recordings.timestamps import Place

LATE = np.timedelta64(28, "D")
"""Not every month has more days."""


def are_months(times: Array) -> bool:
    """Whether microseconds since 1970, (rows,), are of later and later months, at one place in each."""
    if times.dtype.kind != "i" or len(times) < 2:
        return False
    months, from_start, to_end = _parts(times)
    rising = (np.diff(months) >= 1).all()
    return bool(rising and any((place == place[0]).all() for place in (from_start, to_end)))


class MonthClock:
    """Turns dates of successive rows into positions on a grid of so many months.

    Each is as long after its month's start as the first, or as long before its end: the last day, say.
    """

    def __init__(self, where: str, times: Array) -> None:
        """Learn the grid from the first rows, of which `are_months` holds; `where` names the column."""
        months, from_start, to_end = _parts(times)
        self.where = where
        self._first = months[0]
        moves = np.sort(np.diff(months))
        self._step = int(moves[(len(moves) - 1) // 2])
        same_end = (to_end == to_end[0]).all()
        self._at_end = bool(same_end and (from_start[0] >= LATE or not (from_start == from_start[0]).all()))
        self._place = to_end[0] if self._at_end else from_start[0]
        self._last = -1

    def positions(self, times: Array, place: Place) -> Array:
        """Positions of the next rows, at `times`: (rows,) int64; the recording's first row is 0."""
        months, from_start, to_end = _parts(times)
        moved = (months - self._first).astype(np.int64)
        positions = moved // self._step
        wrong = (to_end if self._at_end else from_start) != self._place
        wrong |= (moved % self._step != 0) | (np.diff(positions, prepend=self._last) < 1)
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(
                f"{self.where}, {place(row)}: {times[row].astype('datetime64[us]').item()} is not a "
                f"whole number of steps of {self._step} months after the rows before; fix the row"
            )
        self._last = int(positions[-1])
        return np.asarray(positions)

    def after(self, count: int) -> Array:
        """The next `count` moments on the grid, microseconds since 1970, (count,) int64."""
        return self.at(1 + np.arange(count))

    def at(self, places: Array) -> Array:
        """Moments so many steps after the last row, or before it, (places,) int64 as `after`."""
        months = self._first + self._step * (self._last + places)
        if self._at_end:
            moments = (months + 1).astype("datetime64[us]") - self._place
        else:
            moments = months.astype("datetime64[us]") + self._place
        return np.asarray(moments.astype(np.int64))


def _parts(times: Array) -> tuple[Array, Array, Array]:
    """Month of each moment, time since that began, and time until it ends."""
    moments = times.astype("datetime64[us]")
    months = moments.astype("datetime64[M]")
    return months, moments - months.astype("datetime64[us]"), (months + 1).astype("datetime64[us]") - moments
