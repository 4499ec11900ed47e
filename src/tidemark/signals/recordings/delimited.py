"""CSV files as raw cells, row by row: what is not read as a number can be written back byte for byte.

Separators comma, semicolon and tab; quotes; decimal commas where the separator is no comma; BOM; gzip or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit, limit
from tidemark.signals.recordings.cells import (
    FIRST_ROWS,
    MISSING,
    NUMBER,
    find_decimal,
    find_kind,
    find_separator,
    has_stray_quote,
    split,
    unquoted,
)
from tidemark.signals.recordings.delimited_blocks import BlockBatch, block_batch, is_plain
from tidemark.signals.recordings.delimited_lines import FileLines, Lines, unclosed, whole_rows
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

AnyBatch = DelimitedBatch | BlockBatch


class DelimitedSource(Source[AnyBatch]):
    """A CSV file open for reading, from its first row to its last, once."""

    has_table = True
    plain = True
    """Whether rows may come as blocks of bytes."""
    _row = 0
    """Number of the last row that was parsed."""
    _left: list[bytes | list[bytes]]
    """Rows below the header that were read with it."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file and read its header and first rows; raises `InputError` if there are none."""
        self.file_name = file_name
        self.file = FileLines(path, file_name)
        try:
            self._start(self.file)
        except BaseException:
            self.close()
            raise

    def _start(self, lines: Lines) -> None:
        start = lines.read(1, one=True)
        if not start:
            raise InputError(f"{self.file_name}: the file is empty; expected a header and rows")
        start += lines.read(2)
        bom = start.startswith(BOM)
        start = start.removeprefix(BOM)
        if b"\0" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError(f"{self.file_name}: not a table of text; save it as CSV in UTF-8")
        try:
            start.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "latin-1"
        self.style = Style(encoding, bom, "", ".")
        self._blank: list[str] = []
        self.kinds = []
        self._pieces = whole_rows(start, lines, self.file_name)
        self.header, self.header_ending = self._header()
        separator = find_separator(self.header)
        self.style = Style(encoding, bom, separator, ".")
        raw_names = split(self.header, separator)
        check_limit("columns", len(raw_names), f"{self.file_name}: row 1")
        if has_stray_quote(raw_names):
            raise InputError(self._stray())
        self.names = [unquoted(name) for name in raw_names]
        numbers = all(NUMBER["."].fullmatch(name) or NUMBER[","].fullmatch(name) for name in self.names)
        if numbers and self.names != [str(column) for column in range(len(self.names))]:
            raise InputError(
                f"{self.file_name}: row 1: expected names of columns, got numbers; add a header row"
            )
        self._first = next(self._parse(()), None)
        if self._first is None or not len(self._first):
            raise InputError(f"{self.file_name}: no rows below the header")
        if separator != ",":
            self.style = Style(encoding, bom, separator, find_decimal(self._first.cells))
        samples = [
            [
                text
                for row in self._first.cells[:FIRST_ROWS]
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

    def batches(self, columns: Sequence[int]) -> Iterator[AnyBatch]:
        """All rows, in order, in pieces; can be asked for once."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._parse(columns)

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

    def write_rows(self, path: Path, before: AnyBatch, rows: NewRows, zipped: bool) -> None:
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

    def _stray(self) -> str:
        return f"{self.file_name}: row {self._row}: a quote in a cell; write it twice, and the cell in quotes"

    def _header(self) -> tuple[str, str]:
        """The first row, which is not blank, and what ends it; the rows after it are left to be parsed."""
        for piece in self._pieces:
            self._row += 1
            rows = piece.splitlines(keepends=True) if isinstance(piece, bytes) else piece
            row = rows[0].decode(self.style.encoding, "surrogateescape")
            body = row.rstrip("\r\n")
            if not body.strip():
                raise InputError(f"{self.file_name}: row 1 is blank; expected the names of columns")
            self._left = [rows[1:]]
            if self.plain and isinstance(piece, bytes):
                self._left = [rows[1 : FIRST_ROWS + 1], b"".join(rows[FIRST_ROWS + 1 :])]
            return body, row[len(body) :]
        raise InputError(unclosed(1, self.file_name))

    def _parse(self, columns: Sequence[int]) -> Iterator[AnyBatch]:
        """The next rows as batches; `columns` are those that are wanted."""
        width = len(self.names)
        while True:
            piece = self._left.pop(0) if self._left else next(self._pieces, None)
            if piece is None:
                break
            if not piece:
                continue
            if isinstance(piece, bytes):
                if self.plain and self.kinds and not self._blank and is_plain(piece, width):
                    batch = block_batch(piece, self, self._row + 1, columns)
                    if batch is not None:
                        self._row += len(batch)
                        self._check_rows()
                        yield batch
                        continue
                piece = piece.splitlines(keepends=True)
            single = self._single([row.decode(self.style.encoding, "surrogateescape") for row in piece])
            self._check_rows()
            if single is not None:
                yield single
        if self._blank:
            blank, self._blank = "".join(self._blank), []
            yield DelimitedBatch(self, blank, [], [], [])

    def _check_rows(self) -> None:
        check_limit("rows", self._row - 1, self.file_name)

    def _single(self, rows: list[str]) -> DelimitedBatch | None:
        """Rows as cells; blank lines between rows are kept, in a file of one column as missing values."""
        separator, width, longest = self.style.separator, len(self.names), limit("cell")
        leading, blank = "", self._blank
        cells: list[list[str]] = []
        endings: list[str] = []
        numbers: list[int] = []
        for text in rows:
            body = text.rstrip("\r\n")
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
            if '"' in body and has_stray_quote(row):
                raise InputError(self._stray())
            if len(body) > longest:
                check_limit("cell", max(map(len, row)), f"{self.file_name}: row {self._row}")
            cells.append(row)
            endings.append(text[len(body) :])
            numbers.append(self._row)
        return DelimitedBatch(self, leading, cells, endings, numbers) if cells else None
