"""Files like the ones that were read, with other values in some columns; one writer for each kind of file."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar, cast

import numpy as np

from tidemark.core.store import Array
from tidemark.recordings.source import Batch, Source

if TYPE_CHECKING:
    import pyarrow as pa
    from soundfile import SoundFile

    from tidemark.recordings.delimited import DelimitedBatch, DelimitedSource, Style
    from tidemark.recordings.npy import Layout, NpyBatch, NpySource
    from tidemark.recordings.parquet import ParquetBatch, ParquetSource
    from tidemark.recordings.wav import WavBatch, WavSource

AnyBatch = TypeVar("AnyBatch", bound=Batch, contravariant=True)


class Writer(Protocol[AnyBatch]):
    """Writes the rows that a source gave, in the same order."""

    def write(self, batch: AnyBatch, columns: Mapping[int, Array]) -> None:
        """Write the batch; `columns` holds new values, (rows,) float64, NaN where missing."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def open_writer(
    path: Path, source: Source, columns: Sequence[int], std: float, zipped: bool
) -> Writer[Batch]:
    """A writer at `path` of the kind of `source`, whose `columns` are to be replaced.

    `zipped` compresses a CSV; its numbers are written to a millionth of `std`.
    """
    writer: object
    kind = type(source).__name__
    if kind == "DelimitedSource":
        table = cast("DelimitedSource", source)
        writer = DelimitedWriter(path, table.style, table.header + table.header_ending, zipped, std)
    elif kind == "WavSource":
        sound = cast("WavSource", source).file
        writer = WavWriter(path, sound, sound.channels)
    elif kind == "NpySource":
        writer = NpyWriter(path, cast("NpySource", source).layout)
    else:
        parquet = cast("ParquetSource", source)
        writer = ParquetWriter(path, parquet, with_doubles(parquet.schema, columns))
    return cast(Writer[Batch], writer)


class DelimitedWriter:
    """CSV: every cell that is not replaced, or is missing, goes out byte for byte as it came."""

    def __init__(self, path: Path, style: Style, header: str, zipped: bool, std: float = 1.0) -> None:
        """Start the file with its byte-order mark, if there was one, and header."""
        from tidemark.recordings.delimited import BOM

        self._style = style
        self._plain = path.open("wb")
        # No name and no time inside, so the same input gives the same bytes.
        self._file = (
            cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=self._plain, mtime=0)) if zipped else self._plain
        )
        self._places = places_for(std)
        self._file.write(BOM if self._style.bom else b"")
        self._put(header)

    def write(self, batch: DelimitedBatch, columns: Mapping[int, Array]) -> None:
        """Write rows, with the numbers of `columns` in place of those that were there."""
        for column, values in columns.items():
            for cells, value in zip(batch.cells, values.tolist(), strict=True):
                if not math.isnan(value):
                    text = f"{value:.{self._places}f}".replace(".", self._style.decimal)
                    cells[column] = quoted_like(cells[column], text)
        rows = map(self._style.separator.join, batch.cells)
        self._put(batch.leading + "".join(map("".join, zip(rows, batch.endings, strict=True))))

    def _put(self, text: str) -> None:
        self._file.write(text.encode(self._style.encoding, "surrogateescape"))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
        self._plain.close()


def places_for(scale: float) -> int:
    """Decimal places that show a millionth of `scale`."""
    return min(max(6 - math.floor(math.log10(scale)), 0), 17)


def quoted_like(cell: str, text: str) -> str:
    """`text` in quotes if the cell has them."""
    return f'"{text}"' if cell.lstrip().startswith('"') else text


