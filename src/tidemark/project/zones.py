"""Time zones of dates: an offset, an abbreviation behind each, or a zone's name for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.store import Array

HOURS: Mapping[str, float] = {
    "Z": 0, "UTC": 0, "UT": 0, "GMT": 0,
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8,
}  # fmt: skip
"""Hours from UTC; those of North America are as in RFC 5322, section 4.3."""
AMBIGUOUS: Mapping[str, Sequence[str]] = {
    "CST": ("America/Chicago", "Asia/Shanghai"), "EST": ("America/New_York", "Australia/Sydney"),
    "IST": ("Asia/Kolkata", "Europe/Dublin"), "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"), "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "MST": ("America/Denver", "Asia/Kuala_Lumpur"), "PST": ("America/Los_Angeles", "Asia/Manila"),
}  # fmt: skip
"""Abbreviations of several zones, unless another one beside them says which."""
SUMMER = {"EST": "EDT", "CST": "CDT", "MST": "MDT", "PST": "PDT"}
"""What, in the same column, makes them those of North America."""
OFFSET = re.compile(r"[+-]\d\d:?\d\d|[+-]\d\d")
ZONED = re.compile(r"(.*(?::\d\d(?:[.,]\d+)?|[AaPp][Mm]))\s*([A-Z]{1,5}|[+-]\d\d:?\d\d|[+-]\d\d)")
"""A date with a time of day, and its zone."""
MERIDIEM = ("AM", "PM")


def cut(text: str) -> tuple[str, str]:
    """A date without its zone, and that: empty where it has none."""
    match = ZONED.fullmatch(text)
    return (match[1], match[2]) if match and match[2] not in MERIDIEM else (text, "")


def minutes(zones: Sequence[str], where: str) -> Array:
    """Minutes from UTC of each of a column's zones, (rows,) int64.

    Raises `InputError` where an abbreviation is unknown, or of several zones.
    """
    known = {*zones}
    offsets = {}
    for zone in known:
        if OFFSET.fullmatch(zone):
            digits = zone[1:].replace(":", "").ljust(4, "0")
            offsets[zone] = int(zone[0] + "1") * (60 * int(digits[:2]) + int(digits[2:]))
            continue
        if zone in AMBIGUOUS and SUMMER.get(zone) not in known:
            raise InputError(
                f"{where}: {zone} may be the time of {' or of '.join(AMBIGUOUS[zone])}; say which with "
                f"--time-zone, such as --time-zone {AMBIGUOUS[zone][0]}, or write offsets such as +01:00"
            )
        if zone not in HOURS:
            raise InputError(
                f"{where}: {zone} is no time zone that is known here; say which with --time-zone, such as "
                "--time-zone Europe/Berlin, or write offsets such as +01:00"
            )
        offsets[zone] = round(60 * HOURS[zone])
    return np.array([offsets[zone] for zone in zones], dtype=np.int64)


def in_utc(local: Array, zone: str, where: str) -> Array:
    """Local times of a zone, (rows,) datetime64, in order, as UTC: (rows,) datetime64[us].

    An hour that the clock set back is there twice; which is which is seen from the order of rows. Raises
    `InputError` where a time is none of the zone, or that cannot be seen.
    """
    times = pd.DatetimeIndex(local)
    try:
        known = times.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except (KeyError, OSError):  # what pandas raises at an unknown zone
        raise InputError(f"--time-zone {zone}: unknown; expected one such as Europe/Berlin or UTC") from None
    except ValueError as error:
        if "infer" not in str(error) and "ambiguous" not in str(error).lower():
            reason = " ".join(str(error).split())
            raise InputError(
                f"{where}: not the times of {zone} ({reason}); choose another zone, or leave that row out"
            ) from None
        # An hour that should be there twice is there once: which of both it is changes nothing but a gap.
        known = times.tz_localize(zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="raise")
        if known.has_duplicates:
            raise InputError(
                f"{where}: the hour that the clock of {zone} set back cannot be told from the one before; "
                "write offsets such as +01:00"
            ) from None
    return np.asarray(known.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]"))
