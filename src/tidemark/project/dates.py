"""Dates as people write them, as ISO 8601: a format that all of a column's cells have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.project import zones
from tidemark.signals.recordings.timestamps import is_date, parse_date

DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d %Y", "%b %d, %Y",
    "%d %B %Y", "%B %d, %Y", "%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y",
)  # fmt: skip
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M", "T%H:%M:%S",
          "T%H:%M:%S.%f")  # fmt: skip
FORMATS = tuple(day + clock for day, clock in product(DAYS, CLOCKS))
MARKS = re.compile(r"%.|[\w\s]|T(?=%)")
"""All of a date, or of a format, but what stands between its parts: where that differs, nothing else fits."""
SAMPLE = 200
"""Cells that formats are tried on before all are read."""
CLEARLY = 0.03
"""By how much larger a share of steps must be regular for a format to be that of the dates."""
EPOCHS = {"s": (3e8, 4e9), "ms": (3e11, 4e12), "us": (3e14, 4e15), "ns": (3e17, 4e18)}
"""Ranges in which a number counts time since 1970, from 1979 to 2096."""
EXCEL = (20000.0, 73050.0)
"""Range in which a number counts days since 1899-12-30, from 1954 to 2099."""


def parse(texts: Sequence[str], where: str, form: str | None = None, zone: str | None = None) -> Array | None:
    """Dates of a column's cells, (rows,) datetime64[us]; none where they are no dates.

    `form` is a format of strptime, by default found: one that all cells have and, of several, one by which
    time moves on, and most evenly. Dates of a `zone`, or with one behind each, become those in UTC. Raises
    `InputError`, naming the place `where`, where it does by several, or where a cell is not of `form`.
    """
    if zone is not None:
        local = _local([zones.cut(text)[0] for text in texts], where, form)
        return None if local is None else zones.in_utc(local, zone, where)
    if form is not None:
        return _read(texts, form, where)
    if all(map(is_date, texts[:SAMPLE])):
        return None  # which any reader takes as it is
    if (zoned := _in_utc(texts, where)) is not None:
        return zoned
    return _found(texts, where)


def _local(texts: Sequence[str], where: str, form: str | None) -> Array | None:
    """Dates of a zone that the user named, in that zone."""
    if form is not None:
        return _read(texts, form, where)
    if all(map(is_date, texts)):
        return np.array([parse_date(text) for text in texts], dtype="datetime64[us]")
    return _found(texts, where)


def _in_utc(texts: Sequence[str], where: str) -> Array | None:
    """Dates that say how far they are from UTC, each its own way perhaps, in UTC; none where they do not."""
    parts = [zones.cut(text) for text in texts]
    if not parts or not all(zone for _, zone in parts):
        return None
    bare = [text for text, _ in parts]
    local = _local(bare, where, None)
    if local is None or len(local) < len(texts):
        return None
    offsets = zones.minutes([zone for _, zone in parts], where)
    return np.asarray(local - offsets.astype("timedelta64[m]"))


def _found(texts: Sequence[str], where: str) -> Array | None:
    """Dates of the format that the cells have."""
    found = [(each, dates) for each in fitting(texts) if (dates := _tried(texts, each)) is not None]
    rising = [(each, dates) for each, dates in found if (np.diff(dates) >= np.timedelta64(0)).all()] or found
    most = max((_regular(dates) for _, dates in rising), default=0.0)
    alike = [(each, dates) for each, dates in rising if _regular(dates) >= most - CLEARLY]
    different = {dates.tobytes(): (each, dates) for each, dates in alike}
    if len(different) > 1:
        forms = " or ".join(each for each, _ in different.values())
        raise InputError(f"{where}: {texts[0]!r} may be of {forms}; say which with --time-format")
    return next((dates for _, dates in different.values()), None)


def counted(numbers: Array) -> Array | None:
    """Numbers that count time since 1970, or Excel's days, as dates; none where they do not."""
    if not len(numbers) or not np.isfinite(numbers).all():
        return None
    for unit, (low, high) in EPOCHS.items():
        if low <= numbers.min() and numbers.max() < high:
            scale = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[unit]
            return np.round(numbers * scale).astype("int64").astype("datetime64[us]")
    if EXCEL[0] <= numbers.min() and numbers.max() < EXCEL[1]:
        seconds = np.round((numbers - 25569) * 86400)
        return (seconds.astype("int64") * 1_000_000).astype("datetime64[us]")
    return None


def iso(dates: Array) -> list[str]:
    """Dates as text: days alone where all are at midnight."""
    for unit in ("D", "s"):
        rounded = dates.astype(f"datetime64[{unit}]")
        if (rounded == dates).all():
            return [str(each) for each in rounded]
    return [str(each) for each in dates]


def _regular(dates: Array) -> float:
    """Share of steps that are within a fifth of the usual one."""
    steps = np.diff(dates).astype(np.int64)
    return (
        float(np.mean(np.abs(steps / np.median(steps) - 1) <= 0.2))
        if len(steps) and np.median(steps)
        else 0.0
    )


def fitting(texts: Sequence[str]) -> list[str]:
    """Formats that the first cells have."""
    sample = [text for text in texts[:SAMPLE] if text]
    marks = MARKS.sub("", sample[0]) if sample else ""
    alike = [form for form in FORMATS if MARKS.sub("", form) == marks]
    return [form for form in alike if sample and _tried(sample, form) is not None]


def _tried(texts: Sequence[str], form: str) -> Array | None:
    try:
        dates = pd.to_datetime(pd.Series(texts), format=form, utc="%z" in form)
        return dates.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    except ValueError:
        return None


def _read(texts: Sequence[str], form: str, where: str) -> Array:
    for row, text in enumerate(texts):
        if _tried([text], form) is None:
            raise InputError(f"{where}, row {row + 2}: {text!r} is no date of the format {form}")
        if row == SAMPLE:
            break
    dates = _tried(texts, form)
    if dates is None:
        raise InputError(f"{where}: not all are dates of the format {form}")
    return dates