class WavWriter:
    """WAV: same sample format, rate and byte order; whole numbers are rounded and clipped."""

    def __init__(self, path: Path, given: SoundFile, channels: int) -> None:
        """Start a file like `given`, of so many channels."""
        import soundfile

        self._bits = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}.get(given.subtype)
        self._file = soundfile.SoundFile(
            path, "w", given.samplerate, channels, given.subtype, given.endian, given.format
        )
        for name, text in given.copy_metadata().items():
            setattr(self._file, name, text)

    def write(self, batch: WavBatch, columns: Mapping[int, Array]) -> None:
        """Write frames, with the samples of `columns` in place of those that were there."""
        values = batch.values.copy()
        for column, samples in columns.items():
            values[:, column] = samples
        if self._bits:
            # libsndfile scales whole numbers up by less than it scales them down: do it here.
            largest = 2 ** (self._bits - 1)
            whole = np.clip(np.round(values * largest), -largest, largest - 1).astype(np.int64)
            self._file.write((whole << (32 - self._bits)).astype(np.int32))
        else:
            self._file.write(values)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class NpyWriter:
    """NPY: same order, same type if it is floating, else float32."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Start the file with its header; values go where they belong as they come."""
        self._layout = layout
        self._dtype = layout.dtype if layout.dtype.kind == "f" else np.dtype(np.float32)
        self._file = path.open("wb")
        header = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": layout.time_major,
            "shape": layout.shape,
        }
        np.lib.format.write_array_header_1_0(self._file, header)
        self._start = self._file.tell()
        self._file.truncate(self._start + int(np.prod(layout.shape)) * self._dtype.itemsize)

    def write(self, batch: NpyBatch, columns: Mapping[int, Array]) -> None:
        """Write samples of the batch's channels, with those of `columns` replaced."""
        block = [columns.get(channel, raw) for channel, raw in sorted(batch.raw.items())]
        if self._layout.time_major:
            self._put(np.stack(block, axis=1), batch.start * self._layout.channels)
            return
        for channel, samples in zip(sorted(batch.raw), block, strict=True):
            self._put(samples, channel * self._layout.samples + batch.start)

    def _put(self, values: Array, first: int) -> None:
        self._file.seek(self._start + first * self._dtype.itemsize)
        self._file.write(np.ascontiguousarray(values, dtype=self._dtype).data)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetWriter:
    """Parquet: same types and compression."""

    def __init__(self, path: Path, source: ParquetSource, schema: pa.Schema) -> None:
        """Start a file of the source's columns that are in `schema`."""
        import pyarrow.parquet as pq

        self._schema = schema
        group = source.file.metadata.row_group(0)
        parts = [group.column(index) for index in range(group.num_columns)]
        compression = {
            part.path_in_schema: part.compression.replace("UNCOMPRESSED", "NONE")
            for part in parts
            if part.path_in_schema.split(".")[0] in schema.names
        }
        self._file = pq.ParquetWriter(path, schema, compression=compression)

    def write(self, batch: ParquetBatch, columns: Mapping[int, Array]) -> None:
        """Write rows as a row group, with the values of `columns` in place of those that were there."""
        import pyarrow as pa
        import pyarrow.compute as pc

        arrays = list(batch.table.columns)
        for column, values in columns.items():
            given, kind = arrays[column], self._schema.field(column).type
            cast_given = given.cast(kind, safe=False)
            replaced = pa.array(values).cast(kind, safe=False)
            missing = pa.array(np.isnan(values))
            # What was missing stays as it was, null or NaN.
            arrays[column] = pc.if_else(missing, cast_given, replaced)
        self.put(arrays)

    def put(self, arrays: Sequence[pa.Array]) -> None:
        """Write columns of the schema's types as a row group."""
        import pyarrow as pa

        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._file.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def with_doubles(schema: pa.Schema, columns: Sequence[int]) -> pa.Schema:
    """The schema with `columns` as double unless they are floating, in pandas' own note as well."""
    import pyarrow as pa

    widened = [column for column in columns if not pa.types.is_floating(schema.field(column).type)]
    for column in widened:
        schema = schema.set(column, schema.field(column).with_type(pa.float64()))
    metadata = dict(schema.metadata or {})
    if not widened or b"pandas" not in metadata:
        return schema
    note = json.loads(metadata[b"pandas"])
    names = {schema.field(column).name for column in widened}
    for entry in note.get("columns", []):
        if entry.get("field_name") in names:
            entry.update(pandas_type="float64", numpy_type="float64")
    metadata[b"pandas"] = json.dumps(note).encode()
    return schema.with_metadata(metadata)
