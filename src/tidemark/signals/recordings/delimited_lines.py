"""The lines of a CSV file as rows, which may hold line breaks between quotes; gzip or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tidemark.core.errors import InputError
from tidemark.core.gzipped import DamagedError, pieces
from tidemark.core.limits import limit, variable

BATCH_BYTES = 2**18


class Lines(Protocol):
    """A table's text as blocks of whole lines, with their line breaks."""

    def read(self, row: int, one: bool = False) -> bytes:
        """The next lines, of which the first begins row number `row`; nothing at the end.

        `one` says that a line is enough, where more would have to be waited for. Raises `InputError` at a
        line longer than the limit.
        """
        ...

    def close(self) -> None:
        """Nothing more will be read."""
        ...


class FileLines:
    """The lines of a file, about `BATCH_BYTES` at a time."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file; messages name it `file_name`."""
        self._file_name = file_name
        self._file = path.open("rb")
        self._pieces = pieces(self._file, BATCH_BYTES)
        # What was read of a line that has not ended:
        self._rest = b""

    def read(self, row: int, one: bool = False) -> bytes:
        """See `Lines`; a gzip file that is damaged is an `InputError` too."""
        parts, size = [self._rest], len(self._rest)
        while True:
            try:
                part = next(self._pieces, b"")
            except DamagedError as error:
                raise InputError(
                    f"{self._file_name}: row {row} or behind it: the gzip file {error}; copy it anew"
                ) from None
            parts.append(part)
            size += len(part)
            # A carriage return ends a line too, unless it is the last byte: a line break may follow.
            end = max(part.rfind(b"\n"), part.rfind(b"\r", 0, len(part) - 1)) + 1
            if end or not part:
                whole = b"".join(parts)
                cut = len(whole) - len(part) + end if part else len(whole)
                self._rest = whole[cut:]
                return whole[:cut]
            if size >= limit("row_bytes"):
                raise InputError(
                    f"{self._file_name}: row {row} has over {limit('row_bytes')} bytes; not a CSV "
                    f"file, or set {variable('row_bytes')} to more"
                )

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def whole_rows(block: bytes, lines: Lines, file_name: str) -> Iterator[bytes | list[bytes]]:
    """A first block of lines, and those that follow, as rows.

    Blocks of lines that are rows; where there are quotes, lists of rows that may hold line breaks. Raises
    `InputError` at a quote that is never closed.
    """
    pending: list[bytes] = []
    size, row = 0, 1
    while block:
        if not pending and b'"' not in block:
            yield block
            row += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
        else:
            rows = []
            for line in block.splitlines(keepends=True):
                closes = line.count(b'"') % 2 == 1
                if closes == bool(pending):
                    rows.append(b"".join([*pending, line]))
                    pending, size = [], 0
                    continue
                pending.append(line)
                size += len(line)
                if size > limit("row_bytes"):
                    raise InputError(unclosed(row + len(rows), file_name))
            row += len(rows)
            if rows:
                yield rows
        block = lines.read(row)
    if pending:
        raise InputError(unclosed(row, file_name))


def unclosed(row: int, file_name: str) -> str:
    """What is said of a row in which a quote is opened and never closed."""
    return f"{file_name}: row {row}: a quote is opened and never closed; close it"
