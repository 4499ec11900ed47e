"""Any block of a participant's file, read by Arrow's CSV reader; and what is wrong with a bad one."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow

from tidemark.core.errors import InputError
from tidemark.studies.dictionary import MISSING, Dictionary
from tidemark.studies.header import Header
from tidemark.studies.parsed import Rows

TEXT = pa.dictionary(pa.int32(), pa.string())


def parse_block(block: bytes, header: Header, codes: Mapping[str, int] | None) -> Rows:
    """Rows of a block of whole lines; raises `ValueError` if a row is not as it should be.

    `codes` are those of the annotations, None where they are not read.
    """
    table = _table(block, header, range(len(header.names)))
    time = table[header.time]
    values = np.stack([table[axis].to_numpy(zero_copy_only=False) for axis in header.axes])
    if time.null_count or np.isinf(values).any():
        raise ValueError("no time, or a value that is not finite")
    if len(time) != block.count(b"\n"):
        raise ValueError("a row of several lines")
    code = np.full(len(time), -1, dtype=np.int32)
    if header.annotation is not None and codes is not None:
        texts = table[header.annotation].combine_chunks()
        known = [codes.get(text) for text in texts.dictionary.to_pylist()]
        if None in known:
            raise ValueError("an annotation that is not in the dictionary")
        places = texts.indices.fill_null(len(known)).to_numpy()
        code = np.array([*known, -1], dtype=np.int32)[places]
    # A number is read in double precision, and rounded once more: as `plain_rows` does.
    return Rows(time.cast(pa.int64()).to_numpy(), values.astype(np.float32), code)


def _table(block: bytes, header: Header, columns: Sequence[int]) -> list[pa.ChunkedArray]:
    """All columns, those not among `columns` or not needed at all as text."""
    kinds = {header.time: pa.timestamp("ns"), **dict.fromkeys(header.axes, pa.float64())}
    if header.annotation is not None:
        kinds[header.annotation] = TEXT
    names = [str(place) for place in range(len(header.names))]
    table = arrow.read_csv(
        pa.py_buffer(block),
        read_options=arrow.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        parse_options=arrow.ParseOptions(ignore_empty_lines=False),
        convert_options=arrow.ConvertOptions(
            column_types={str(place): kind if place in columns else TEXT for place, kind in kinds.items()}
            | {str(place): TEXT for place in range(len(names)) if place not in kinds},
            null_values=list(MISSING),
            strings_can_be_null=True,
        ),
    )
    return list(table.columns)


def fault(path: Path, block: bytes, line: int, header: Header, dictionary: Dictionary | None) -> InputError:
    """What is wrong with the first bad row of a block that `parse_block` refuses, its first row `line`."""
    codes = None if dictionary is None else dictionary.codes
    lines = block.splitlines(keepends=True) if b"\r" not in block else block.split(b"\n")
    if b"\r" in block:
        lines = [text + b"\n" for text in lines[:-1]]
    first, last = 0, len(lines)  # the first bad one is in this range
    while last - first > 1:
        middle = (first + last) // 2
        try:
            parse_block(b"".join(lines[first:middle]), header, codes)
            first = middle
        except ValueError:
            last = middle
    return InputError(f"{path}: row {line + first}: {_reason(lines[first], header, dictionary)}")


def _reason(line: bytes, header: Header, dictionary: Dictionary | None) -> str:
    try:
        text = line.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        return "not text in UTF-8; mend the row"
    cells = next(csv.reader([text]), [])
    if len(cells) != len(header.names):
        return f"{len(cells)} cells where the header has {len(header.names)}; mend the row"
    for place in (header.time, *header.axes):
        shown = f"{header.names[place]} {cells[place][:40]!r}"
        try:
            column = _table(line, header, [place])[place]
            good = column.null_count == 0 if place == header.time else not np.isinf(column.to_numpy()).any()
        except ValueError:
            good = False
        if not good and place == header.time:
            return f"{shown} is no time; expected one such as 2016-11-13 02:18:00.010"
        if not good:
            return f"{shown} is no number; leave the cell empty where a value is missing"
    if header.annotation is not None and dictionary is not None:
        annotation = cells[header.annotation]
        if annotation not in dictionary.codes:
            shown = f"annotation {annotation[:80]!r}"
            return f"{shown} is not in {dictionary.name}; add it there, or mend the row"
    return f"not a row of a CSV file: {text[:80]!r}; mend it"
