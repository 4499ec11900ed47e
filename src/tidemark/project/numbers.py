"""Numbers as people write them: a decimal mark, a mark between thousands, signs for what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tidemark.core.errors import InputError
from tidemark.signals.recordings.cells import FRACTION, MISSING, NUMBER, SEPARATORS

ABSENT = frozenset(["-", "--", "---", "?", "n.a.", "."])
"""Cells that stand for a missing value beside numbers, besides those that every reader takes for one."""
SPACES, QUOTES = " \u00a0\u2009\u202f", "'’"
"""Marks between thousands that are no decimal mark: spaces (plain, no-break, thin), apostrophes."""


@dataclass(frozen=True)
class Style:
    """How a table writes its numbers."""

    decimal: str = "."
    thousands: str = ""
    """Characters, any of which stands between thousands."""

    @cached_property
    def grouped(self) -> re.Pattern[str]:
        """A number with marks between all of its thousands."""
        mark = f"[{re.escape(self.thousands)}]" if self.thousands else "(?!)"
        return re.compile(rf"[+-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+({re.escape(self.decimal)}[0-9]+)?")

    def is_number(self, cell: str) -> bool:
        """Whether a cell is a number, grouped or not."""
        return bool(NUMBER[self.decimal].fullmatch(cell) or self.grouped.fullmatch(cell))

    def proven(self, cell: str) -> bool:
        """Whether a cell can be nothing but a number of this style: two groups, or both marks, in it."""
        match = self.grouped.fullmatch(cell)
        if match is None:
            return False
        return bool(match[1]) or self.thousands not in ",." or sum(map(cell.count, self.thousands)) > 1

    def plain(self, cell: str) -> str:
        """A number as every reader takes it; any other cell as it is."""
        if not self.is_number(cell):
            return cell
        return "".join(mark for mark in cell if mark not in self.thousands).replace(self.decimal, ".")


STYLES = tuple(
    Style(decimal, thousands)
    for decimal, others in ((".", (",", SPACES, QUOTES)), (",", (".", SPACES, QUOTES)))
    for thousands in others
)


def is_number(cell: str) -> bool:
    """Whether a cell is a number in some style."""
    cell = cell.strip()
    return any(NUMBER[mark].fullmatch(cell) for mark in NUMBER) or any(
        style.grouped.fullmatch(cell) for style in STYLES
    )


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a missing value."""
    cell = cell.strip().lower()
    return cell in MISSING or cell in ABSENT


def find_style(cells: Iterable[str], separator: str, where: str) -> Style:
    """The style of a table's numbers, from some cells without space around them.

    One mark with three digits behind it, as in 1,234, is a decimal mark where other cells do not say
    otherwise and the cells' `separator` is no comma; raises `InputError` where it may be either.
    """
    known = {cell for cell in cells if is_number(cell)}
    proven = [style for style in STYLES if any(map(style.proven, known))]
    if fitting := [style for style in proven if len(proven) == 1 or all(map(style.is_number, known))]:
        return fitting[0]
    points = [cell for cell in known if FRACTION["."].fullmatch(cell)]
    commas = [cell for cell in known if FRACTION[","].fullmatch(cell)]
    english, german = Style(".", ","), Style(",", ".")
    three, thousand = all(map(english.grouped.fullmatch, commas)), all(map(german.grouped.fullmatch, points))
    if not commas:
        return Style()
    if points:  # both marks: the one that always has three digits behind it stands between thousands
        return Style() if three == thousand else english if three else german
    if separator == "," and three:
        raise InputError(
            f"{where}: {sorted(commas)[0]!r} may be a thousand or a decimal; write numbers without marks "
            "between thousands, and with a decimal point"
        )
    return Style(",")


def column(cells: Sequence[str], style: Style) -> tuple[list[str], str]:
    """A column's cells as every reader takes them, and what was changed that he would not have taken.

    A column that holds anything but numbers and signs for missing ones stays as it is.
    """
    present = [cell for cell in cells if not is_missing(cell)]
    if not present or 2 * sum(map(style.is_number, present)) < len(present):
        return list(cells), ""
    odd = next((cell for cell in cells if style.grouped.fullmatch(cell)), None)
    absent = [cell for cell in cells if cell.lower() in ABSENT]
    said = [f"{odd} is {style.plain(odd)}"] if odd is not None else []
    said += [f"{absent[0]!r} is missing, {len(absent):,} times"] if absent else []
    return ["" if cell.lower() in ABSENT else style.plain(cell) for cell in cells], ", ".join(said)


def read_as_is(style: Style, separator: str) -> bool:
    """Whether the pipeline reads numbers of this style, in cells with this separator, as they are."""
    return not style.thousands and separator in SEPARATORS and (style.decimal == "." or separator != ",")
