"""Rows of a CSV file as raw cells, and writing them: what is not replaced goes out byte for byte."""

from __future__ import annotations

import gzip
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.signals.recordings.cells import INFINITE, MISSING, NUMBER, shown, unquoted
from tidemark.signals.recordings.source import Batch, Writer
from tidemark.signals.recordings.timestamps import parse_date

if TYPE_CHECKING:
    from tidemark.signals.recordings.delimited import DelimitedSource
    from tidemark.signals.recordings.delimited_blocks import BlockBatch

    AnyBatch: TypeAlias = "DelimitedBatch | BlockBatch"

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Style:
    """How a file writes its table."""

    encoding: str
    bom: bool
    separator: str
    decimal: str


@dataclass(frozen=True)
class DelimitedBatch(Batch):
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
        return len(self.cells)

    def place(self, row: int) -> str:
        """Where the row at this index is in the file."""
        return f"row {self.rows[row]}"

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones NaN."""
        texts = [cells[column] for cells in self.cells]
        if self.source.decimal == ".":
            try:
                values = np.array([float(text) for text in texts])
                if (joined := "".join(texts)).isascii() and "_" not in joined:
                    return values
            except ValueError:
                pass  # missing values, quotes, or text
        return np.array([self._number(row, column, unquoted(text)) for row, text in enumerate(texts)])

    def numbers_of(self, columns: Sequence[int]) -> Array:
        """The same of some columns, (columns, rows): row by row, which is faster where there are many."""
        if self.cells and len(columns) == len(self.source.names) and self.source.decimal == ".":
            try:
                values = np.array([[*map(float, cells)] for cells in self.cells]).T
                if all((joined := "".join(cells)).isascii() and "_" not in joined for cells in self.cells):
                    return np.ascontiguousarray(values[list(columns)])
            except ValueError:
                pass  # missing values, quotes, or text
        return super().numbers_of(columns)

    def _number(self, row: int, column: int, text: str) -> float:
        if text.lower() in MISSING:
            return np.nan
        if text.lower() in INFINITE:
            return np.inf
        decimal = self.source.decimal
        if NUMBER[decimal].fullmatch(text):
            return float(text.replace(decimal, "."))
        raise InputError(
            f"{self.source.file_name}: {self.place(row)}, {self.source.called(column)}: "
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
                    f"{self.source.file_name}: {self.place(row)}, {self.source.called(column)}: "
                    f"expected a date as 2024-12-31 or 2024-12-31T23:59:59, got {shown(text)}"
                ) from None
        return times

    def dates(self, column: int, rows: slice) -> list[str]:
        """Cells of a column without quotes."""
        return [unquoted(cells[column]) for cells in self.cells[rows]]

    def decimals(self, column: int, rows: slice) -> list[Decimal]:
        """Numbers of a time column, with as many places as they are written with."""
        return [Decimal(text.replace(self.source.decimal, ".")) for text in self.dates(column, rows)]

    def rendered(self, columns: Mapping[int, Array], places: int, style: Style, further: int = 0) -> str:
        """The rows as text, numbers of `columns` with so many places where they are present.

        `further` columns follow, empty where `columns` has no number for them.
        """
        for cells in self.cells if further else ():
            cells.extend([""] * further)
        for column, values in columns.items():
            for cells, value in zip(self.cells, values.tolist(), strict=True):
                if not math.isnan(value):
                    text = f"{value:.{places}f}".replace(".", style.decimal)
                    cells[column] = quoted_like(cells[column], text)
        rows = map(style.separator.join, self.cells)
        return self.leading + "".join(map("".join, zip(rows, self.endings, strict=True)))


class DelimitedWriter(Writer["AnyBatch"]):
    """CSV: every cell that is not replaced, or is missing, goes out byte for byte as it came."""

    further: int = 0
    """Columns that follow those of the rows; their cells are empty where nothing is written into them."""

    def __init__(
        self, path: Path, style: Style, header: str, zipped: bool, scale: float = 1.0, further: int = 0
    ) -> None:
        """Start the file with its byte-order mark, if there was one, and header."""
        self.further = further
        self._style = style
        self._plain = path.open("wb")
        # No name and no time inside, so the same input gives the same bytes.
        self.file = (
            cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=self._plain, mtime=0)) if zipped else self._plain
        )
        self._places = places_for(scale)
        self.file.write(BOM if style.bom else b"")
        self._put(header)

    def write(self, batch: AnyBatch, columns: Mapping[int, Array]) -> None:
        """Write rows, with the numbers of `columns` in place of those that were there."""
        self._put(batch.rendered(columns, self._places, self._style, self.further))

    def _put(self, text: str | bytes) -> None:
        if isinstance(text, str):
            text = text.encode(self._style.encoding, "surrogateescape")
        self.file.write(text)

    def close(self) -> None:
        """Finish the file."""
        super().close()
        self._plain.close()


def places_for(scale: float) -> int:
    """Decimal places that show a millionth of `scale`."""
    return min(max(6 - math.floor(math.log10(scale)), 0), 17)


def number_texts(values: Array, scale: float, decimal: str) -> list[str]:
    """Numbers (rows,) to a millionth of `scale`, with this decimal mark."""
    form = f"z.{places_for(scale)}f"
    return [f"{value:{form}}".replace(".", decimal) for value in values.tolist()]


def quoted_like(cell: str, text: str, separator: str = "") -> str:
    """`text` in quotes if the cell has them, or if it holds the separator or a quote."""
    needed = separator and (separator in text or '"' in text)
    if needed:
        text = text.replace('"', '""')
    return f'"{text}"' if needed or cell.lstrip().startswith('"') else text
