"""Times written as a file writes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tidemark.signals.recordings.timestamps import EPOCH, parse_date

WEEK = re.compile(r"\d{4}(?P<dash>-?)W\d\d(?P<day>-?\d)?")
DATE = re.compile(
    r"\d{4}(?P<dash>-?)\d\d-?\d\d"
    r"((?P<between>.)(?P<hour>\d\d)((?P<colon>:?)(?P<minute>\d\d)(:?(?P<second>\d\d)((?P<mark>[.,])(?P<part>\d+))?)?)?)?"
    r"(?P<zone>Z|[+-]\d\d(:?\d\d)?)?"
)
UNITS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
DAY = 86_400_000_000
"""Microseconds, as `UNITS`."""


def date_text(microseconds: Fraction, example: str) -> str:
    """A moment since 1970 as ISO 8601, with the parts, marks and time zone of `example`.

    It is rounded to the last part. A week (2024-W05) stays one; any other form becomes 2024-12-31T23:59:59.
    """
    if week := WEEK.fullmatch(example):
        day = EPOCH + round(microseconds / DAY) * timedelta(days=1)
        year, number, weekday = day.isocalendar()
        text = f"{year:04}{week['dash']}W{number:02}"
        return text + (f"{week['dash']}{weekday}" if week["day"] else "")
    form = DATE.fullmatch(example) or DATE.fullmatch("2024-12-31T23:59:59")
    assert form is not None  # the second matches
    zone, digits = form["zone"] or "", len(form["part"] or "")
    smallest = next((part for part in UNITS if form[part]), "day")
    unit = 10 ** max(6 - digits, 0) if digits else UNITS.get(smallest, DAY)
    offset = -parse_date(f"1970-01-01T00:00{zone}")  # microseconds that local time is ahead
    moment = EPOCH + timedelta(microseconds=round((microseconds + offset) / unit) * unit)
    text = moment.date().isoformat().replace("-", form["dash"])
    if form["hour"]:
        text += form["between"] + moment.time().isoformat(f"{smallest}s").replace(":", form["colon"] or "")
    if digits:
        text += form["mark"] + f"{moment.microsecond:06}".ljust(digits, "0")[:digits]
    return text + zone


def places_of(numbers: Sequence[Decimal]) -> int:
    """Most decimal places that any of the numbers is written with."""
    return max(max(0, -int(number.as_tuple().exponent)) for number in numbers)


def number_text(number: Fraction, places: int, decimal: str) -> str:
    """A number rounded to so many decimal places."""
    return f"{Decimal(f'{round(number * 10**places)}e-{places}'):f}".replace(".", decimal)
