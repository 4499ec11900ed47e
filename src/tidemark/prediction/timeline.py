"""The times of a file's rows: where on a grid of constant step they lie, and how they go on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.model import Info
from tidemark.prediction.months import MonthClock, are_months
from tidemark.prediction.rate import check_times
from tidemark.prediction.stamps import date_text, number_text, places_of
from tidemark.recordings.cells import unquoted
from tidemark.recordings.source import Batch, Source
from tidemark.recordings.timestamps import SAMPLE, Clock

SAMPLED = 1000
"""Rows at the end of each batch that show how times are written."""


class Timeline:
    """Follows a time column from the first row to the last.

    The step is what it was on average, so that rounded times (0.33, 0.67, 1.00) go on without drift. For
    a model that takes any rate, dates may also come month by month.
    """

    def __init__(self, source: Source, column: int, info: Info) -> None:
        """Begin before the first row."""
        self._column = column
        self._info = info
        self._clock = Clock(source.label, source.names[column])
        self._months: MonthClock | None = None
        self._decimal = str(getattr(getattr(source, "style", None), "decimal", "."))
        self._as_text = hasattr(source, "style") or source.kinds[column] == "text"
        self._first: Fraction | None = None
        self._last = Fraction(0)
        self._position = 0
        self._example = ""
        self._places = 0
        self.dates = False
        """Whether the times are dates rather than numbers."""

    def positions(self, batch: Batch) -> Array:
        """Position of each row of the next batch, (rows,) int64; the file's first row is 0.

        Raises `InputError` where the times are not regular, or not at the model's rate.
        """
        times = batch.times(self._column)
        timed = _Timed(batch, times)
        if self._first is None:
            self.dates = times.dtype.kind == "i"
            if self._info.rate_unit == SAMPLE and are_months(times):
                self._months = MonthClock(self._clock.where, times)
        if self._months is not None:
            positions = self._months.positions(timed, self._column)
        else:
            positions = self._clock.positions(timed, self._column)
            check_times(self._clock, self._info)
        self._remember(batch, times)
        self._position = int(positions[-1])
        return positions

    def _remember(self, batch: Batch, times: Array) -> None:
        """Keep the first and the last time, exactly, and how times are written."""
        latest = _cells(batch, self._column, slice(-SAMPLED, None)) if self._as_text or not self.dates else []
        if self.dates:
            first, last = Fraction(int(times[0])), Fraction(int(times[-1]))
            self._example = max([*reversed(latest), self._example], key=len)  # the last of the longest
        else:
            numbers = [self._exact(cell) for cell in latest]
            first, last = (
                Fraction(self._exact(_cells(batch, self._column, slice(1))[0])),
                Fraction(numbers[-1]),
            )
            self._places = max(self._places, places_of(numbers))
        self._first = first if self._first is None else self._first
        self._last = last

    def _exact(self, cell: Any) -> Decimal:
        return Decimal(cell.replace(self._decimal, ".") if isinstance(cell, str) else cell)

    def after(self, count: int) -> list[Fraction]:
        """The next `count` times: numbers as in the file, dates in microseconds since 1970."""
        if self._months is not None:
            return [Fraction(moment) for moment in self._months.after(count).tolist()]
        if self._first is None or not self._position:
            raise InputError(f"{self._clock.where}: one row shows no step of time; give more rows")
        step = (self._last - self._first) / self._position
        return [self._last + step * place for place in range(1, count + 1)]

    def texts(self, count: int) -> list[str]:
        """The next `count` times written as the file writes its own."""
        times = self.after(count)
        if self.dates:
            return [date_text(time, self._example) for time in times]
        return [number_text(time, self._places, self._decimal) for time in times]


@dataclass(frozen=True)
class _Timed:
    """A batch whose times have been read: reading dates takes long."""

    batch: Batch
    moments: Array

    def __len__(self) -> int:
        return len(self.moments)

    def numbers(self, column: int) -> Array:
        return self.batch.numbers(column)

    def times(self, column: int) -> Array:
        return self.moments

    def place(self, row: int) -> str:
        return self.batch.place(row)


def _cells(batch: Any, column: int, rows: slice) -> list[Any]:
    """What some rows of a table hold in a column: text of a CSV file, values of Parquet."""
    if hasattr(batch, "cells"):
        return [unquoted(cells[column]) for cells in batch.cells[rows]]
    return list(batch.table.column(column)[rows].to_pylist())
