"""All rows of a participant's file as arrays, read block by block; and what is wrong with a bad one."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow

from tidemark.classify.studies.blocks import blocks, line_breaks
from tidemark.classify.studies.dictionary import MISSING, Dictionary
from tidemark.classify.studies.header import Header, read_header
from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array

BYTES = 36
"""Of memory for a row, where arrays of all rows are joined: 24 of its own, and 12 of its values once more."""
TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Rows:
    """Successive rows of a file; index 0 of a whole file is its row 2."""

    time: Array
    """(rows,) int64 nanoseconds since 1970, as the file writes them"""
    values: Array
    """(3, rows) float32 acceleration along x, y, z in the file's unit; NaN is missing"""
    code: Array
    """(rows,) int32 place among the dictionary's annotations; -1 where there is none with a label"""


def read_rows(path: Path, dictionary: Dictionary | None) -> Rows:
    """Rows of a CSV file, compressed by gzip or not: columns time, x, y, z, annotation, and any others.

    Without dictionary annotations are not read, and need not be there. What is held is the rows' arrays, and
    one block of text. Raises `InputError`, naming file and row, where a row is not as it should be, and where
    there are more rows than the limit of memory has room for; that times rise is not checked here.
    """
    header: Header | None = None
    times: list[Array] = []
    values: list[Array] = []
    places: list[Array] = []
    codes = None if dictionary is None else dictionary.codes
    for line, block in blocks(path):
        if header is None:
            first, _, block = block.partition(b"\n")
            header = read_header(path, first, dictionary is not None)
            line = 2
        if not block:
            continue
        try:
            rows = parse_block(block, header, codes)
        except ValueError:
            raise fault_in(path, block, line, header, dictionary) from None
        times.append(rows.time)
        values.append(rows.values)
        places.append(rows.code)
        last = line + len(rows.time) - 1
        check_limit("memory", BYTES * last, f"{path}: row {last}")
    if header is None:
        raise InputError(f"{path}: row 1: the file is empty; expected a header and rows")
    if not times:
        raise InputError(f"{path}: row 2: no rows below the header; copy the file anew")
    joined = np.concatenate(values, axis=1)
    values.clear()  # so that no more is held twice
    return Rows(np.concatenate(times), joined, np.concatenate(places))


def parse_block(block: bytes, header: Header, codes: Mapping[str, int] | None) -> Rows:
    """Rows of a block of whole lines; raises `ValueError` if a row is not as it should be.

    `codes` are those of the annotations, None where they are not read.
    """
    table = _table(block, header, range(len(header.names)))
    time = table[header.time]
    values = np.stack([table[axis].to_numpy(zero_copy_only=False) for axis in header.axes])
    missing = sum(table[axis].null_count for axis in header.axes)
    # Arrow reads nan(1) as a number that is none.
    if time.null_count or np.isfinite(values).sum() != values.size - missing:
        raise ValueError("no time, or a value that is not finite")
    if len(time) != line_breaks(block):
        raise ValueError("a row of several lines")
    code = np.full(len(time), -1, dtype=np.int32)
    if header.annotation is not None and codes is not None:
        texts = table[header.annotation].combine_chunks()
        known = [codes.get(text) for text in texts.dictionary.to_pylist()]
        if None in known:
            raise ValueError("an annotation that is not in the dictionary")
        places = texts.indices.fill_null(len(known)).to_numpy()
        code = np.array([*known, -1], dtype=np.int32)[places]
    # A number is read in double precision, and rounded once more: to the same bytes on every machine.
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


def fault_in(
    path: Path, block: bytes, line: int, header: Header, dictionary: Dictionary | None
) -> InputError:
    """What is wrong with the first bad row of a block that `parse_block` refuses, its first row `line`."""
    codes = None if dictionary is None else dictionary.codes
    lines = [text + b"\n" for text in block.split(b"\n")[:-1]]
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
        return "not text in UTF-8; fix the row"
    try:
        cells = next(csv.reader([text]), [])
    except csv.Error as error:
        return f"not a row of a CSV file ({error}); fix it"
    if len(cells) != len(header.names):
        return f"{len(cells)} cells where the header has {len(header.names)}; fix the row"
    for place in (header.time, *header.axes):
        shown = f"{header.names[place]} {cells[place][:40]!r}"
        try:
            column = _table(line, header, [place])[place]
            if place == header.time:
                good = column.null_count == 0
            else:
                good = bool(np.isfinite(column.to_numpy()).sum() == len(column) - column.null_count)
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
            return f"{shown} is not in {dictionary.name}; add it there, or fix the row"
    return f"not a row of a CSV file: {text[:80]!r}; fix it"
