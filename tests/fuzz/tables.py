"""Tables put together from cells, quotes, separators, line ends and encodings that somebody writes somewhere."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Sequence

Random = random.Random
NUMBERS = [
    "1e400", "-1e400", "1e-400", "0x10", "١٢٣", "1_000", "nan(0x1)", "Infinity", "-inf", "iNf", "NaN", "-nan", "+nan", "nan()",
    "1e", "e5", ".", "-", "+", "+-1", "--1", "1.", ".5", "-.5e-3", "00012", "1e+308", "1.7976931348623159e308", "4.9e-324",
    "2.2250738585072011e-308", "9007199254740993", "123456789012345678901234567890", "0." + "0" * 400 + "1", "1" * 400, "1" + "0" * 300,
    "1,5", "1.234,5", "1 000", "1\u00a0000", "1'000", "50%", "$5", "1d5", "1E5", "1f", "1L", "true", "TRUE", "False", "NA", "N/A", "#N/A",
    "null", "NULL", "None", "none", "<NA>", "-", "?", "", " ", "  5  ", "\t5", "5\t", "\u20095", "5\u200b", "\ufeff5", "−5", "½", "1.0.0",
    "0b1", "0o7", "inf inity", "1e5.5", "6.02214076e23", "3.4028236e38", "1e39", "9.969209968386869e36", "-0", "-0.0", "0e999999999",
    "1e99999999999999999999", "16777217", "0.1" + "0" * 30 + "7", "0.30000000000000004", "8.5e-05", "1e22", "1e23", "5e-324",
]  # fmt: skip
DATES = [
    "2024-01-{:02}", "2024-01-{:02}T00:00:00", "2024-01-{:02} 00:00", "2024-01-{:02}T00:00:00Z", "2024-01-{:02}T00:00:00+05:30",
    "2024-01-{:02} 00:00:00.123456789", "202401{:02}", "{:02}/01/2024", "2024-W{:02}", "2024-W{:02}-3", "2024-001T{:02}", "00{:02}-01-01",
    "99{:02}-12-31", "2024-01-{:02}T24:00", "T{:02}:00", "1e{}", "{}.5", "{}", "-{}", "{:02}:00:00", "2024-02-{:02}T23:59:60",
    "2024-01-{:02}T00:00:00,5", "2024-01-{:02}T00:00:00.5-00:00", "0001-01-{:02}T00:00:00+14:00", "9999-12-{:02}T23:59:59-14:00",
    "20240101T{:02}0000", "2024-01-{:02}t00:00:00z", "2024-01-{:02}T00:00:00+23:59:59",
]  # fmt: skip
NAMES = [
    "time", "date", "value", "a", "b", "", " ", "x" * 300, "time", "TIME", 'say "x"', "two\nlines", "two\r\nlines", "a,b", "a;b", "a\tb", "\x1b[31m",
    "\u202e", "1", "1.5", "nan", "Zeit", "tempé", "index", "0", "=1+1", "../x", "NUL", "\x7f", "\u2028",
]  # fmt: skip
ENCODINGS = ["utf-8"] * 12 + [
    "utf-8-sig",
    "latin-1",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1252",
    "utf-7",
    "cp037",
]


def cell(chance: Random, text: str, separator: str) -> str:
    """A cell, as various programs and people quote it."""
    needed = any(mark in text for mark in (separator, '"', "\n", "\r"))
    doubled = text.replace('"', '""')
    match chance.randrange(60):
        case 0:
            return f' "{doubled}"'
        case 1:
            return f'"{doubled}" '
        case 2:
            return f'\t"{doubled}"'
        case 3:
            return f'"{text}'
        case 4:
            return f'{text}"'
        case 5:
            return f"'{text}'"
        case 6:
            return f'="{doubled}"'
        case 7:
            return f'"{doubled}"{doubled}'
        case 8:
            return f'"{text}""'
        case 9 | 10 | 11:
            return f'"{doubled}"'
        case 12:
            return text.replace('"', '\\"')
        case _:
            return f'"{doubled}"' if needed else text


def table(chance: Random, names: Sequence[str] | None = None) -> bytes:
    """A table of text."""
    separator = chance.choice([",", ",", ",", ";", "\t", "|", ", ", " "])
    ending = chance.choice(["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\r", "\r\r\n", "\x85", "\u2028"])
    width = len(names) if names else chance.choice([1, 1, 2, 2, 3, 5, 40])
    rows = chance.choice([0, 1, 2, 5, 30, 30, 30, 200])
    odd, times = chance.choice([0.0, 0.0, 0.003, 0.02, 0.2]), chance.choice(DATES)
    dated = chance.random() < 0.4
    decimal = "," if separator != "," and chance.random() < 0.4 else "."
    places = chance.choice([0, 1, 4, 17])

    def value(row: int, column: int) -> str:
        if chance.random() < odd:
            return chance.choice(NUMBERS)
        if dated and column == 0:
            return times.format(row + 1)
        return f"{chance.gauss(0, 10):.{places}f}".replace(".", decimal)

    header = (
        list(names)
        if names
        else [chance.choice(NAMES[:6] if chance.random() < 0.7 else NAMES) for _ in range(width)]
    )
    if not names and chance.random() < 0.6:
        header = [f"{name}{place}" if place else name or "v" for place, name in enumerate(header)]
    if dated and chance.random() < 0.8:
        header[0] = "time"
    lines = [
        separator.join(
            name if chance.random() < 0.5 and name.isalnum() else cell(chance, name, separator)
            for name in header
        )
    ]
    quoting = chance.random() < 0.3
    for row in range(rows):
        wide = width + (chance.choice([-1, 1, 5]) if chance.random() < 0.003 else 0)
        cells = [value(row, column) for column in range(wide)]
        lines.append(
            separator.join(
                cell(chance, text, separator) if quoting or chance.random() < 0.01 else text for text in cells
            )
        )
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        lines.insert(
            chance.randrange(len(lines) + 1),
            chance.choice(["", " ", "\t", '""', "#", separator * (width - 1), "\x0c", "\0", "\x1a", "sep=;"]),
        )
    text = ending.join(lines) + chance.choice(
        [ending, ending, "", ending * 2, ending + " ", ending + "\x1a", ending + "\0" * 5]
    )
    try:
        data = text.encode(chance.choice(ENCODINGS))
    except UnicodeError:
        data = text.encode()
    if chance.random() < 0.03:
        data = data.replace(b"\n", b"\n" + b"7" * chance.choice([10**5 - 1, 10**5 + 1, 3 * 10**5]) + b"\n", 1)
    return data


def zipped(chance: Random) -> bytes:
    """A table in gzip: in several members, with names and comments, cut short, with something behind."""
    data = table(chance)
    half = chance.randrange(len(data) + 1)
    whole = gzip.compress(data, mtime=0)
    match chance.randrange(9):
        case 0:
            return gzip.compress(data[:half], mtime=0) + gzip.compress(data[half:], mtime=0)
        case 1:
            return whole + chance.choice(
                [
                    b"\0",
                    b"\0" * 600,
                    b"x",
                    b"\x1f",
                    b"\x1f\x8b",
                    b"\x1f\x8b\x08",
                    whole[:-1],
                    b"\x1f\x8b\x09" + whole[3:],
                ]
            )
        case 2:
            return whole[: chance.randrange(len(whole))]
        case 3:
            return whole[:3] + bytes([chance.randrange(256)]) + whole[4:]
        case 4:
            return gzip.compress(whole, mtime=0)
        case 5:
            return (
                whole[:-8]
                + struct.pack("<II", chance.getrandbits(32), len(data))
                + chance.choice([b"", b"\0"])
            )
        case 6:
            return gzip.compress(
                b"value\n" + chance.choice([b"1\n", b"1", b"\n", b" ", b'"']) * 300_000, mtime=0
            )
        case 7:
            return gzip.compress(b"", mtime=0) + whole
        case _:
            return whole


def participant(chance: Random) -> bytes:
    """A participant's file."""
    if chance.random() < 0.3:
        return table(chance, ["time", "x", "y", "z", "annotation"])
    step = chance.choice([10, 10, 10, 20, 7, 0, -10, 10**6])
    form = chance.choice(
        [
            "2016-11-13 02:18:{:02}.{:03}000",
            "2016-11-13T02:18:{:02}.{:03}",
            "2016-11-13 02:18:{:02}.{:03}000000",
            "2016-11-13 02:18:{:02}.{:03}Z",
            "{}.{:03}",
            "2016-11-13 02:18:{:02}.{:03}+01:00",
        ]
    )
    ending, odd, rows = (
        chance.choice(["\n", "\n", "\r\n", "\r"]),
        chance.choice([0, 0, 0.002, 0.02]),
        chance.choice([0, 1, 2, 60, 120, 400]),
    )
    names = ["time", "x", "y", "z", "annotation"]
    match chance.randrange(12):
        case 0:
            chance.shuffle(names)
        case 1:
            names.append(chance.choice([*names, "", "other"]))
        case 2:
            names[chance.randrange(5)] = chance.choice(["X", "x", "", "Time", " x", '"x"', "\ufeffx"])
    lines = [",".join(names)]
    for row in range(rows):
        stamp = abs(row * step)
        values = {
            "time": form.format(stamp // 1000, stamp % 1000),
            "annotation": chance.choice(["walk 1", "sit", "", "walk 1", "NA"]),
        }
        cells = [values.get(name.strip('"'), f"{chance.gauss(0, 0.6):.4f}") for name in names]
        cells = [
            chance.choice([*NUMBERS, *(each.format(row + 1) for each in DATES)])
            if chance.random() < odd
            else text
            for text in cells
        ]
        lines.append(",".join(cell(chance, text, ",") if chance.random() < 0.002 else text for text in cells))
    if chance.random() < 0.1:
        lines.insert(
            chance.randrange(len(lines) + 1), chance.choice(["", " ", ",,,,", "#", '"', "\0", "\x1a"])
        )
    data = (ending.join(lines) + chance.choice([ending, ending, "", ending * 2])).encode(
        chance.choice(["utf-8"] * 9 + ["utf-8-sig", "utf-16", "latin-1"]), "replace"
    )
    return gzip.compress(data, mtime=0) if chance.random() < 0.2 else data


def dictionary(chance: Random) -> bytes:
    """A label dictionary."""
    names = ["annotation", "label:A", "label:B"][: chance.choice([1, 2, 3, 3, 3])]
    if chance.random() < 0.1:
        names.append(chance.choice(["label:A", "annotation", "", "label:", "x" * 10**4]))
    texts = [
        "walk 1",
        "sit, still",
        "sleep",
        'say "x"',
        "two\nlines",
        "",
        " ",
        "NA",
        "x" * 10**5,
        "\x1b[31m",
        "\u2028",
        "tempé",
        "walk 1 ",
        "1",
        "a\rb",
        "a\r\nb",
        "\0",
        "\ufeff",
    ]
    lines = [
        names,
        *(
            [
                chance.choice(texts) if chance.random() < 0.6 else f"t{row}{chance.choice(['', ' '])}"
                for _ in names
            ]
            for row in range(chance.choice([0, 1, 3, 30]))
        ),
    ]
    ending = chance.choice(["\n", "\r\n", "\r"])
    text = ending.join(
        chance.choice([",", ",", ",", ",", ",", ",", ";"]).join(cell(chance, each, ",") for each in line)
        for line in lines
    ) + chance.choice(["", ending, ending * 2])
    return text.encode(chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]), "replace")
