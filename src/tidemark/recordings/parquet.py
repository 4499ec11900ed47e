"""Parquet files, row group by row group, large ones in slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.source import BATCH_VALUES, ColumnKind
from tidemark.recordings.timestamps import parse_date

BUFFER_BYTES = 2**18


@dataclass(frozen=True)
class ParquetBatch:
    """Successive rows of a Parquet file."""

    label: str
    table: pa.RecordBatch
    start: int
    """Number of rows before these."""

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def place(self, row: int) -> str:
        """Which row this is, counted from 1."""
        return f"row {self.start + row + 1}"

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones (null or NaN) NaN."""
        name, array = self.table.schema.names[column], self.table.column(column)
        if kind_of_type(array.type) not in ("float", "integer"):
            raise InputError(f"{self.label}: column {name!r} is of type {array.type}; expected numbers")
        return np.array(array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        array = self.table.column(column)
        if kind_of_type(array.type) in ("float", "integer"):
            return self.numbers(column)
        if array.null_count:
            place = self.place(int(np.argmax(array.is_null().to_numpy(zero_copy_only=False))))
            raise InputError(f"{self.label}: {place}: no time; every row needs one")
        if kind_of_type(array.type) == "text":
            return np.array(
                [self._date(row, column, str(text)) for row, text in enumerate(array.to_pylist())]
            )
        moments = array.cast(pa.timestamp("us"), safe=False)
        return np.asarray(moments.cast(pa.int64()).to_numpy(zero_copy_only=False))

    def _date(self, row: int, column: int, text: str) -> int:
        try:
            return parse_date(text)
        except ValueError:
            raise InputError(
                f"{self.label}: {self.place(row)}, column {self.table.schema.names[column]!r}: "
                f"expected a date as 2024-12-31 or 2024-12-31T23:59:59, got {text[:40]!r}"
            ) from None


class ParquetSource:
    """A Parquet file open for reading."""

    has_table = True
    frequency = None

    def __init__(self, path: Path, label: str) -> None:
        """Open the file; raises `InputError` if it is no Parquet file or has no rows."""
        self.label = label
        try:
            # Otherwise a row group's columns are read whole.
            self.file = pq.ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            reason = " ".join(str(error).split())[:120]
            raise InputError(f"{label}: not a whole Parquet file ({reason}); copy it again") from None
        if self.file.metadata.num_rows == 0:
            self.close()
            raise InputError(f"{label}: no rows")
        self.schema: pa.Schema = self.file.schema_arrow
        self.names: Sequence[str] = list(self.schema.names)
        self.kinds: Sequence[ColumnKind] = [kind_of_type(field.type) for field in self.schema]

    def batches(self, columns: Sequence[int]) -> Iterator[ParquetBatch]:
        """All rows, in order, in pieces that end where a row group ends; all columns of each."""
        size = max(1024, BATCH_VALUES // max(1, len(self.names)))
        start = 0
        try:
            for group in range(self.file.num_row_groups):
                for table in self.file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                    yield ParquetBatch(self.label, table, start)
                    start += table.num_rows
        except (pa.ArrowException, OSError) as error:
            reason = " ".join(str(error).split())[:120]
            raise InputError(f"{self.label}: damaged after row {start} ({reason}); copy it again") from None

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def kind_of_type(kind: pa.DataType) -> ColumnKind:
    """What a column of an Arrow type holds."""
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "integer"
    return "date" if pa.types.is_timestamp(kind) or pa.types.is_date(kind) else "text"
