"""What every kind of recording offers to whoever reads it or writes one like it: columns, rows in pieces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

ColumnKind = Literal["float", "integer", "date", "text"]
"""What most of a column's values are."""

BATCH_VALUES = 2**17
"""Values read at once, about: enough to be fast, little enough for any memory."""


class Batch(ABC):
    """Some successive rows of a recording."""

    @abstractmethod
    def __len__(self) -> int:
        """Number of rows."""

    @abstractmethod
    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones NaN; `InputError` at text."""

    @abstractmethod
    def place(self, row: int) -> str:
        """Where the row at this index is, as a person who opens the file counts: `row 12`."""

    def numbers_of(self, columns: Sequence[int]) -> Array:
        """The same of some columns, (columns, rows)."""
        if len(columns) == 1:
            return self.numbers(columns[0])[None]
        return np.stack([self.numbers(column) for column in columns])

    def samples_of(self, columns: Sequence[int]) -> Array:
        """The same, (columns, rows), but float32 where the file's own numbers are no wider."""
        return self.numbers_of(columns)

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        raise NotImplementedError  # no time column in this kind of file

    def decimals(self, column: int, rows: slice) -> list[Decimal]:
        """Numbers of a time column exactly as the file has them, without rounding to binary."""
        raise NotImplementedError

    def dates(self, column: int, rows: slice) -> list[str]:
        """Dates of a time column as text; none where the file holds dates in binary."""
        raise NotImplementedError


Rows = TypeVar("Rows", bound=Batch)


class Writer(ABC, Generic[Rows]):
    """Writes the rows that a source gave, in the same order, into a file of the same kind."""

    file: Any

    @abstractmethod
    def write(self, batch: Rows, columns: Mapping[int, Array]) -> None:
        """Write the batch; `columns` holds new values, (rows,), NaN where missing.

        They are float64, or float32 where `samples_of` the batch and the estimates are.
        """

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


@dataclass(frozen=True)
class NewRows:
    """Rows that follow those of a recording."""

    series: Sequence[int]
    """Columns of the file that go on; all others but the time are left out."""
    values: Array
    """(series, rows) float64"""
    scale: Array
    """How far each series moves, (series,), all positive: a CSV file gets a millionth of it."""
    time: int | None = None
    """The time column."""
    times: Sequence[Fraction] = ()
    """Its values in these rows: numbers as in the file, dates in microseconds since 1970 …"""
    texts: Sequence[str] = ()
    """… and the same written as the file writes its own."""
    further: Mapping[str, Array] = field(default_factory=dict)
    """Values, (rows,), of further columns by name, which follow all others: as many of each series, in the
    order of `columns`, written as that is."""

    @property
    def columns(self) -> list[int]:
        """Columns of the new file, in the order of the old one."""
        return sorted([*self.series, *([] if self.time is None else [self.time])])

    def of(self, column: int) -> Array:
        """Values of one series, (rows,)."""
        return np.asarray(self.values[self._places[column]])

    @cached_property
    def _places(self) -> dict[int, int]:
        return {column: place for place, column in enumerate(self.series)}

    def __len__(self) -> int:
        return int(self.values.shape[1])


class Source(ABC, Generic[Rows]):
    """A recording that is open for reading; its samples are rows, its channels columns."""

    file: Any
    file_name: str
    """Every message about the recording begins so."""
    names: Sequence[str]
    """Names of the columns; channels of a WAV or NPY file are numbered from 0."""
    kinds: Sequence[ColumnKind]
    """What each column holds."""
    has_table: bool = False
    """Whether columns are of several kinds, a time column perhaps among them."""
    frequency: float | None = None
    """Samples per second, where the file says so in its header, the same of all columns."""
    units: Mapping[str, str] = MappingProxyType({})
    """Units of columns by name, where the header says them."""

    def rate_of(self, columns: Sequence[int]) -> float | None:
        """Samples per second of some columns, where the header says so; `InputError` where they differ."""
        return self.frequency

    @property
    def decimal(self) -> str:
        """Decimal mark of numbers, where they are text."""
        return "."

    @property
    def noun(self) -> str:
        """What messages call one of its columns."""
        return "column" if self.has_table else "channel"

    def called(self, column: int) -> str:
        """What messages call this column."""
        return f"{self.noun} {self.names[column]!r}"

    @abstractmethod
    def batches(self, columns: Sequence[int]) -> Iterator[Rows]:
        """All rows, in order, in pieces; only `columns` need be read from the pieces."""

    def groups(self, signal: Sequence[int], separate: bool) -> list[Sequence[int]]:
        """All columns, in groups to read together; those of `signal` in one group unless `separate`."""
        return [range(len(self.names))]

    @abstractmethod
    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> Writer[Rows]:
        """A writer at `path` of a file like this one, whose `columns` are replaced.

        `zipped` compresses a CSV; its numbers are written to a millionth of `scale`. `further` columns of
        numbers, of these names, follow those of the file. Raises `InputError` where the kind has none.
        """

    @abstractmethod
    def write_rows(self, path: Path, before: Rows, rows: NewRows, zipped: bool) -> None:
        """Write a file of `rows` at `path` as this one writes its own, those of `before` for example."""

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def values_of(source: Source[Rows], batch: Rows, columns: Sequence[int]) -> Array:
    """Values of some columns, (columns, rows) float64, missing ones NaN; `InputError` at infinity."""
    values = batch.numbers_of(columns)
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.any(axis=0).argmax())
        column = columns[int(infinite[:, row].argmax())]
        raise InputError(
            f"{source.file_name}: {batch.place(row)}, {source.called(column)}: the value is infinite; "
            "leave it empty, or NaN, if it is missing"
        )
    return values


def check_held(file_name: str, values: Array, own: Array) -> None:
    """Raise `InputError` where a finite value has become infinite in a file's own type, such as float16."""
    if (wrong := np.isinf(own) & np.isfinite(values)).any():
        raise InputError(
            f"{file_name}: {values[wrong][0]:g} is to be written, which its type {own.dtype} does not hold; "
            "save the file with numbers of type float32"
        )


def check_present(source: Source[Rows], column: int, present: bool) -> None:
    """Raise `InputError` for a column in which no value is present."""
    if not present:
        raise InputError(f"{source.file_name}: {source.called(column)} has no value: all are missing")
