"""Times that a table has in several columns, a date beside a time of day or a year beside a month, as one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tidemark.project import dates, zones
from tidemark.signals.recordings.timestamps import are_compact_dates, is_date

CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?")
NAME = "time"
PARTS: Mapping[str, Sequence[str]] = {
    "year": ("year", "yr", "yyyy", "yy", "jahr"),
    "month": ("month", "mo", "mon", "MM", "monat"),
    "day": ("day", "dd", "dy", "tag"),
    "hour": ("hour", "hr", "hh", "stunde"),
    "minute": ("minute", "min", "mn", "mm"),
    "second": ("second", "sec", "ss"),
}
"""Names of columns of whole numbers, in any case but for MM and mm; three make a date."""


class Joined(NamedTuple):
    """Several columns as one time."""

    places: list[int]
    """Where the columns stand."""
    name: str
    cells: list[str]
    said: str
    """What was done, for the user."""


def joined(
    header: Sequence[str], columns: Mapping[int, Sequence[str]], time_column: str | None
) -> Joined | None:
    """Columns that are one time together; None where there are none, or `time_column` is not among them."""
    found = _day_and_clock(header, columns, time_column) or _parts(header, columns)
    if found is None:
        return None
    places, cells = found
    names = [header[place] for place in places]
    if time_column is not None and time_column not in names:
        return None
    name = time_column if time_column is not None else NAME
    said = f"joined {' and '.join(map(repr, names))} as its times, such as {cells[0]}"
    return Joined(places, name, cells, said)


def _day_and_clock(
    header: Sequence[str], columns: Mapping[int, Sequence[str]], time_column: str | None
) -> tuple[list[int], list[str]] | None:
    """The first column of days, and the first one of times of a day."""
    clock = next((place for place, cells in columns.items() if cells and all(map(_is_clock, cells))), None)
    if clock is None:
        return None
    days = [place for place, cells in columns.items() if place != clock and _are_days(cells)]
    days.sort(key=lambda place: header[place] != time_column)
    if not days:
        return None
    day = columns[days[0]]
    if are_compact_dates(day):
        day = [f"{text[:4]}-{text[4:6]}-{text[6:]}" for text in day]
    texts = zip(day, columns[clock], strict=True)
    cells = [f"{date} {time.replace(',', '.').rjust(5, '0')}" for date, time in texts]
    return [days[0], clock], cells


def _is_clock(cell: str) -> bool:
    return bool(CLOCK.fullmatch(zones.cut(f"x {cell}")[0].removeprefix("x ")))


def _are_days(cells: Sequence[str]) -> bool:
    """Whether a column's cells are dates without a time of day."""
    some = cells[: dates.SAMPLE]
    if not some or any(":" in cell for cell in some):
        return False
    if all(cell.isdecimal() for cell in some):
        return are_compact_dates(some)
    return all(map(is_date, some)) or bool(dates.fitting(some))


def _parts(header: Sequence[str], columns: Mapping[int, Sequence[str]]) -> tuple[list[int], list[str]] | None:
    """Columns of years, months, days, and as many of hours, minutes and seconds as there are."""
    places: list[int] = []
    for names in PARTS.values():
        place = next((each for each in columns if _is_named(header[each], names)), None)
        if place is None or not all(cell.isdecimal() for cell in columns[place]):
            break
        places.append(place)
    if len(places) < 3:
        return None
    try:
        numbers = [tuple(map(int, row)) for row in zip(*(columns[each] for each in places), strict=True)]
        moments = [datetime(*(_century(row[0]), *row[1:])) for row in numbers]  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
    return places, [moment.isoformat(" ") for moment in moments]


def _is_named(name: str, names: Sequence[str]) -> bool:
    if name in ("MM", "mm"):
        return name in names
    return name.strip("#").lower() in names


def _century(year: int) -> int:
    return year + (1900 if 50 <= year < 100 else 2000 if year < 50 else 0)
