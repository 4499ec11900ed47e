"""Times written as a file writes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tidemark.recordings.timestamps import EPOCH

WEEK = re.compile(r"\d{4}(?P<dash>-?)W\d\d(?P<day>-?\d)?")
DATE = re.compile(
    r"\d{4}(?P<dash>-?)\d\d-?\d\d"
    r"((?P<between>.)(?P<hour>\d\d)((?P<colon>:?)(?P<minute>\d\d)(:?(?P<second>\d\d)((?P<mark>[.,])(?P<part>\d+))?)?)?)?"
    r"(?P<zone>Z|[+-]\d\d(:?\d\d)?)?"
)


def date_text(microseconds: Fraction, example: str) -> str:
    """A moment since 1970 as ISO 8601, with the parts, marks and time zone of `example`.

    It is rounded to the last part. A week (2024-W05) stays one; any other form becomes 2024-12-31T23:59:59.
    """
    if week := WEEK.fullmatch(example):
        day = EPOCH + round(microseconds / 86_400_000_000) * timedelta(days=1)
        year, number, weekday = day.isocalendar()
        text = f"{year:04}{week['dash']}W{number:02}"
        return text + (f"{week['dash']}{weekday}" if week["day"] else "")
    found = DATE.fullmatch(example) or DATE.fullmatch("2024-12-31T23:59:59")
    assert found is not None  # the second matches
    offset = _offset(found["zone"] or "")
    unit = _unit(found)
    shifted = round((microseconds + offset) / unit) * unit
    moment = EPOCH + timedelta(microseconds=shifted)
    text = f"{moment.year:04}{found['dash']}{moment.month:02}{found['dash']}{moment.day:02}"
    if found["hour"]:
        text += f"{found['between']}{moment.hour:02}"
    if found["minute"]:
        text += f"{found['colon']}{moment.minute:02}"
    if found["second"]:
        text += f"{found['colon']}{moment.second:02}"
    if found["part"]:
        digits = len(found["part"])
        text += found["mark"] + f"{moment.microsecond:06}".ljust(digits, "0")[:digits]
    return text + (found["zone"] or "")


def _unit(found: re.Match[str]) -> int:
    """Microseconds in the smallest part that is written."""
    if found["part"]:
        return int(10 ** max(6 - len(found["part"]), 0))
    units = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
    return next((unit for part, unit in units.items() if found[part]), 86_400_000_000)


def _offset(zone: str) -> int:
    """Microseconds that the local time is ahead of UTC."""
    digits = re.sub(r"\D", "", zone).ljust(4, "0")
    minutes = 60 * int(digits[:2]) + int(digits[2:])
    return (-1 if zone.startswith("-") else 1) * minutes * 60_000_000


def places_of(numbers: Sequence[Decimal]) -> int:
    """Most decimal places that any of the numbers is written with."""
    return max(max(0, -int(number.as_tuple().exponent)) for number in numbers)


def number_text(number: Fraction, places: int, decimal: str) -> str:
    """A number rounded to so many decimal places."""
    digits = str(abs(round(number * 10**places))).rjust(places + 1, "0")
    sign = "-" if round(number * 10**places) < 0 else ""
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return sign + (f"{whole}{decimal}{part}" if part else whole)
