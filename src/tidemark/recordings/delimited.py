"""CSV files as raw cells, row by row: what is not read as a number can be written back byte for byte.

Separators comma, semicolon and tab; quoted cells; decimal commas where the separator is no comma;
a byte-order mark; compressed by gzip or not.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.cells import (
    INFINITE,
    MISSING,
    NUMBER,
    find_decimal,
    find_kind,
    find_separator,
    shown,
    split,
    unquoted,
)
from tidemark.recordings.source import ColumnKind
from tidemark.recordings.timestamps import are_compact_dates, parse_date

BOM = b"\xef\xbb\xbf"
BATCH_BYTES = 2**18
LONGEST_ROW = 2**24


@dataclass(frozen=True)
class Style:
    """How a file writes its table."""

    encoding: str
    bom: bool
    separator: str
    decimal: str


@dataclass(frozen=True)
class DelimitedBatch:
    """Successive rows of a CSV file, each cell as it is written, quotes included."""

    source: DelimitedSource
    leading: str
    """Blank lines before the first of these rows."""
    cells: list[list[str]]
    endings: list[str]
    """What follows each row: its line break, and blank lines."""
    rows: list[int]
    """Row numbers as a person counts them; the header is row 1."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.cells)

    def place(self, row: int) -> str:
        """Where the row at this index is in the file."""
        return f"row {self.rows[row]}"

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones NaN."""
        texts = [cells[column] for cells in self.cells]
        try:
            values = np.array([float(text) for text in texts])
            if not any("_" in text for text in texts):
                return values
        except ValueError:
            pass  # missing values, quotes, decimal commas, or text
        return np.array([self._number(row, column, unquoted(text)) for row, text in enumerate(texts)])

    def _number(self, row: int, column: int, text: str) -> float:
        if text.lower() in MISSING:
            return np.nan
        if text.lower() in INFINITE:
            return np.inf
        decimal = self.source.style.decimal
        if NUMBER[decimal].fullmatch(text):
            return float(text.replace(decimal, "."))
        raise InputError(
            f"{self.source.label}: {self.place(row)}, column {self.source.names[column]!r}: "
            f"expected a number, got {shown(text)}; leave the cell empty if the value is missing"
        )

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        if not self.source.writes_dates(column):
            return self.numbers(column)
        times = np.empty(len(self), dtype=np.int64)
        for row, cells in enumerate(self.cells):
            text = unquoted(cells[column])
            try:
                times[row] = parse_date(text)
            except ValueError:
                raise InputError(
                    f"{self.source.label}: {self.place(row)}, column {self.source.names[column]!r}: "
                    f"expected a date as 2024-12-31 or 2024-12-31T23:59:59, got {shown(text)}"
                ) from None
        return times


class DelimitedSource:
    """A CSV file open for reading, from its first row to its last, once."""

    has_table = True
    frequency = None

    def __init__(self, path: Path, label: str) -> None:
        """Open the file and read its header and first rows; raises `InputError` if there are none."""
        self.label = label
        self._stream: BinaryIO = path.open("rb")
        if self._stream.read(2) == b"\x1f\x8b":
            self._stream.close()
            self._stream = cast(BinaryIO, gzip.open(path, "rb"))  # noqa: SIM115
        else:
            self._stream.seek(0)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        lines = self._read(one=True)
        if not lines:
            raise InputError(f"{self.label}: the file is empty; expected a header and rows")
        if len(lines[0]) == LONGEST_ROW:
            raise InputError(f"{self.label}: row 1 has over {LONGEST_ROW} bytes; not a CSV file")
        lines += self._read()
        bom = lines[0].startswith(BOM)
        lines[0] = lines[0].removeprefix(BOM)
        start = b"".join(lines)
        if b"\0" in start or lines[0].startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError(f"{self.label}: not a table of text; save it as CSV in UTF-8")
        try:
            start.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "latin-1"
        self.style = Style(encoding, bom, "", ".")
        self._row = 0
        self._lines = self._text(lines)
        self.header, self.header_ending = self._header()
        separator = find_separator(self.header)
        self.style = Style(encoding, bom, separator, ".")
        raw_names = split(self.header, separator)
        self.names: Sequence[str] = [unquoted(name) for name in raw_names]
        numbers = all(NUMBER["."].fullmatch(name) or NUMBER[","].fullmatch(name) for name in self.names)
        if numbers and self.names != [str(column) for column in range(len(self.names))]:
            raise InputError(f"{self.label}: row 1: expected names of columns, got numbers; add a header row")
        self._batches = self._parse()
        self._first = next(self._batches, None)
        if self._first is None or not len(self._first):
            raise InputError(f"{self.label}: no rows below the header")
        if separator != ",":
            self.style = Style(encoding, bom, separator, find_decimal(self._first.cells))
        samples = [
            [
                text
                for row in self._first.cells[:1000]
                if (text := unquoted(row[column])).lower() not in MISSING
            ]
            for column in range(len(self.names))
        ]
        self.kinds: Sequence[ColumnKind] = [find_kind(texts, self.style.decimal) for texts in samples]
        self._compact = [are_compact_dates(texts) for texts in samples]

    def writes_dates(self, column: int) -> bool:
        """Whether a time column holds dates rather than numbers."""
        return self._compact[column] or self.kinds[column] in ("date", "text")

    def batches(self, columns: Sequence[int]) -> Iterator[DelimitedBatch]:
        """All rows, in order, in pieces; can be asked for once."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._batches

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _read(self, one: bool = False) -> list[bytes]:
        """The next line, or about `BATCH_BYTES` of lines, with their line breaks; none at the end."""
        try:
            if one:
                line = self._stream.readline(LONGEST_ROW)
                return [line] if line else []
            return self._stream.readlines(BATCH_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{self.label}: damaged gzip file ({error}); compress it again") from None

    def _text(self, lines: list[bytes]) -> Iterator[list[str]]:
        """Lists of whole rows as text: a quoted cell may hold line breaks."""
        pending: list[str] = []
        size = before = 0
        while lines:
            texts = [line.decode(self.style.encoding, "surrogateescape") for line in lines]
            if pending or any(b'"' in line for line in lines):
                rows = []
                for text in texts:
                    closes = text.count('"') % 2 == 1
                    if closes == bool(pending):
                        rows.append("".join([*pending, text]))
                        pending, size = [], 0
                        continue
                    pending.append(text)
                    size += len(text)
                    if size > LONGEST_ROW:
                        raise InputError(self._unclosed(before + len(rows) + 1))
                texts = rows
            if texts:
                before += len(texts)
                yield texts
            lines = self._read()
        if pending:
            raise InputError(self._unclosed(before + 1))

    def _unclosed(self, row: int) -> str:
        return f"{self.label}: row {row}: a quote is opened and never closed; close it"

    def _header(self) -> tuple[str, str]:
        """The first row that is not blank, and what ends it; the rows after it are left to be parsed."""
        for rows in self._lines:
            self._row += 1
            body = rows[0].rstrip("\r\n")
            if not body.strip():
                raise InputError(f"{self.label}: row 1 is blank; expected the names of columns")
            self._rest = rows[1:]
            return body, rows[0][len(body) :]
        raise InputError(self._unclosed(1))

    def _parse(self) -> Iterator[DelimitedBatch]:
        """Rows as cells; blank lines between rows are kept, in a file of one column as missing values."""
        separator, width = self.style.separator, len(self.names)
        blank: list[str] = []
        while rows := self._rest or next(self._lines, []):
            self._rest = []
            bodies = [text.rstrip("\r\n") for text in rows]
            leading = ""
            cells: list[list[str]] = []
            endings: list[str] = []
            numbers: list[int] = []
            for text, body in zip(rows, bodies, strict=True):
                if not body.strip(" "):
                    blank.append(text)
                    continue
                if blank:
                    lines = range(self._row + 1, self._row + len(blank) + 1)
                    self._row += len(blank)
                    if width == 1:
                        cells += [[""] for _ in blank]
                        endings += blank
                        numbers += lines
                    elif endings:
                        endings[-1] += "".join(blank)
                    else:
                        leading += "".join(blank)
                    blank.clear()
                self._row += 1
                row = split(body, separator)
                if len(row) != width:
                    raise InputError(
                        f"{self.label}: row {self._row} has {len(row)} cells, the header {width}; mend it"
                    )
                cells.append(row)
                endings.append(text[len(body) :])
                numbers.append(self._row)
            if cells:
                yield DelimitedBatch(self, leading, cells, endings, numbers)
        if blank:
            yield DelimitedBatch(self, "".join(blank), [], [], [])
