"""A block of a participant's file that is written plainly, parsed character by character in compiled code.

Plainly: times such as 2016-11-13 02:18:00.010, decimal numbers, nothing in quotes. So are files that a
program wrote; any other block is left to `arrow_rows`, and so is any in which something is wrong. What
repeats from row to row is not parsed anew: the minute of a time, and the annotation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numba import njit

from tidemark.core.store import Array
from tidemark.studies.header import Header
from tidemark.studies.parsed import Rows

Function = TypeVar("Function", bound=Callable[..., Any])

BREAK, QUOTE, COMMA, MINUS, POINT, ZERO, COLON = (ord(character) for character in '\n",-.0:')
TIME, ANNOTATION, OTHER = -1, -2, -3
"""What a column holds; 0, 1 and 2 are the axes."""
MINUTE, SECOND = 16, 19
"""Characters of 2016-11-13 02:18, and of 2016-11-13 02:18:00."""
PATTERN = np.frombuffer(b"0000-00-00 00:00", np.uint8)
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
YEARS = (1970, 2200)
"""From the first that counts to the last whose nanoseconds a 64-bit number holds, or nearly."""
EXACT = 15
"""Digits of a whole number that double precision holds whatever they are."""
POWERS = 10.0 ** np.arange(EXACT + 1)
REFUSED = -1
"""In place of a place or a count: not written plainly."""


def parse_plainly(block: bytes, header: Header, codes: Mapping[str, int] | None) -> Rows | None:
    """Rows of a block of whole lines; None if it is not written plainly, or anything in it is wrong.

    `codes` are those of the annotations, None where they are not read.
    """
    if not block.endswith(b"\n"):
        return None
    text = np.frombuffer(block, np.uint8)
    kinds = np.full(len(header.names), OTHER)
    kinds[header.time] = TIME
    kinds[list(header.axes)] = range(len(header.axes))
    if header.annotation is not None and codes is not None:
        kinds[header.annotation] = ANNOTATION
    known = [annotation.encode() for annotation in codes or ()]
    ends = np.cumsum([0, *map(len, known)])
    every = np.array(list((codes or {}).values()), dtype=np.int32)
    size = np.count_nonzero(text == BREAK)
    rows = Rows(
        np.empty(size, dtype=np.int64),
        np.empty((len(header.axes), size), dtype=np.float32),
        np.full(size, -1, dtype=np.int32),
    )
    annotations = np.frombuffer(b"".join(known), np.uint8)
    parsed = _parse(text, kinds, annotations, ends, every, rows.time, rows.values, rows.code)
    return rows if parsed == size else None


def _compiled(function: Function) -> Function:
    """Compiled at its first call, and kept beside this file for later processes."""
    return njit(cache=True, nogil=True, forceinline=True, error_model="numpy")(function)  # type: ignore[no-any-return]


@_compiled
def _parse(
    text: Array,
    kinds: Array,
    known: Array,
    ends: Array,
    every: Array,
    time: Array,
    values: Array,
    code: Array,
) -> int:
    """Number of rows of `text` that were written to `time`, `values` and `code`; `REFUSED`: it is not plain.

    No cell is followed beyond its line, and the last line ends with a break: nothing is read past the text.
    """
    place = row = 0
    minute, minute_place = 0, REFUSED
    said, said_start, said_stop = -1, 0, REFUSED
    while place < len(text):
        for column in range(len(kinds)):
            stop = BREAK if column == len(kinds) - 1 else COMMA
            kind, start = kinds[column], place
            if kind == TIME:
                if len(text) - place <= SECOND:
                    return REFUSED
                if minute_place == REFUSED or not _same(text, place, text, minute_place, MINUTE):
                    minute, minute_place = _minute(text, place), place
                    if minute == REFUSED:
                        return REFUSED
                nanoseconds, place = _second(text, place + MINUTE)
                time[row] = minute * 60_000_000_000 + nanoseconds
            elif kind >= 0:
                values[kind, row], place = _number(text, place, stop)
            elif kind == ANNOTATION:
                size = said_stop - said_start
                if size < 0 or not _same(text, place, text, said_start, size) or text[place + size] != stop:
                    place = _end(text, place)
                    said_start, said_stop = start, place
                    said = _code(text, start, place, known, ends, every)
                    if said == REFUSED and place > start:
                        return REFUSED
                else:
                    place += size
                code[row] = said
            else:
                place = _end(text, place)
            if place == REFUSED or text[place] != stop or text[start] == QUOTE:
                return REFUSED
            place += 1
        row += 1
    return row


@_compiled
def _same(text: Array, start: int, other: Array, other_start: int, size: int) -> bool:
    """Whether so many characters are the same."""
    for offset in range(size):  # noqa: SIM110
        if text[start + offset] != other[other_start + offset]:
            return False
    return True


@_compiled
def _end(text: Array, place: int) -> int:
    """Where the cell ends."""
    while text[place] != COMMA and text[place] != BREAK:
        place += 1
    return place


@_compiled
def _digits(text: Array, place: int, number: int = 0) -> tuple[int, int]:
    """The number that the next digits write, behind those of `number`; and where they end."""
    while ZERO <= text[place] <= ZERO + 9:
        number = number * 10 + text[place] - ZERO
        place += 1
    return number, place


@_compiled
def _minute(text: Array, place: int) -> int:
    """Minutes from 1970 to a time such as 2016-11-13 02:18; days are counted in years from March on."""
    for offset in range(MINUTE):
        if PATTERN[offset] != ZERO and text[place + offset] != PATTERN[offset]:
            return REFUSED
        if PATTERN[offset] == ZERO and not ZERO <= text[place + offset] <= ZERO + 9:
            return REFUSED
    year, month, day = _digits(text, place)[0], _digits(text, place + 5)[0], _digits(text, place + 8)[0]
    hour, minute = _digits(text, place + 11)[0], _digits(text, place + 14)[0]
    if not YEARS[0] <= year <= YEARS[1] or not 1 <= month <= 12 or day < 1 or hour > 23 or minute > 59:
        return REFUSED
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > DAYS[month - 1] + (leap and month == 2):
        return REFUSED
    if month < 3:
        year, month = year - 1, month + 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719_469
    return int((days * 24 + hour) * 60 + minute)


@_compiled
def _second(text: Array, place: int) -> tuple[int, int]:
    """Nanoseconds that :00.010 writes, and where it ends."""
    second, stop = _digits(text, place + 1)
    if text[place] != COLON or stop - place != SECOND - MINUTE or second > 59:
        return 0, REFUSED
    place = stop
    if text[place] != POINT:
        return second * 1_000_000_000, place
    number, stop = _digits(text, place + 1)
    decimals = stop - place - 1
    if not 1 <= decimals <= 9:
        return 0, REFUSED
    return second * 1_000_000_000 + number * 10 ** (9 - decimals), stop


@_compiled
def _number(text: Array, place: int, stop: int) -> tuple[float, int]:
    """The number that a cell such as -0.466690 writes, and where it ends; NaN if there is nothing in it."""
    if text[place] == stop:
        return np.nan, place
    negative = text[place] == MINUS
    place += negative
    number, end = _digits(text, place)
    digits, decimals = end - place, 0
    if text[end] == POINT:
        point = end
        number, end = _digits(text, point + 1, number)
        decimals = end - point - 1
    if digits == 0 or digits + decimals > EXACT:
        return 0.0, REFUSED
    size = number / POWERS[decimals]
    return -size if negative else size, end


@_compiled
def _code(text: Array, start: int, stop: int, known: Array, ends: Array, every: Array) -> int:
    """The code of the annotation from `start` to `stop`; `REFUSED` if it is not known."""
    for place in range(len(every)):
        if ends[place + 1] - ends[place] == stop - start and _same(
            text, start, known, ends[place], stop - start
        ):
            return int(every[place])
    return REFUSED
