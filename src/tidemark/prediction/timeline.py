"""The times of a file's rows: where on a grid of constant step they lie, and how they go on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.grid import Grid
from tidemark.prediction.months import MonthClock
from tidemark.prediction.stamps import date_text, number_text, places_of
from tidemark.signals.recordings.source import Batch, Source

SAMPLED = 1000
"""Rows at the end of each batch that show how times are written."""


class Timeline(Grid):
    """Follows a time column and continues it.

    The step is what it was on average, so that rounded times (0.33, 0.67, 1.00) go on without drift.
    """

    def __init__(self, source: Source[Any], column: int, info: DatasetInfo) -> None:
        """Begin before the first row."""
        super().__init__(source, column, info)
        self._decimal = source.decimal
        self._first: Fraction | None = None
        self._last = Fraction(0)
        self._position = 0
        self._dates = False
        self._example = ""
        self._places = 0

    def positions(self, batch: Batch) -> Array:
        """The same, and remember how times are written."""
        times = batch.times(self._column)
        positions = self._positions(batch, times)
        self._remember(batch, times)
        self._position = int(positions[-1])
        return positions

    def _remember(self, batch: Batch, times: Array) -> None:
        """Remember the first and the last time, exactly, and how times are written."""
        latest = slice(-SAMPLED, None)
        self._dates = times.dtype.kind == "i"
        if self._dates:
            first, self._last = Fraction(int(times[0])), Fraction(int(times[-1]))
            texts = batch.dates(self._column, latest)
            self._example = max([*reversed(texts), self._example], key=len)  # the last of the longest
        else:
            numbers = batch.decimals(self._column, latest)
            first = Fraction(batch.decimals(self._column, slice(1))[0])
            self._last = Fraction(numbers[-1])
            self._places = max(self._places, places_of(numbers))
        self._first = first if self._first is None else self._first

    def after(self, count: int) -> list[Fraction]:
        """The next `count` times: numbers as in the file, dates in microseconds since 1970."""
        if isinstance(self._clock, MonthClock):
            return [Fraction(moment) for moment in self._clock.after(count).tolist()]
        if self._first is None or not self._position:
            raise InputError(f"{self._clock.where}: one row shows no step of time; give more rows")
        step = (self._last - self._first) / self._position
        return [self._last + step * place for place in range(1, count + 1)]

    def around(self, before: int, after: int) -> Array:
        """The last `before` times on the grid and the next `after`, (before + after,) as numbers."""
        places = np.arange(1 - before, after + 1)
        if isinstance(self._clock, MonthClock):
            return self._clock.at(places)
        step = (self.after(1)[0] - self._last) if after else Fraction(0)
        return np.array([float(self._last + step * place) for place in places.tolist()])

    def texts(self, count: int) -> list[str]:
        """The next `count` times written as the file writes its own."""
        times = self.after(count)
        if self._dates:
            try:
                return [date_text(time, self._example) for time in times]
            except OverflowError:
                raise InputError(
                    f"{self._clock.where}: {count} rows more lead beyond the year 9999; ask for fewer with "
                    "--horizon"
                ) from None
        return [number_text(time, self._places, self._decimal) for time in times]
