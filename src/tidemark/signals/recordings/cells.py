"""Cells of a CSV file: how a row is cut into them, and what one says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidemark.signals.recordings.source import ColumnKind
from tidemark.signals.recordings.timestamps import is_date

SEPARATORS = (",", ";", "\t")
FIRST_ROWS = 1000
"""Rows of a file that show what its columns hold."""
BETWEEN = "\ud800"
"""A character that no decoded text holds."""
MISSING = frozenset(["", "nan", "-nan", "+nan", "na", "n/a", "#n/a", "<na>", "null", "none"])
"""Cells, in any case, that stand for a missing value."""
NUMBER = {
    ".": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    ",": re.compile(r"[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]+)?"),
}
FRACTION = {mark: re.compile(rf"[+-]?[0-9]*{re.escape(mark)}[0-9]+([eE][+-]?[0-9]+)?") for mark in ".,"}
QUOTED = re.compile(r' *("([^"]|"")*"\s*)?')
"""A cell in quotes, in which a quote is written twice; or nothing.

RFC 4180 has nothing before the quote, Python's and pandas' readers take spaces there if they are told to, and
no tab.
"""
INFINITE = frozenset(["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"])


def split(row: str, separator: str) -> list[str]:
    """Cells of a row as they are written; a separator between quotes separates nothing."""
    if '"' not in row:
        return row.split(separator)
    parts = row.split('"')
    parts[::2] = [outside.replace(separator, BETWEEN) for outside in parts[::2]]
    return '"'.join(parts).split(BETWEEN)


def has_stray_quote(cells: Sequence[str]) -> bool:
    """Whether a quote stands somewhere in a cell, where readers of CSV disagree on what it does."""
    return any('"' in cell and not QUOTED.fullmatch(cell) for cell in cells)


def unquoted(cell: str) -> str:
    """What a cell says: without the space and the quotes around it."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell


def find_separator(header: str) -> str:
    """The separator that the header holds most of, outside quotes; a comma if none."""
    return max(SEPARATORS, key=lambda separator: len(split(header, separator)))


def find_decimal(rows: list[list[str]]) -> str:
    """The decimal mark of the numbers in some rows: a comma if some use it and none a point."""
    texts = [unquoted(cell) for cells in rows[:FIRST_ROWS] for cell in cells]
    points = any(FRACTION["."].fullmatch(text) for text in texts)
    return "," if not points and any(FRACTION[","].fullmatch(text) for text in texts) else "."


def shown(text: str) -> str:
    """A cell for a message: quoted, on one line, not too long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def find_kind(texts: Sequence[str], decimal: str) -> ColumnKind:
    """What at least half of some cells hold, none of them missing; no cell at all counts as floating."""
    numbers = [text for text in texts if NUMBER[decimal].fullmatch(text) or text.lower() in INFINITE]
    if 2 * len(numbers) >= len(texts):
        whole = bool(texts) and all(re.fullmatch(r"[+-]?[0-9]+", text) for text in numbers)
        return "integer" if whole else "float"
    return "date" if 2 * sum(map(is_date, texts)) >= len(texts) else "text"
