"""Parquet files, row group by row group, large ones in slices; decoded in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.parquet_schema import part_of, with_doubles, with_further, with_whole_note
from tidemark.signals.recordings.parquet_stream import ParquetStream
from tidemark.signals.recordings.source import (
    BATCH_VALUES,
    Batch,
    ColumnKind,
    NewRows,
    Source,
    Writer,
    check_held,
)
from tidemark.signals.recordings.timestamps import are_representable, parse_date

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True)
class ParquetBatch(Batch):
    """Successive rows of a Parquet file."""

    file_name: str
    table: pa.RecordBatch
    start: int
    """Number of rows before these."""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def place(self, row: int) -> str:
        """Which row this is, counted from 1."""
        return f"row {self.start + row + 1}"

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones (null or NaN) NaN."""
        name, array = self.table.schema.names[column], self.table.column(column)
        if kind_of_type(array.type) not in ("float", "integer"):
            raise InputError(f"{self.file_name}: column {name!r} is of type {array.type}; expected numbers")
        if pa.types.is_decimal(array.type):  # which Arrow multiplies by a power of ten, and so rounds twice
            array = array.cast(pa.string())
        return np.array(array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        array = self.table.column(column)
        if kind_of_type(array.type) in ("float", "integer"):
            return self.numbers(column)
        if array.null_count:
            place = self.place(int(np.argmax(array.is_null().to_numpy(zero_copy_only=False))))
            raise InputError(f"{self.file_name}: {place}: no time; every row needs one")
        if kind_of_type(array.type) == "text":
            return np.array(
                [self._date(row, column, str(text)) for row, text in enumerate(array.to_pylist())]
            )
        times = microseconds(array)
        if (wrong := ~are_representable(times)).any():
            raise InputError(
                f"{self.file_name}: {self.place(int(wrong.argmax()))}, column "
                f"{self.table.schema.names[column]!r}: a date outside the years 1 to 9999; fix it"
            )
        return times

    def _date(self, row: int, column: int, text: str) -> int:
        try:
            return parse_date(text)
        except ValueError:
            raise InputError(
                f"{self.file_name}: {self.place(row)}, column {self.table.schema.names[column]!r}: "
                f"expected a date as 2024-12-31 or 2024-12-31T23:59:59, got {text[:40]!r}"
            ) from None

    def decimals(self, column: int, rows: slice) -> list[Decimal]:
        """Numbers of a time column, exactly."""
        return [Decimal(number) for number in self.table.column(column)[rows].to_pylist()]

    def dates(self, column: int, rows: slice) -> list[str]:
        """Dates of a column of text; none of one of timestamps."""
        array = self.table.column(column)
        return list(array[rows].to_pylist()) if kind_of_type(array.type) == "text" else []


def microseconds(array: pa.Array) -> Array:
    """Dates, none of them null, as int64 microseconds since 1970; those past 2⁶³ as the last or the first."""
    kind = array.type
    if pa.types.is_timestamp(kind) and kind.unit in ("us", "ns"):
        return np.asarray(array.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64()))
    # Arrow would multiply, and wrap around: a date of the year 584,556 becomes one of today.
    counts = np.asarray(array.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64()))
    seconds = pa.types.is_timestamp(kind) and kind.unit == "s"
    unit = DAY if pa.types.is_date32(kind) else 1_000_000 if seconds else 1000
    most = np.iinfo(np.int64).max // unit
    return np.clip(counts, -most, most).astype(np.int64) * unit


class ParquetWriter(Writer[ParquetBatch]):
    """Parquet: same types and compression."""

    def __init__(self, path: Path, source: ParquetSource, schema: pa.Schema) -> None:
        """Start a file of the source's columns that are in `schema`."""
        self._schema, self._file_name = schema, source.file_name
        compression = {
            name: kind.replace("UNCOMPRESSED", "NONE")
            for name, kind in source.compression.items()
            if name.split(".")[0] in schema.names
        }
        self.file = pq.ParquetWriter(path, schema, compression=compression)

    def write(self, batch: ParquetBatch, columns: Mapping[int, Array]) -> None:
        """Write rows as a row group, with the values of `columns` in place of those that were there."""
        arrays = list(batch.table.columns)
        for column in range(len(arrays), len(self._schema)):
            arrays.append(pa.array(columns[column], from_pandas=True))  # NaN is null
        for column, values in columns.items():
            if column >= batch.table.num_columns:
                continue
            kind = self._schema.field(column).type
            # What was missing stays as it was, null or NaN.
            before, after = arrays[column].cast(kind, safe=False), held(self._file_name, values, kind)
            arrays[column] = pc.if_else(pa.array(np.isnan(values)), before, after)
        self.put(arrays)

    def put(self, arrays: Sequence[pa.Array]) -> None:
        """Write columns of the schema's types as a row group."""
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self.file.write_table(table, row_group_size=table.num_rows)


