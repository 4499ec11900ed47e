"""A CSV file that is still being written: rows as they come from standard input, and out again at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, cast

from tidemark.core.errors import InputError
from tidemark.core.limits import limit, variable
from tidemark.core.replacing import writes
from tidemark.prediction.output import STANDARD, opened, shown
from tidemark.signals.recordings.delimited import DelimitedSource
from tidemark.signals.recordings.delimited_rows import BOM, DelimitedBatch, DelimitedWriter, Style, places_for

AT_ONCE = 2**16
"""Bytes taken at once where more have come."""


class StreamLines:
    """Whole lines of a stream, as soon as they have come."""

    def __init__(self, stream: BinaryIO) -> None:
        """Of a buffered stream, whose `read1` waits for no more than one byte."""
        self._stream = stream
        self._rest = b""

    def read(self, row: int, one: bool = False) -> bytes:
        """All whole lines that have come, at least one, and no more if `one` is enough; see `Lines`."""
        longest = limit("row_bytes")
        self._wait(longest)
        if len(self._rest) >= longest and b"\n" not in self._rest:
            raise InputError(
                f"standard input: row {row} has over {longest} bytes; not a CSV file, or set "
                f"{variable('row_bytes')} to more"
            )
        end = self._rest.find(b"\n") if one else self._rest.rfind(b"\n")
        return self._take(end + 1 or len(self._rest))

    def close(self) -> None:
        """Nothing is to be closed: standard input stays open."""

    def _wait(self, limit: int) -> None:
        """Wait for the end of a line, of the stream, or for `limit` bytes."""
        pieces, size = [self._rest], len(self._rest)
        while b"\n" not in pieces[-1] and size < limit:
            piece = self._stream.read1(AT_ONCE)  # type: ignore[attr-defined]
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        self._rest = b"".join(pieces)

    def _take(self, count: int) -> bytes:
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


class FollowedSource(DelimitedSource):
    """The table on standard input: each batch is the rows that have come since the one before.

    What its columns hold is decided by the first of them.
    """

    plain = False

    def __init__(self) -> None:
        """Wait for the header and the first row; raises `InputError` where there are none."""
        self.file_name = "standard input"
        if sys.stdin is None:
            raise InputError("standard input: is closed; open it")
        self.file = StreamLines(cast(BinaryIO, sys.stdin.buffer))
        self._start(self.file)

    def batches(self, columns: Sequence[int]) -> Iterator[DelimitedBatch]:
        """All rows, in order, as they come."""
        for batch in super().batches(columns):
            assert isinstance(batch, DelimitedBatch)  # none is plain
            yield batch


class FollowedWriter(DelimitedWriter):
    """Writes rows of a table into a stream, at once; the header is written as it starts."""

    def __init__(
        self, stream: BinaryIO, style: Style, header: str, scale: float = 1.0, further: int = 0
    ) -> None:
        """Numbers are written to a millionth of `scale`; see `DelimitedWriter`."""
        self.further = further
        self._style, self.file = style, stream
        self._places = places_for(scale)
        stream.write(BOM if style.bom else b"")
        self._put(header)

    def _put(self, text: str | bytes) -> None:
        super()._put(text)
        self.file.flush()


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """Standard output, to be written to as estimates come; `InputError` where it is full or closed."""
    with writes(shown(STANDARD)), opened(STANDARD) as stream:
        yield stream
