"""What every kind of recording offers to whoever reads it: columns, and rows in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

ColumnKind = Literal["float", "integer", "date", "text"]
"""What most of a column's values are."""

BATCH_VALUES = 2**17
"""Values read at once, about: enough to be fast, little enough for any memory."""


class Batch(Protocol):
    """Some successive rows of a recording."""

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones NaN; `InputError` at text."""
        ...

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        ...

    def place(self, row: int) -> str:
        """Where the row at this index is, as a person who opens the file counts: `row 12`."""
        ...


class Source(Protocol):
    """A recording that is open for reading; its samples are rows, its channels columns."""

    @property
    def label(self) -> str:
        """The file's name: every message about it begins so."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns; channels of a WAV or NPY file are numbered from 0."""
        ...

    @property
    def kinds(self) -> Sequence[ColumnKind]:
        """What each column holds."""
        ...

    @property
    def has_table(self) -> bool:
        """Whether columns are of several kinds, a time column perhaps among them."""
        ...

    @property
    def frequency(self) -> float | None:
        """Samples per second, where the file says so in its header."""
        ...

    def batches(self, columns: Sequence[int]) -> Iterator[Batch]:
        """All rows, in order, in pieces; only `columns` need be asked of the pieces."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def values_of(source: Source, batch: Batch, columns: Sequence[int]) -> Array:
    """Values of some columns, (columns, rows) float64, missing ones NaN; `InputError` at infinity."""
    values = np.stack([batch.numbers(column) for column in columns])
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.any(axis=0).argmax())
        column = columns[int(infinite[:, row].argmax())]
        what = "column" if source.has_table else "channel"
        raise InputError(
            f"{source.label}: {batch.place(row)}, {what} {source.names[column]!r}: the value is infinite; "
            "leave it empty, or NaN, if it is missing"
        )
    return values


def check_present(source: Source, column: int, present: bool) -> None:
    """Raise `InputError` for a column in which no value is present."""
    if not present:
        what = "column" if source.has_table else "channel"
        raise InputError(f"{source.label}: {what} {source.names[column]!r} has no value: all are missing")
