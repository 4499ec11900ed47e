"""What instruments write above their columns: a line of units, times with a unit of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, DecimalException
from itertools import pairwise

from tidemark.signals.recordings.columns import TIME_NAMES
from tidemark.signals.units import UNITS, in_brackets

BRACKETED = re.compile(r"[\[(]([^\[\]()]*)[\])]")
TIMES = (*TIME_NAMES, "zeit", "elapsed", "elapsed time")
SECONDS: Mapping[str, int | Decimal] = {
    "s": 1, "sec": 1, "seconds": 1, "min": 60, "minutes": 60, "h": 3600, "hours": 3600,
    "ms": Decimal("1e-3"), "us": Decimal("1e-6"), "µs": Decimal("1e-6"),
}  # fmt: skip
"""Seconds in each unit that a time column's name may have in brackets."""


def with_units(names: Sequence[str], units: Sequence[str]) -> list[str] | None:
    """Names of columns with the units of the line below them in brackets; none where that holds no units.

    More than half of its cells must be known units, or all be in brackets.
    """
    if len(names) != len(units) or not all(names):
        return None
    bare = [match[1].strip() if (match := BRACKETED.fullmatch(unit)) else unit for unit in units]
    written = [unit for unit in units if unit not in ("", "-")]
    known = sum(unit in UNITS for unit in bare)
    if not written or not (2 * known > len(written) or all(map(BRACKETED.fullmatch, written))):
        return None
    return [
        name if unit in ("", "-") or in_brackets(name) else f"{name} [{unit}]"
        for name, unit in zip(names, bare, strict=True)
    ]


def in_seconds(name: str, cells: Sequence[str]) -> tuple[str, list[str]] | None:
    """A time column, such as `Time [ms]`, called as readers know it, and its rising numbers in seconds.

    None where it is no such column.
    """
    bare, unit = in_brackets(name) or (name, "")
    if bare.lower() not in TIMES or unit.strip() not in SECONDS:
        return None
    try:
        times = [Decimal(cell) for cell in cells]
    except DecimalException:
        return None
    if not all(time.is_finite() for time in times) or any(a >= b for a, b in pairwise(times)):
        return None
    factor = SECONDS[unit.strip()]
    texts = [*cells] if factor == 1 else [str(time * factor) for time in times]
    return bare if bare.lower() in TIME_NAMES else "time", texts
