"""Where in a file of text its table is: separator, header, columns, columns of numbers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.project import numbers
from tidemark.signals.recordings.cells import SEPARATORS

PREAMBLE, RUN = 100, 3
"""Lines among which the header is looked for, and rows that must follow it."""
BLANK = (".txt", ".dat", ".asc")
"""Suffixes of files whose columns runs of blanks may separate."""
VALUE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}:\d\d(:\d\d(\.\d+)?)?")
"""Dates and times of day in a table."""


def by_blanks(lines: list[str], path: Path) -> tuple[list[str], bool]:
    """Lines of a table whose columns runs of blanks separate with one blank instead, and whether it is one.

    In a CSV file no blank separates. A line of names may stand behind a `#`, right above the rows.
    """
    stem = path.name.lower().removesuffix(".gz")
    if not stem.endswith(BLANK) or any('"' in line for line in lines[-500:]):
        return lines, False
    body = [line for line in lines[-500:] if line.strip() and not line.startswith("#")]
    cells = [line.split() for line in body]
    width, count = Counter(map(len, cells)).most_common(1)[0] if cells else (1, 0)
    if width < 2 or 2 * count <= len(cells):
        return lines, False
    others = (*SEPARATORS, "|")
    shares = [_share([line.split(mark) for line in body]) for mark in others if any(mark in e for e in body)]
    if max(shares, default=0.0) >= _share(cells):
        return lines, False
    single = [" ".join(line.split()) for line in lines]
    for place, (line, below) in enumerate(pairwise(single[:PREAMBLE])):
        names = line.lstrip("#").split()
        if line.startswith("#") and len(names) == len(below.split()) == width and below[0] != "#":
            single[place] = " ".join(names)
            break
    return single, True


def _share(rows: Sequence[Sequence[str]]) -> float:
    """Share of cells, of rows of as many as most have, that are numbers, dates, times of day or missing."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    cells = [cell.strip() for row in rows if len(row) == width for cell in row]
    good = sum(
        bool(VALUE.fullmatch(cell)) or numbers.is_number(cell) or numbers.is_missing(cell) for cell in cells
    )
    return good / len(cells) if width > 1 else 0.0


def layout(lines: Sequence[str], path: Path, blanks: bool = False) -> tuple[str, int, int]:
    """Separator, number of lines before the header, number of columns.

    Separator and number are those of most of the last lines; the header is the line above the first of so
    many cells that has numbers where those have them. Raises `InputError` where there is none.
    """
    if not any(line.strip() for line in lines):
        raise InputError(f"{path}: the file is empty; expected a header and rows")
    body = [line for line in lines if line.strip()][-500:]

    def usual(separator: str) -> tuple[int, int]:
        """How many lines have the usual number of cells, and that number."""
        number, count = Counter(len(row) for row in csv.reader(body, delimiter=separator)).most_common(1)[0]
        return (count, number) if number > 1 else (0, 1)

    separator = " " if blanks else max((*SEPARATORS, "|"), key=usual)
    width = usual(separator)[1]
    places = numeric([*csv.reader(body, delimiter=separator)], width)
    top = [
        (place, row)
        for place, line in enumerate(lines[:PREAMBLE])
        if line.strip() and not line.startswith("#")
        if len(row := next(csv.reader([line], delimiter=separator), [])) == width
    ]
    values = [
        bool(places) and all(numbers.is_number(row[each]) or numbers.is_missing(row[each]) for each in places)
        for _, row in top
    ]
    for number in range(len(top)):
        if all(values[number : number + RUN]):
            return separator, top[max(number - 1, 0)][0], width
    if top:  # nothing but text below it
        return separator, top[-1 if places else 0][0], width
    raise InputError(
        f"{path}: no line among the first {PREAMBLE} has the {width} cells of those below; add a header"
    )


def numeric(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Columns that hold numbers in more than half of some rows."""
    whole = [row for row in rows if len(row) == width]
    return [
        place
        for place in range(width)
        if 2 * sum(numbers.is_number(row[place]) for row in whole) > len(whole)
    ]
