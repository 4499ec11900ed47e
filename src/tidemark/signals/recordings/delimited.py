"""CSV files as raw cells, row by row: what is not read as a number can be written back byte for byte.

Separators comma, semicolon and tab; quotes; decimal commas where the separator is no comma; BOM; gzip or not.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

from tidemark.core.errors import InputError
from tidemark.signals.recordings.cells import (
    MISSING,
    NUMBER,
    find_decimal,
    find_kind,
    find_separator,
    split,
    unquoted,
)
from tidemark.signals.recordings.delimited_rows import (
    BOM,
    DelimitedBatch,
    DelimitedWriter,
    Style,
    number_texts,
    quoted_like,
)
from tidemark.signals.recordings.source import NewRows, Source
from tidemark.signals.recordings.timestamps import are_compact_dates

BATCH_BYTES = 2**18
LONGEST_ROW = 2**24


class DelimitedSource(Source[DelimitedBatch]):
    """A CSV file open for reading, from its first row to its last, once."""

    has_table = True

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file and read its header and first rows; raises `InputError` if there are none."""
        self.file_name = file_name
        self.file: BinaryIO = path.open("rb")
        if self.file.read(2) == b"\x1f\x8b":
            self.file.close()
            self.file = cast(BinaryIO, gzip.open(path, "rb"))  # noqa: SIM115
        else:
            self.file.seek(0)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        lines = self._read(one=True)
        if not lines:
            raise InputError(f"{self.file_name}: the file is empty; expected a header and rows")
        if len(lines[0]) == LONGEST_ROW:
            raise InputError(f"{self.file_name}: row 1 has over {LONGEST_ROW} bytes; not a CSV file")
        lines += self._read()
        bom = lines[0].startswith(BOM)
        lines[0] = lines[0].removeprefix(BOM)
        start = b"".join(lines)
        if b"\0" in start or lines[0].startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError(f"{self.file_name}: not a table of text; save it as CSV in UTF-8")
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
        self.names = [unquoted(name) for name in raw_names]
        numbers = all(NUMBER["."].fullmatch(name) or NUMBER[","].fullmatch(name) for name in self.names)
        if numbers and self.names != [str(column) for column in range(len(self.names))]:
            raise InputError(
                f"{self.file_name}: row 1: expected names of columns, got numbers; add a header row"
            )
        self._batches = self._parse()
        self._first = next(self._batches, None)
        if self._first is None or not len(self._first):
            raise InputError(f"{self.file_name}: no rows below the header")
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
        self.kinds = [find_kind(texts, self.style.decimal) for texts in samples]
        self._compact = [are_compact_dates(texts) for texts in samples]

    @property
    def decimal(self) -> str:
        """A point or a comma."""
        return self.style.decimal

    def writes_dates(self, column: int) -> bool:
        """Whether a time column holds dates rather than numbers."""
        return self._compact[column] or self.kinds[column] in ("date", "text")

    def batches(self, columns: Sequence[int]) -> Iterator[DelimitedBatch]:
        """All rows, in order, in pieces; can be asked for once."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._batches

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> DelimitedWriter:
        """A writer of a table with the same header, and names of `further` columns."""
        return DelimitedWriter(path, self.style, self.header_with(further), zipped, scale, len(further))

    def header_with(self, further: Sequence[str]) -> str:
        """The header, its line break included, with names of `further` columns, quoted like the first."""
        example = split(self.header, self.style.separator)[0]
        names = [quoted_like(example, name, self.style.separator) for name in further]
        return self.style.separator.join([self.header, *names]) + self.header_ending

    def write_rows(self, path: Path, before: DelimitedBatch, rows: NewRows, zipped: bool) -> None:
        """Write the rows to come of the series and the time, quoted like the last row."""
        texts: dict[int, Sequence[str]] = {} if rows.time is None else {rows.time: rows.texts}
        for column, scale in zip(rows.series, rows.scale.tolist(), strict=True):
            texts[column] = number_texts(rows.of(column), scale, self.decimal)
        example, names = before.cells[-1], split(self.header, self.style.separator)
        columns = [[quoted_like(example[column], text) for text in texts[column]] for column in rows.columns]
        each = len(rows.further) // len(rows.series)
        scales = [scale for _, scale in sorted(zip(rows.series, rows.scale.tolist(), strict=True))]
        for place, values in enumerate(rows.further.values()):
            columns.append(number_texts(values, scales[place // each], self.decimal))
        header = [*(names[column] for column in rows.columns)]
        header += [quoted_like(names[0], name, self.style.separator) for name in rows.further]
        cells = [list(row) for row in zip(*columns, strict=True)]
        first = self.style.separator.join(header) + self.header_ending
        with closing(DelimitedWriter(path, self.style, first, zipped)) as writer:
            writer.write(DelimitedBatch(self, "", cells, [self.header_ending] * len(rows), []), {})

    def _read(self, one: bool = False) -> list[bytes]:
        """The next line, or about `BATCH_BYTES` of lines, with their line breaks; none at the end."""
        try:
            if one:
                line = self.file.readline(LONGEST_ROW)
                return [line] if line else []
            return self.file.readlines(BATCH_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{self.file_name}: damaged gzip file ({error}); compress it again") from None

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
        return f"{self.file_name}: row {row}: a quote is opened and never closed; close it"

    def _header(self) -> tuple[str, str]:
        """The first row that is not blank, and what ends it; the rows after it are left to be parsed."""
        for rows in self._lines:
            self._row += 1
            body = rows[0].rstrip("\r\n")
            if not body.strip():
                raise InputError(f"{self.file_name}: row 1 is blank; expected the names of columns")
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
                        f"{self.file_name}: row {self._row} has {len(row)} cells, the header {width}; fix it"
                    )
                cells.append(row)
                endings.append(text[len(body) :])
                numbers.append(self._row)
            if cells:
                yield DelimitedBatch(self, leading, cells, endings, numbers)
        if blank:
            yield DelimitedBatch(self, "".join(blank), [], [], [])
