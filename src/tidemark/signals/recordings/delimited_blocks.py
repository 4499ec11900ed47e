"""Rows of a CSV file as a block of bytes, decoded column by column in Arrow: for plain rows, which most are.

A row is plain that holds no quote and is not blank. What Arrow takes for a number or a date is one to the
reader of single cells too; whatever it does not take is left to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tidemark.core.limits import limit
from tidemark.core.store import Array
from tidemark.signals.recordings.cells import MISSING
from tidemark.signals.recordings.delimited_rows import DelimitedBatch, Style
from tidemark.signals.recordings.source import Batch
from tidemark.signals.recordings.timestamps import are_representable

if TYPE_CHECKING:
    from tidemark.signals.recordings.delimited import DelimitedSource

WIDEST = 256
"""Columns beyond which a block has too few rows for Arrow to be worth its calls."""
SPELLINGS = sorted(
    {form for word in MISSING for form in (word, word.upper(), word.title())} | {"NaN", "-NaN"}
)


def is_plain(block: bytes, width: int) -> bool:
    """Whether a block of whole lines can be decoded column by column: no quote, no blank line."""
    breaks = block.count(b"\n")
    ends = b"\r\n" if b"\r" in block else b"\n"
    if (
        not block.endswith(ends)
        or block.startswith(ends)
        or width > WIDEST
        or b"\0" in block
        or b'"' in block
    ):
        return False
    if ends == b"\r\n" and not block.count(b"\r") == block.count(ends) == breaks:
        return False
    if b"\n" + ends in block or (width == 1 and b" " in block):
        return False
    starts = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    return int(np.diff(starts, prepend=-1).max()) <= limit("cell")


@dataclass(frozen=True)
class BlockBatch(Batch):
    """Successive plain rows of a CSV file."""

    source: DelimitedSource
    block: bytes
    first: int
    """Number of the first row, as a person counts."""
    decoded: Mapping[int, pa.ChunkedArray]
    """Columns of numbers, float64 with nulls."""
    length: int

    def __len__(self) -> int:
        return self.length

    def place(self, row: int) -> str:
        """Where the row at this index is in the file."""
        return f"row {self.first + row}"

    @cached_property
    def single(self) -> DelimitedBatch:
        """The same rows, cell by cell."""
        style = self.source.style
        lines = self.block.decode(style.encoding, "surrogateescape").split("\n")[:-1]
        ending = "\r\n" if self.block.endswith(b"\r\n") else "\n"
        cells = [line.removesuffix("\r").split(style.separator) for line in lines]
        rows = list(range(self.first, self.first + len(cells)))
        return DelimitedBatch(self.source, "", cells, [ending] * len(cells), rows)

    @property
    def cells(self) -> list[list[str]]:
        """Each cell as it is written."""
        return self.single.cells

    def numbers(self, column: int) -> Array:
        """Values of a column, (rows,) float64, missing ones NaN."""
        if column in self.decoded:
            known = self.decoded[column]
            values = known.to_numpy(zero_copy_only=False)
            # Arrow knows ways to write infinity and NaN that are none here.
            if np.isfinite(values).sum() == len(values) - known.null_count:
                return np.asarray(values, dtype=np.float64)
        return self.single.numbers(column)

    def times(self, column: int) -> Array:
        """Values of a time column, (rows,): dates as int64 microseconds since 1970, numbers as float64."""
        if not self.source.writes_dates(column):
            return self.numbers(column)
        for zone in (None, "UTC") if self.source.kinds[column] == "date" else ():
            try:
                texts = self._texts([column])[0].cast(pa.string())
                moments = texts.cast(pa.timestamp("us", zone)).cast(pa.int64()).to_numpy(zero_copy_only=False)
            except pa.ArrowInvalid:
                continue
            if are_representable(moments).all():
                return np.asarray(moments)
        return self.single.times(column)

    def dates(self, column: int, rows: slice) -> list[str]:
        """Cells of a column."""
        style = self.source.style
        texts = self._texts([column])[0].to_pylist()[rows]
        return [text.decode(style.encoding, "surrogateescape").strip() for text in texts]

    def decimals(self, column: int, rows: slice) -> list[Decimal]:
        """Numbers of a time column, with as many places as they are written with."""
        return [Decimal(text.replace(self.source.decimal, ".")) for text in self.dates(column, rows)]

    def rendered(self, columns: Mapping[int, Array], places: int, style: Style, further: int = 0) -> bytes:
        """The rows as text, see `DelimitedBatch.rendered`."""
        if not columns and not further:
            return self.block
        texts = self._texts(range(len(self.source.names)))
        texts += [pa.array([b""] * len(self), pa.binary())] * further
        for column, values in columns.items():
            joined = (f"%.{places}f\n" * len(values) % tuple(values.tolist())).replace(".", style.decimal)
            new = pa.array(joined.encode().split(b"\n")[:-1], pa.binary())
            missing = np.isnan(values)
            texts[column] = pc.if_else(pa.array(missing), texts[column], new) if missing.any() else new
        ending = pa.scalar(b"\r\n" if self.block.endswith(b"\r\n") else b"\n", pa.binary())
        rows = pc.binary_join_element_wise(*texts, pa.scalar(style.separator.encode(), pa.binary()))
        lines = pc.binary_join_element_wise(rows, ending, pa.scalar(b"", pa.binary()))
        return b"".join(lines.to_pylist())

    def _texts(self, columns: Sequence[int]) -> list[pa.Array]:
        """Columns as they are written, (rows,) binary each."""
        table = parse(self.block, self.source, columns, pa.binary())
        return [table[column].combine_chunks() for column in columns]


def parse(
    block: bytes, source: DelimitedSource, columns: Sequence[int], kind: pa.DataType
) -> dict[int, pa.ChunkedArray]:
    """Columns of a block, all of one type; raises `pa.ArrowInvalid` where rows or cells are not of it."""
    names = [str(column) for column in range(len(source.names))]
    chosen = [names[column] for column in columns]
    table = csv.read_csv(
        pa.py_buffer(block),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        parse_options=csv.ParseOptions(
            delimiter=source.style.separator, quote_char=False, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(chosen, kind),
            include_columns=chosen,
            null_values=SPELLINGS,
            strings_can_be_null=False,
            check_utf8=False,
            decimal_point=source.decimal,
        ),
    )
    return {column: table[name] for column, name in zip(columns, chosen, strict=True)}


def block_batch(
    block: bytes, source: DelimitedSource, first: int, columns: Sequence[int]
) -> BlockBatch | None:
    """Plain rows, the first of them number `first`; none where they are not as plain as they look."""
    numeric = [column for column in columns if source.kinds[column] in ("float", "integer")]
    try:
        decoded = parse(block, source, numeric or [0], pa.float64() if numeric else pa.binary())
    except pa.ArrowInvalid:
        return None
    length = len(next(iter(decoded.values())))
    if length != block.count(b"\n"):
        return None
    return BlockBatch(source, block, first, decoded if numeric else {}, length)
