"""NPY files, read in pieces and never unpickled: (samples,) or (channels, samples).

Plain reads rather than a memory map, whose pages count as the process's own.
Layout of the file: NumPy Enhancement Proposal 1.
"""

from __future__ import annotations

import math
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.source import BATCH_VALUES, Batch, NewRows, Source, Writer, check_held

HALF = np.dtype(np.float16)
VALUES_AT_ONCE = 2**20
"""Values of channels that lie one after another and are worked on together, about."""
LONGEST_HEADER = 1000
"""Bytes; an array's takes a hundred; at a damaged one of ten thousand Python's tokenizer takes minutes."""

BROKEN = (
    ValueError, LookupError, SyntaxError, TypeError, RecursionError, MemoryError, tokenize.TokenError,
)  # fmt: skip
"""What NumPy raises at a header that is none."""


@dataclass(frozen=True)
class Layout:
    """Where an array lies in its file."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    time_major: bool
    """Whether the channels of one sample lie side by side, rather than the samples of one channel."""
    offset: int
    """Bytes before the first value."""

    @property
    def channels(self) -> int:
        """Number of channels; a flat array has one."""
        return self.shape[0] if len(self.shape) == 2 else 1

    @property
    def samples(self) -> int:
        """Number of samples in each channel."""
        return self.shape[-1]

    @property
    def bytes(self) -> int:
        """Size of a file that holds the array: as exact as Python's whole numbers."""
        return self.offset + math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True)
class NpyBatch(Batch):
    """Successive samples of some channels."""

    raw: dict[int, Array]
    """By channel: (samples,), in the file's own type."""
    start: int
    """Number of the first of these samples."""

    def __len__(self) -> int:
        return len(next(iter(self.raw.values())))

    def place(self, row: int) -> str:
        """Which sample this is, counted from 0."""
        return f"sample {self.start + row}"

    def numbers(self, column: int) -> Array:
        """Samples of a channel, (samples,) float64, missing ones NaN."""
        with np.errstate(over="ignore"):  # of longer numbers: they become infinite
            return self.raw[column].astype(np.float64)

    def samples_of(self, columns: Sequence[int]) -> Array:
        """Samples of some channels, (channels, samples), float32 where that holds all of the file's type."""
        if not np.can_cast(self.raw[columns[0]].dtype, np.float32):
            return self.numbers_of(columns)
        if len(columns) == 1:
            return np.asarray(self.raw[columns[0]], dtype=np.float32)[None]
        return np.stack([self.raw[column] for column in columns], dtype=np.float32)


class NpyWriter(Writer[NpyBatch]):
    """NPY: same order, same type if it is floating, else float32."""

    def __init__(self, path: Path, layout: Layout, file_name: str, further: int = 0) -> None:
        """Start the file with its header, of so many `further` channels; values go where they belong.

        Messages begin with the `file_name` of the recording.
        """
        self._file_name = file_name
        before = layout.channels
        if further:
            layout = replace(layout, shape=(before + further, layout.samples))
        self._layout, self._further = layout, range(before, before + further)
        self._dtype = layout.dtype if layout.dtype.kind == "f" else np.dtype(np.float32)
        self.file = path.open("wb")
        header = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": layout.time_major,
            "shape": layout.shape,
        }
        np.lib.format.write_array_header_1_0(self.file, header)
        self._start = self.file.tell()
        self.file.truncate(self._start + math.prod(layout.shape) * self._dtype.itemsize)

    def write(self, batch: NpyBatch, columns: Mapping[int, Array]) -> None:
        """Write samples of the batch's channels, with those of `columns` replaced."""
        block = {channel: columns.get(channel, raw) for channel, raw in sorted(batch.raw.items())}
        block |= {channel: columns[channel] for channel in self._further if channel in columns}
        if self._layout.time_major:
            self._put(np.stack(list(block.values()), axis=1), batch.start * self._layout.channels)
            return
        for channel, samples in block.items():
            self._put(samples, channel * self._layout.samples + batch.start)

    def _put(self, values: Array, first: int) -> None:
        with np.errstate(over="ignore"):
            own = np.ascontiguousarray(values, dtype=self._dtype)
        if self._dtype.itemsize == HALF.itemsize:
            check_held(self._file_name, values, own)
        self.file.seek(self._start + first * self._dtype.itemsize)
        self.file.write(own.view(np.uint8).data)


