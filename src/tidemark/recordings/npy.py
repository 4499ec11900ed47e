"""NPY files, read in pieces and never unpickled: (samples,) or (channels, samples).

Plain reads rather than a memory map, whose pages count as the process's own.
Layout of the file: NumPy Enhancement Proposal 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.source import BATCH_VALUES, ColumnKind


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


@dataclass(frozen=True)
class NpyBatch:
    """Successive samples of some channels."""

    raw: dict[int, Array]
    """By channel: (samples,), in the file's own type."""
    start: int
    """Number of the first of these samples."""

    def __len__(self) -> int:
        """Number of samples."""
        return len(next(iter(self.raw.values())))

    def place(self, row: int) -> str:
        """Which sample this is, counted from 0."""
        return f"sample {self.start + row}"

    def numbers(self, column: int) -> Array:
        """Samples of a channel, (samples,) float64, missing ones NaN."""
        return self.raw[column].astype(np.float64)

    def times(self, column: int) -> Array:
        """Not to be asked for: an NPY file has no time column."""
        raise NotImplementedError


class NpySource:
    """An NPY file open for reading."""

    has_table = False
    frequency = None

    def __init__(self, path: Path, label: str) -> None:
        """Open the file; raises `InputError` if it is not an array of numbers that is all there."""
        self.label = label
        self._file = path.open("rb")
        try:
            self.layout = read_layout(self._file, label)
            expected = self.layout.offset + int(np.prod(self.layout.shape)) * self.layout.dtype.itemsize
            held = path.stat().st_size
            if held < expected:
                raise InputError(
                    f"{label}: truncated: an array of shape {self.layout.shape} takes {expected} bytes, "
                    f"the file has {held}; copy it again"
                )
        except BaseException:
            self.close()
            raise
        self.names: Sequence[str] = [str(channel) for channel in range(self.layout.channels)]
        kind: ColumnKind = "float" if self.layout.dtype.kind == "f" else "integer"
        self.kinds: Sequence[ColumnKind] = [kind] * self.layout.channels

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
        self._file.seek(self.layout.offset + first * self.layout.dtype.itemsize)
        return np.fromfile(self._file, dtype=self.layout.dtype, count=count)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_layout(file: BinaryIO, label: str) -> Layout:
    """Layout of the array that `file` begins with; raises `InputError` unless it is a signal."""
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"format version {version[0]}.{version[1]}")
    except ValueError as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{label}: not an NPY file of numbers ({reason}); use numpy.save") from None
    if dtype.hasobject:
        raise InputError(f"{label}: holds pickled Python objects, never loaded; save an array of numbers")
    if dtype.kind not in "fiu":
        raise InputError(f"{label}: values of type {dtype}; expected real numbers")
    if len(shape) not in (1, 2):
        raise InputError(f"{label}: array of shape {shape}; expected (samples,) or (channels, samples)")
    if 0 in shape:
        raise InputError(f"{label}: no samples: array of shape {shape}")
    return Layout(shape, dtype, bool(fortran) and len(shape) == 2, file.tell())
