"""Numbers that stand for missing values: -999, 9999, 1e20 and their like, far outside all others."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tidemark.core.store import Array
from tidemark.signals.recordings.missing import are

NINES = re.compile(r"-?9{2,}(\.9*0?|\.25)?")
"""-99, 9999, 99.99, -999.25 …"""
FILLS = frozenset([-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0, 9.969209968386869e36])
"""Ends of ranges of whole numbers, and netCDF's fill value."""
HUGE = 1e20
"""Powers of ten from here on are no measurement."""
SEVERAL = 3
"""Times that such a number must be there: fewer are looked at by whoever made them."""


def find(values: Array) -> list[float]:
    """Such numbers in signals (columns, rows), NaN where missing; in order.

    One is at the end of a column's range, there several times, and as far from what else there is as that is
    wide (from its first to its 99th percentile), or farther.
    """
    known: set[float] = set()
    for row in values:
        rest = row[np.isfinite(row)]
        while len(rest):
            ends = [end for end in (float(rest.min()), float(rest.max())) if _looks(end)]
            found = next((end for end in ends if _is_far(rest, end)), None)
            if found is None:
                break
            known.add(_named(found))
            rest = rest[rest != found]
    return sorted(known)


def said(values: Array, numbers: Sequence[float], names: Sequence[str]) -> list[str]:
    """How often each of the numbers is there, for the user."""
    result = []
    for number in numbers:
        counts = {name: int(are(row, [number]).sum()) for name, row in zip(names, values, strict=True)}
        where = ", ".join(f"{count:,} times in {name!r}" for name, count in counts.items() if count)
        result.append(f"{number:g} stands {where or 'nowhere'}, and counts as missing")
    return result


def _named(number: float) -> float:
    """What was meant by a number that float32 may have made of it: -999.9 of -999.9000244140625."""
    short = float(str(np.float32(number))) if abs(number) < HUGE else number
    return short if np.float32(short) == number and NINES.fullmatch(f"{short:.10g}") else number


def _looks(number: float) -> bool:
    text = f"{_named(number):.10g}"
    power = abs(number) >= HUGE and float(np.log10(abs(number))) % 1 < 1e-6
    return bool(NINES.fullmatch(text)) or number in FILLS or power or abs(number) > 1e30


def _is_far(values: Array, number: float) -> bool:
    rest = values[values != number]
    if len(values) - len(rest) < SEVERAL or not len(rest):
        return False
    low, high = np.percentile(rest, [1, 99])
    away = max(low - number, number - high)
    return bool(away >= max(high - low, 1e-12 * abs(number)) and not rest.min() < number < rest.max())
