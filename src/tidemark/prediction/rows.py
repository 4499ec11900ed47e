"""Rows that follow those of a file, in a new file like it; one way for each kind of file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.timeline import Timeline
from tidemark.prediction.writers import (
    DelimitedWriter,
    NpyWriter,
    ParquetWriter,
    WavWriter,
    places_for,
    quoted_like,
    with_doubles,
)
from tidemark.recordings.source import Batch, Source

if TYPE_CHECKING:
    import pyarrow as pa

    from tidemark.recordings.delimited import DelimitedBatch, DelimitedSource
    from tidemark.recordings.npy import NpySource
    from tidemark.recordings.parquet import ParquetSource
    from tidemark.recordings.wav import WavSource

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True)
class NewRows:
    """Rows to come."""

    series: Sequence[int]
    """Columns of the file that go on; all others but the time are left out."""
    values: Array
    """(series, rows) float64"""
    scale: Array
    """How far each series moves, (series,), all positive: a CSV file gets a millionth of it."""
    time: int | None
    timeline: Timeline | None

    @property
    def columns(self) -> list[int]:
        """Columns of the new file, in the order of the old one."""
        return sorted([*self.series, *([] if self.time is None else [self.time])])

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.values.shape[1])


def write_rows(path: Path, source: Source, before: Batch, rows: NewRows, zipped: bool) -> None:
    """Write the rows at `path` as `source` writes its own, those of `before` for example."""
    kind = type(source).__name__
    if kind == "DelimitedSource":
        _write_csv(path, cast("DelimitedSource", source), cast("DelimitedBatch", before), rows, zipped)
    elif kind == "WavSource":
        _write_wav(path, cast("WavSource", source), rows)
    elif kind == "NpySource":
        _write_npy(path, cast("NpySource", source), rows)
    else:
        _write_parquet(path, cast("ParquetSource", source), rows)


def _write_csv(
    path: Path, source: DelimitedSource, before: DelimitedBatch, rows: NewRows, zipped: bool
) -> None:
    from tidemark.recordings.cells import split
    from tidemark.recordings.delimited import DelimitedBatch

    style, count = source.style, len(rows)
    texts: dict[int, list[str]] = {}
    if rows.time is not None and rows.timeline is not None:
        texts[rows.time] = rows.timeline.texts(count)
    for column, values, scale in zip(rows.series, rows.values.tolist(), rows.scale.tolist(), strict=True):
        places = places_for(scale)
        texts[column] = [f"{value:z.{places}f}".replace(".", style.decimal) for value in values]
    example = before.cells[-1]
    cells = [[quoted_like(example[column], text) for text in texts[column]] for column in rows.columns]
    names = split(source.header, style.separator)
    header = style.separator.join(names[column] for column in rows.columns) + source.header_ending
    writer = DelimitedWriter(path, style, header, zipped=zipped)
    try:
        by_row = [list(row) for row in zip(*cells, strict=True)]
        writer.write(DelimitedBatch(source, "", by_row, [source.header_ending] * count, []), {})
    finally:
        writer.close()


def _write_wav(path: Path, source: WavSource, rows: NewRows) -> None:
    from tidemark.recordings.wav import WavBatch

    writer = WavWriter(path, source.file, len(rows.series))
    try:
        ordered = [rows.values[rows.series.index(channel)] for channel in rows.columns]
        writer.write(WavBatch(np.stack(ordered, axis=1), 0), {})
    finally:
        writer.close()


def _write_npy(path: Path, source: NpySource, rows: NewRows) -> None:
    from tidemark.recordings.npy import NpyBatch

    flat = len(source.layout.shape) == 1
    shape = (len(rows),) if flat else (len(rows.series), len(rows))
    ordered = {place: rows.values[rows.series.index(channel)] for place, channel in enumerate(rows.columns)}
    writer = NpyWriter(path, replace(source.layout, shape=shape))
    try:
        writer.write(NpyBatch(ordered, 0), {})
    finally:
        writer.close()


def _write_parquet(path: Path, source: ParquetSource, rows: NewRows) -> None:
    import pyarrow as pa

    schema = _part_of(with_doubles(source.schema, rows.series), rows.columns)
    arrays: list[pa.Array] = []
    for field, column in zip(schema, rows.columns, strict=True):
        if column != rows.time:
            values = pa.array(rows.values[rows.series.index(column)])
            arrays.append(values.cast(field.type, safe=False))
        elif rows.timeline is not None:
            arrays.append(_times(rows.timeline, len(rows), field.type))
    writer = ParquetWriter(path, source, schema)
    try:
        writer.put(arrays)
    finally:
        writer.close()


def _times(timeline: Timeline, count: int, kind: pa.DataType) -> pa.Array:
    """The next times as an array of the column's own type, rounded to what that can hold."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        unit = {"s": 1_000_000, "ms": 1000}.get(kind.unit, 1) if pa.types.is_timestamp(kind) else DAY
        moments = pa.array([round(time / unit) * unit for time in timeline.after(count)], pa.int64())
        return moments.cast(pa.timestamp("us", getattr(kind, "tz", None))).cast(kind)
    if timeline.dates:
        return pa.array(timeline.texts(count)).cast(kind)
    if pa.types.is_integer(kind):
        return pa.array([round(time) for time in timeline.after(count)], pa.int64()).cast(kind)
    return pa.array([float(time) for time in timeline.after(count)]).cast(kind, safe=False)


def _part_of(schema: pa.Schema, columns: Sequence[int]) -> pa.Schema:
    """The schema of some columns, in pandas' own note as well."""
    import pyarrow as pa

    part = pa.schema([schema.field(column) for column in columns])
    metadata = dict(schema.metadata or {})
    if b"pandas" in metadata:
        note = json.loads(metadata[b"pandas"])
        entries = note.get("columns", [])
        note["columns"] = [entry for entry in entries if entry.get("field_name") in part.names]
        # An index that is no column of the file is a count of its rows.
        note["index_columns"] = [name for name in note.get("index_columns", []) if name in part.names]
        metadata[b"pandas"] = json.dumps(note).encode()
    return part.with_metadata(metadata or None)