class ParquetSource(Source[ParquetBatch]):
    """A Parquet file open for reading."""

    has_table = True

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file; raises `InputError` if it is no Parquet file or has no rows."""
        self.file_name, self._path = file_name, path
        self.file = ParquetStream(path, file_name, BATCH_VALUES)
        try:
            check_limit("columns", len(self.file.schema.names), file_name)
            check_limit("rows", self.file.rows, file_name)
            if self.file.rows < 1:
                raise InputError(f"{file_name}: no rows")
        except BaseException:
            self.close()
            raise
        self.schema = with_whole_note(self.file.schema)
        self.compression = self.file.compression
        self.names = list(self.schema.names)
        self.kinds = [kind_of_type(field.type) for field in self.schema]

    def batches(self, columns: Sequence[int]) -> Iterator[ParquetBatch]:
        """All rows, in order, in pieces that end where a row group ends; all columns of each."""
        if self.file.begun:
            self.file.close()
            self.file = ParquetStream(self._path, self.file_name, BATCH_VALUES)
        start = 0
        for table in self.file.batches():
            yield ParquetBatch(self.file_name, table, start)
            start += table.num_rows

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> ParquetWriter:
        """A writer of a file whose replaced `columns`, and `further` ones, are floating."""
        return ParquetWriter(path, self, with_further(with_doubles(self.schema, columns), further))

    def write_rows(self, path: Path, before: ParquetBatch, rows: NewRows, zipped: bool) -> None:
        """Write the rows to come of the series and the time."""
        schema = part_of(with_doubles(self.schema, rows.series), rows.columns)
        where = "" if rows.time is None else f"{self.file_name}: time column {self.names[rows.time]!r}"
        arrays = [
            times_of(rows, field.type, where)
            if column == rows.time
            else held(self.file_name, rows.of(column), field.type)
            for field, column in zip(schema, rows.columns, strict=True)
        ]
        arrays += [pa.array(values, pa.float64()) for values in rows.further.values()]
        with closing(ParquetWriter(path, self, with_further(schema, list(rows.further)))) as writer:
            writer.put(arrays)


def kind_of_type(kind: pa.DataType) -> ColumnKind:
    """What a column of an Arrow type holds."""
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "integer"
    return "date" if pa.types.is_timestamp(kind) or pa.types.is_date(kind) else "text"


def held(file_name: str, values: Array, kind: pa.DataType) -> pa.Array:
    """Values in a column's own type; raises `InputError` where that is too narrow for one of them."""
    array = pa.array(values).cast(kind, safe=False)
    if pa.types.is_float16(kind):
        check_held(file_name, values, array.to_numpy(zero_copy_only=False))
    return array


def times_of(rows: NewRows, kind: pa.DataType, where: str) -> pa.Array:
    """The times of new rows as an array of the column's own type, rounded to what that can hold.

    Raises `InputError`, naming the place `where`, at one that is beyond it.
    """
    try:
        return _times_of(rows, kind)
    except (pa.ArrowInvalid, OverflowError):
        raise InputError(
            f"{where}: {len(rows)} rows more lead beyond what its type {kind} holds; ask for fewer with "
            "--horizon"
        ) from None


def _times_of(rows: NewRows, kind: pa.DataType) -> pa.Array:
    if kind_of_type(kind) == "date":
        stamped = pa.types.is_timestamp(kind)
        unit = {"s": 1_000_000, "ms": 1000}.get(kind.unit, 1) if stamped else DAY
        moments = pa.array([round(time / unit) * unit for time in rows.times], pa.int64())
        return moments.cast(pa.timestamp("us", kind.tz if stamped else None)).cast(kind)
    if kind_of_type(kind) == "text":
        return pa.array(rows.texts).cast(kind)
    if pa.types.is_integer(kind):
        return pa.array([round(time) for time in rows.times], pa.int64()).cast(kind)
    times = pa.array([float(time) for time in rows.times])
    if pa.types.is_decimal(kind):
        return times.cast(kind)
    known = times.cast(kind, safe=False)
    if not np.isfinite(known.to_numpy(zero_copy_only=False)).all():
        raise OverflowError
    return known
