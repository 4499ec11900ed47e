"""A block of a participant's file that is written plainly, parsed by whole columns at once.

Plainly: no quotes, all times of one width, all numbers of an axis with equally many decimals. So are
files that a program wrote; any other block is left to `arrow_rows`. Where each cell ends is known from
the separators; digits are then taken eight at a time, as one 64-bit word for each row, and turned into a
number by three multiplications (D. Lemire, "Quickly parsing eight digits", 2018).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tidemark.core.store import Array
from tidemark.studies.header import Header
from tidemark.studies.parsed import Rows

WORD = 8
"""Bytes of a word, and the most digits that are taken at once."""
MINUTE, SECOND = 16, 19
"""Characters of 2016-11-13 02:18, and of 2016-11-13 02:18:00."""
ZEROS, BEYOND_NINE, HIGHEST = (
    np.uint64(int.from_bytes(bytes([byte] * WORD), "little")) for byte in (0x30, 0x76, 0x80)
)
"""Bytes: the character 0; what lifts numbers above 9, and no others, to the highest bit; that bit."""


class _NotPlain(Exception):
    """The block is not written plainly."""


def parse_plainly(block: bytes, header: Header, codes: Mapping[str, int] | None) -> Rows | None:
    """Rows of a block of whole lines; None if it is not written plainly, or anything in it is wrong.

    `codes` are those of the annotations, None where they are not read.
    """
    text = np.frombuffer(block, np.uint8)
    columns = len(header.names)
    breaks = text == ord("\n")
    rows = np.count_nonzero(breaks)
    separators = np.flatnonzero((text == ord(",")) | breaks)
    if len(separators) != rows * columns:
        return None
    ends = separators.reshape(-1, columns)
    if not breaks[ends[:, -1]].all():
        return None

    def cells(column: int) -> tuple[Array, Array]:
        """Where the cells of a column start and stop."""
        if column:
            return ends[:, column - 1] + 1, ends[:, column]
        return np.concatenate([[0], ends[:-1, -1] + 1]), ends[:, 0]

    try:
        time = _times(block, *cells(header.time))
        values = np.empty((len(header.axes), rows), dtype=np.float32)
        for place, axis in enumerate(header.axes):
            values[place] = _numbers(block, text, *cells(axis))
        if header.annotation is None or codes is None:
            code = np.full(len(time), -1, dtype=np.int32)
        else:
            code = _codes(block, *cells(header.annotation), codes)
    except _NotPlain:
        return None
    return Rows(time, values, code)


def _bytes(block: bytes, places: Array, size: int) -> Array:
    """The `size` bytes from each place on: (rows, size) uint8. A long copy costs no more than a short one."""
    _require(places[0] >= 0 and places[-1] + size <= len(block))
    every = np.ndarray((len(block) - size + 1,), np.dtype(f"V{size}"), block, 0, (1,))
    return every[places].view(np.uint8).reshape(-1, size)


def _word(characters: Array, place: int) -> Array:
    """Eight characters of rows (rows, size) from a place on: (rows,) uint64, the first its lowest byte."""
    return np.ndarray((len(characters),), np.dtype("<u8"), characters, place, characters.strides[:1])


def _require(condition: bool | np.bool_) -> None:
    if not condition:
        raise _NotPlain


def _kept(count: Array | int) -> Array:
    """A mask of the last `count` bytes of a word."""
    return np.asarray(np.uint64(2**64 - 1) << (8 * (WORD - np.asarray(count, dtype=np.uint64))))


def _digits(words: Array, count: Array | int) -> Array:
    """The number that the last `count` characters of each word write, all of them digits: uint64."""
    value = words ^ ZEROS  # a digit becomes its value
    value &= _kept(count)
    wrong = value + BEYOND_NINE
    wrong |= value
    wrong &= HIGHEST
    _require(not wrong.any())
    # Digits to pairs of digits, to fours, to eight.
    value *= np.uint64(1 + (10 << 8))
    value >>= np.uint64(8)
    value &= np.uint64(0x00FF00FF00FF00FF)
    value *= np.uint64(1 + (100 << 16))
    value >>= np.uint64(16)
    value &= np.uint64(0x0000FFFF0000FFFF)
    value *= np.uint64(1 + (10000 << 32))
    value >>= np.uint64(32)
    return value


def _check_point(words: Array, places: int) -> None:
    """Before the last `places` characters of each word there is a decimal point."""
    shift = 8 * (WORD - 1 - places)
    _require(((words & np.uint64(0xFF << shift)) == np.uint64(ord(".") << shift)).all())


def _times(block: bytes, starts: Array, stops: Array) -> Array:
    """Nanoseconds since 1970 of times such as 2016-11-13 02:18:00.010: (rows,) int64."""
    width = int(stops[0] - starts[0])
    places = width - SECOND - 1
    _require(1 <= places < WORD and bool(((stops - starts) == width).all()))
    characters = _bytes(block, starts, 4 * WORD)
    last = _word(characters, width - WORD)
    _check_point(last, places)
    # The same minute as the row before: the same first 16 characters.
    new = np.ones(len(starts), dtype=bool)
    new[1:] = False
    for offset in (0, WORD):
        word = _word(characters, offset)
        new[1:] |= word[1:] != word[:-1]
    firsts = np.flatnonzero(new)
    try:
        minutes = [block[start : start + MINUTE].decode("ascii") + ":00" for start in starts[firsts].tolist()]
        whole = pa.array(minutes).cast(pa.timestamp("s")).cast(pa.int64()).to_numpy()
    except ValueError:
        raise _NotPlain from None
    tens, ones = (characters[:, MINUTE + place] - np.uint8(ord("0")) for place in (1, 2))
    _require((characters[:, MINUTE] == ord(":")).all() and tens.max() <= 5 and ones.max() <= 9)
    time = _digits(last, places).astype(np.int64)
    time *= 10 ** (9 - places)
    time += (tens * np.uint8(10) + ones) * np.int64(10**9)
    time += np.repeat(whole * 10**9, np.diff(firsts, append=len(starts)))
    return time


def _numbers(block: bytes, text: Array, starts: Array, stops: Array) -> Array:
    """Numbers such as -0.466690: (rows,) float64."""
    decimals = int(stops[0]) - block.find(b".", int(starts[0]), int(stops[0])) - 1
    _require(1 <= decimals < WORD)
    characters = _bytes(block, stops - 2 * WORD, 2 * WORD)
    last = _word(characters, WORD)
    _check_point(last, decimals)
    before = stops - starts - (decimals + 1)  # characters before the point
    negative = characters[:, 2 * WORD - decimals - 3] == ord("-")
    if decimals < WORD - 1 and (before - negative == 1).all():
        # The one digit before the point is in the same word: moved to where the point is.
        digit = last & np.uint64(0xFF << 8 * (WORD - 2 - decimals))
        digit <<= np.uint64(8)
        digit |= last & _kept(decimals)
        number = _digits(digit, decimals + 1)
    else:
        negative = text[starts] == ord("-")
        whole = before - negative
        _require(whole.min() >= 1 and whole.max() < WORD)
        characters = _bytes(block, stops - (decimals + 1 + WORD), WORD)
        number = _digits(_word(characters, 0), whole)
        number *= np.uint64(10**decimals)
        number += _digits(last, decimals)
    size = number / 10.0**decimals
    np.negative(size, out=size, where=negative)
    return size


def _codes(block: bytes, starts: Array, stops: Array, codes: Mapping[str, int]) -> Array:
    """Codes of annotations, (rows,) int32: those of one length side by side, few of which are distinct."""
    lengths = stops - starts
    result = np.full(len(starts), -1, dtype=np.int32)
    for length in np.flatnonzero(np.bincount(lengths)).tolist():
        if not length:
            continue
        rows = np.flatnonzero(lengths == length)
        window = np.ndarray((len(block) - length + 1,), np.dtype(f"S{length}"), block, 0, (1,))
        texts = window[starts[rows]]
        while len(rows):
            first = int(starts[rows[0]])
            try:
                code = codes[block[first : first + length].decode("utf-8")]
            except (KeyError, UnicodeDecodeError):
                raise _NotPlain from None
            same = texts == texts[0]
            if same.all():
                result[rows] = code
                break
            result[rows[same]] = code
            rows, texts = rows[~same], texts[~same]
    return result