class NpySource(Source[NpyBatch]):
    """An NPY file open for reading."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file; raises `InputError` if it is not an array of numbers that is all there."""
        self.file_name = file_name
        self.file = path.open("rb")
        try:
            self.layout = read_layout(self.file, file_name)
            held = path.stat().st_size
            if held < self.layout.bytes:
                raise InputError(
                    f"{file_name}: truncated: an array of shape {self.layout.shape} takes "
                    f"{self.layout.bytes} bytes, the file has {held}; copy it again"
                )
            check_limit("columns", self.layout.channels, file_name)
            check_limit("rows", self.layout.samples, file_name)
        except BaseException:
            self.close()
            raise
        self.names = [str(channel) for channel in range(self.layout.channels)]
        self.kinds = ["float" if self.layout.dtype.kind == "f" else "integer"] * self.layout.channels

    def batches(self, columns: Sequence[int]) -> Iterator[NpyBatch]:
        """All samples of the channels `columns`, in order, in pieces."""
        layout = self.layout
        together = layout.channels if layout.time_major else len(columns)
        count = max(1, BATCH_VALUES // together)
        for start in range(0, layout.samples, count):
            stop = min(start + count, layout.samples)
            if layout.time_major:
                block = self._read(start * layout.channels, (stop - start) * layout.channels)
                frames = block.reshape(stop - start, layout.channels)
                raw = {column: frames[:, column] for column in columns}
            else:
                count_read = stop - start
                raw = {column: self._read(column * layout.samples + start, count_read) for column in columns}
            yield NpyBatch(raw, start)

    def _read(self, first: int, count: int) -> Array:
        self.file.seek(self.layout.offset + first * self.layout.dtype.itemsize)
        values = np.fromfile(self.file, dtype=self.layout.dtype, count=count)
        if len(values) < count:
            raise InputError(f"{self.file_name}: has become shorter while it was read; copy it again")
        return values

    def groups(self, signal: Sequence[int], separate: bool) -> list[Sequence[int]]:
        """Few channels at a time where they lie one after another in the file."""
        everything = range(len(self.names))
        if self.layout.time_major:
            return [everything]
        if not separate:
            return [signal, *([other] for other in everything if other not in signal)]
        together = max(1, VALUES_AT_ONCE // self.layout.samples)
        return [everything[start : start + together] for start in range(0, len(everything), together)]

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> NpyWriter:
        """A writer of an array of the same shape, or of as many `further` channels."""
        return NpyWriter(path, self.layout, self.file_name, len(further))

    def write_rows(self, path: Path, before: NpyBatch, rows: NewRows, zipped: bool) -> None:
        """Write the samples to come of the series' channels, flat if the file is."""
        known = [*(rows.of(column) for column in rows.columns), *rows.further.values()]
        channels = () if len(self.layout.shape) == 1 and not rows.further else (len(known),)
        samples = dict(enumerate(known))
        with closing(
            NpyWriter(path, replace(self.layout, shape=(*channels, len(rows))), self.file_name)
        ) as writer:
            writer.write(NpyBatch(samples, 0), {})


def read_layout(file: BinaryIO, file_name: str) -> Layout:
    """Layout of the array that `file` begins with; raises `InputError` unless it is a signal."""
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file, LONGEST_HEADER)  # type: ignore[call-arg]
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(file, LONGEST_HEADER)  # type: ignore[call-arg]
        else:
            raise ValueError(f"format version {version[0]}.{version[1]}")
    except BROKEN as error:
        # NumPy takes the header for a literal of Python's, and passes on what the parser says.
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        if "max_header_size" in str(error):
            reason = f"a header of over {LONGEST_HEADER} bytes"
        raise InputError(f"{file_name}: not an NPY file of numbers ({reason}); use numpy.save") from None
    if dtype.hasobject:
        raise InputError(f"{file_name}: holds pickled Python objects, never loaded; save an array of numbers")
    if dtype.kind not in "fiu":
        raise InputError(f"{file_name}: values of type {dtype}; expected real numbers")
    if len(shape) not in (1, 2):
        raise InputError(f"{file_name}: array of shape {shape}; expected (samples,) or (channels, samples)")
    if any(isinstance(size, bool) or size < 0 for size in shape):
        raise InputError(f"{file_name}: array of shape {shape}: no sizes; save it again with numpy.save")
    if 0 in shape:
        raise InputError(f"{file_name}: no samples: array of shape {shape}")
    return Layout(shape, dtype, bool(fortran) and len(shape) == 2, file.tell())
