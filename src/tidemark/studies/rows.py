"""All rows of a participant's file, read in blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.studies.arrow_rows import fault, parse_block
from tidemark.studies.blocks import blocks
from tidemark.studies.dictionary import Dictionary
from tidemark.studies.header import Header, read_header
from tidemark.studies.parsed import Rows
from tidemark.studies.plain_rows import parse_plainly


def read_rows(path: Path, dictionary: Dictionary | None) -> Rows:
    """Rows of a CSV file, compressed by gzip or not: columns time, x, y, z, annotation, and any others.

    Without dictionary annotations are not read, and need not be there. What is held is the rows' arrays, 24
    bytes a row, and one block of text. Raises `InputError`, naming file and row, where a row is not as it
    should be; that times rise is not checked here.
    """
    header: Header | None = None
    found: list[Rows] = []
    codes = None if dictionary is None else dictionary.codes
    for line, block in blocks(path):
        if header is None:
            first, _, block = block.partition(b"\n")
            header = read_header(path, first, dictionary is not None)
            line = 2
        if not block:
            continue
        rows = parse_plainly(block, header, codes)
        if rows is None:
            try:
                rows = parse_block(block, header, codes)
            except ValueError:
                raise fault(path, block, line, header, dictionary) from None
        found.append(rows)
    if header is None:
        raise InputError(f"{path}: row 1: the file is empty; expected a header and rows")
    if not found:
        raise InputError(f"{path}: row 2: no rows below the header; copy the file anew")
    return Rows(
        np.concatenate([rows.time for rows in found]),
        np.concatenate([rows.values for rows in found], axis=1),
        np.concatenate([rows.code for rows in found]),
    )
