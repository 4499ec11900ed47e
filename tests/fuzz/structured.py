"""Files put together from parts that are each allowed, in ways that nobody writes: what bytes at random seldom make.

Every function makes one file by a generator of random numbers.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from fuzz.seeds import SEEDS

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
            return gzip.compress(data[:half]) + gzip.compress(data[half:])
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
            return gzip.compress(whole)
        case 5:
            return (
                whole[:-8]
                + struct.pack("<II", chance.getrandbits(32), len(data))
                + chance.choice([b"", b"\0"])
            )
        case 6:
            return gzip.compress(b"value\n" + chance.choice([b"1\n", b"1", b"\n", b" ", b'"']) * 300_000, 9)
        case 7:
            return gzip.compress(b"") + whole
        case _:
            return whole


def wave(chance: Random) -> bytes:
    """A WAV file of chunks that agree with one another, or do not."""
    order = chance.choice("<<<<>")
    bits, kind = chance.choice(
        [
            (8, 1),
            (16, 1),
            (24, 1),
            (32, 1),
            (32, 3),
            (64, 3),
            (16, 1),
            (12, 1),
            (20, 1),
            (64, 1),
            (16, 3),
            (8, 6),
            (8, 7),
            (4, 0x11),
            (4, 2),
            (1, 1),
            (0, 1),
            (65535, 1),
        ]
    )
    channels = chance.choice([1, 1, 1, 2, 2, 3, 0, 255, 1024, 1025, 65535])
    rate = chance.choice([8000, 44100, 1, 0, 2**31 - 1, 2**31, 2**32 - 1])
    frame = max(1, channels * -(-bits // 8))
    align = frame if chance.random() < 0.85 else chance.choice([0, 1, 2, 7, 65535])
    frames = chance.choice([0, 1, 2, 40, 40, 40, 300])
    code = 0xFFFE if chance.random() < 0.2 else kind
    fmt = struct.pack(f"{order}HHIIHH", code, channels, rate, (rate * frame) % 2**32, min(align, 65535), bits)
    if code == 0xFFFE:
        valid = bits if chance.random() < 0.7 else chance.choice([0, 1, 12, 24, 33])
        fmt += (
            struct.pack(f"{order}HHI", 22, valid, chance.getrandbits(32))
            + struct.pack(f"{order}H", kind)
            + bytes.fromhex("000000001000800000aa00389b71")
        )
    elif chance.random() < 0.2:
        fmt += chance.choice([b"\0\0", b"\x02\0\x01\0", b"\xff\xff", b"\0"])
    size = frame * min(frames, 10**5 // frame)
    if kind == 3 and bits in (32, 64) and chance.random() < 0.8:
        values = [
            chance.choice([chance.gauss(0, 0.3), chance.gauss(0, 0.3), 1.5]) for _ in range(size * 8 // bits)
        ]
        if chance.random() < 0.3 and values:
            values[chance.randrange(len(values))] = chance.choice(
                [float("nan"), float("inf"), -float("inf"), 3e38, 1e-45]
            )
        body = struct.pack(f"{order}{len(values)}{'f' if bits == 32 else 'd'}", *values)
    else:
        body = chance.randbytes(size)
    body += chance.choice([b"", b"", b"", b"\0", b"\1\2\3", b"x" * 50])

    def chunk(name: bytes, data: bytes, said: int | None = None) -> bytes:
        return (
            name
            + struct.pack(f"{order}I", len(data) if said is None else said)
            + data
            + (b"\0" if len(data) % 2 and chance.random() < 0.9 else b"")
        )

    said = (
        len(body)
        if chance.random() < 0.8
        else chance.choice([0, 1, len(body) - 1, len(body) + 1, 2**31, 2**32 - 1, 2**32 - 2, size])
    )
    others = [
        (b"LIST", b"INFOINAM\4\0\0\0abc\0"), (b"LIST", b"INFO" + b"INAM\xff\xff\xff\xff"), (b"fact", struct.pack("<I", frames)), (b"fact", b""),
        (b"junk", b"x" * chance.choice([0, 1, 27, 5000])), (b"bext", b"a" * 602), (b"cue ", struct.pack("<I", 2**31)), (b"PEAK", b"\1\0\0\0" + b"\0" * 4 + b"\0" * 8 * min(channels, 9)),
        (b"smpl", b"\xff" * 36), (b"id3 ", b"ID3\4\0\0\0\0\0\0"), (b"\0\0\0\0", b""), (b"fmt ", fmt), (b"fmt ", fmt[:14]), (b"data", body), (b"inst", b"\0" * 7), (b"ds64", b"\xff" * 28),
    ]  # fmt: skip
    parts = [
        chunk(b"fmt ", fmt[: len(fmt) if chance.random() < 0.95 else 14]),
        chunk(b"data", body, said % 2**32),
    ]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 5])):
        parts.insert(chance.choice([0, 1, 1, len(parts)]), chunk(*chance.choice(others)))
    if chance.random() < 0.03:
        chance.shuffle(parts)
    riff = b"RIFX" if order == ">" else chance.choice([b"RIFF"] * 8 + [b"RF64", b"BW64", b"riff"])
    if riff in (b"RF64", b"BW64"):
        long = chance.choice([len(body), len(body), 0, 2**63, 2**64 - 1, size])
        parts = [
            chunk(b"ds64", struct.pack("<QQQI", 100, long, frames, 0)),
            parts[0],
            chunk(b"data", body, 2**32 - 1),
            *parts[2:],
        ]
    joined = b"WAVE" + b"".join(parts)
    whole = len(joined) if chance.random() < 0.8 else chance.choice([0, 4, len(joined) // 2, 2**32 - 1])
    return riff + struct.pack(f"{order}I", whole) + joined


TYPES = [
    "<f8", "<f4", "<f2", ">f8", ">f4", ">f2", "<i4", "<i8", ">i2", "|i1", "|u1", "<u2", "<u8", "f8", "=f8", "d", "float64", "<f16", "<c16", "|b1", "?", "<U3", "|S4", "<M8[ns]",
    "<m8[s]", "|V8", "|O", "O", "<f3", "<f", "", "f8,f8", "3f8", "(2,)f8", "<i16", "<U0", "|S0", "<f8 ", "\u0660", "i4\x00", "<f8\n", "q", "longdouble", "intp",
]  # fmt: skip
SHAPES = [
    "(40,)", "(40,)", "(2, 20)", "(2, 20)", "(20, 2)", "(1, 40)", "(40, 1)", "()", "(0,)", "(0, 5)", "(5, 0)", "(2, 4, 5)", "(-1,)", "(-1, -40)", "(40", "40", "[40]", "(40.0,)", "(True,)",
    "(2**3,)", "(0x28,)", "(0b101000,)", "(4_0,)", "(40, None)", "('40',)", "(4611686018427387904,)", "(2305843009213693952, 8)", "(18446744073709551616,)", "(99999999999999999999999, 0)",
    "(1000000, 1000000)", "(100001, 1)", "(1, 1000000001)", "(40 ,)", "( 40,)", "(+40,)", "(-(-40),)", "(40,)*2", "(40+0j,)", "(...,)", "{40}", "(1, 2, 3,)", "(b'40',)", "(041,)", "(40L, )", "(10**9**9,)",
]  # fmt: skip


def array(chance: Random) -> bytes:
    """An NPY file."""
    kind = chance.choice(TYPES[:13]) if chance.random() < 0.6 else chance.choice(TYPES)
    shape = chance.choice(SHAPES[:7]) if chance.random() < 0.6 else chance.choice(SHAPES)
    shown = (
        repr(kind)
        if chance.random() < 0.95
        else chance.choice(
            [
                "[('a', '<f8')]",
                "[('', '<f8', (2,))]",
                "None",
                "'<f8', 'x': 1",
                "('<f8', (2,))",
                "{'names': ['a'], 'formats': ['<f8']}",
                "b'<f8'",
            ]
        )
    )
    order = (
        chance.choice(["False", "False", "True", "True"])
        if chance.random() < 0.95
        else chance.choice(["0", "1", "None", "'C'", "[]"])
    )
    parts = [("descr", shown), ("fortran_order", order), ("shape", shape)]
    match chance.randrange(25):
        case 0:
            chance.shuffle(parts)
        case 1:
            parts.append(chance.choice(parts))
        case 2:
            parts.pop(chance.randrange(3))
        case 3:
            parts.append(("shape", "(2, 20)"))
        case 4:
            parts.append(("extra", "[" * 200 + "]" * 200))
    text = (
        "{"
        + ", ".join(f"'{name}': {value}" for name, value in parts)
        + chance.choice(
            [", }", "}", ",}", ", } # x", "", "}}", "} + {}", "}\n{}", "};"]
            if chance.random() < 0.2
            else [", }"]
        )
    )
    header = text.encode("utf-8", "surrogatepass")
    start = 10
    version = chance.choice([b"\1\0"] * 8 + [b"\2\0", b"\2\0", b"\3\0", b"\0\0", b"\1\1", b"\xff\xff"])
    if version in (b"\2\0", b"\3\0"):
        start = 12
    pad = -(start + len(header) + 1) % chance.choice([64, 16, 1]) + chance.choice([0, 0, 0, 0, 9000, 11000])
    header += b" " * pad + chance.choice([b"\n"] * 9 + [b"", b"\0", b"\r\n"])
    said = (
        len(header)
        if chance.random() < 0.93
        else chance.choice([0, 1, len(header) - 1, len(header) + 1, len(header) + 8, 65535])
    )
    body = (
        np.sin(np.arange(chance.choice([40, 40, 40, 20, 41, 80, 0])))
        .astype(chance.choice(["<f8", "<f4", "<i2", "<f8"]))
        .tobytes()
    )
    if kind in TYPES[:13] and shape in SHAPES[:7] and chance.random() < 0.8:
        if kind[1] == "f":
            values = np.random.default_rng(chance.getrandbits(32)).standard_normal(40)
            if chance.random() < 0.3:
                values[chance.randrange(40)] = chance.choice(
                    [np.nan, np.inf, -np.inf, 1e39, 65520, 5e-324, -0.0]
                )
            with np.errstate(over="ignore"):
                body = values.astype(kind).tobytes()
        else:
            body = chance.randbytes(40 * np.dtype(kind).itemsize)
    body = chance.choice([body] * 8 + [body[:-1], body + b"\0", body * 3, b""])
    return (
        b"\x93NUMPY"
        + version
        + (struct.pack("<I", said) if start == 12 else struct.pack("<H", min(said, 65535)))
        + header
        + body
    )


def parquet(chance: Random) -> bytes:
    """A Parquet file of types that few write."""
    rows = chance.choice([0, 1, 3, 40, 40, 40])
    floats = [chance.gauss(0, 1) for _ in range(rows)]
    whole = [chance.randrange(-100, 100) for _ in range(rows)]
    some = [None if chance.random() < 0.2 else each for each in floats]
    odd = [chance.choice([float("nan"), float("inf"), 1e300, 1e-320, -0.0, each]) for each in floats]
    stamps = [row * chance.choice([86400, 86400, 1]) for row in range(rows)]
    choices: list[Callable[[], Any]] = [
        lambda: pa.array(floats, pa.float64()), lambda: pa.array(some, pa.float64()), lambda: pa.array(odd, pa.float64()), lambda: pa.array(floats, pa.float32()),
        lambda: pa.array(np.array(floats, np.float16)), lambda: pa.array(whole, pa.int8()), lambda: pa.array([each + 2**63 for each in whole], pa.uint64()),
        lambda: pa.array([each * 2**55 for each in whole], pa.int64()), lambda: pa.array(whole).cast(pa.decimal128(25, 3)), lambda: pa.array(whole).cast(pa.decimal256(50, 20)),
        lambda: pa.array([each > 0 for each in whole]), lambda: pa.array([None] * rows, pa.null()), lambda: pa.array(stamps, pa.timestamp("s")), lambda: pa.array(stamps, pa.timestamp("ns", "Europe/Berlin")),
        lambda: pa.array([each * 2**40 for each in stamps], pa.timestamp("ms")), lambda: pa.array(whole, pa.date32()), lambda: pa.array([each * 86400000 for each in whole], pa.date64()),
        lambda: pa.array(whole, pa.time32("s")), lambda: pa.array(whole, pa.duration("ns")), lambda: pa.array([str(each) for each in whole]), lambda: pa.array([str(each) for each in whole]).dictionary_encode(),
        lambda: pa.array(floats).dictionary_encode(), lambda: pa.array([[each] for each in floats], pa.list_(pa.float64())), lambda: pa.array([{"a": each} for each in floats], pa.struct([("a", pa.float64())])),
        lambda: pa.array([b"\xff"] * rows, pa.binary()), lambda: pa.array([[(str(each), each)] for each in whole], pa.map_(pa.string(), pa.int64())), lambda: pa.array([str(np.datetime64("2024-01-01") + row) for row in range(rows)]),
        lambda: pa.array([None if each is None else int(each * 10) for each in some], pa.int32()), lambda: pa.array([b"ab"] * rows, pa.binary(2)), lambda: pa.array(["1.5"] * rows, pa.large_string()),
    ]  # fmt: skip
    width = chance.choice([0, 1, 1, 2, 3, 6])
    arrays = [chance.choice(choices[:8] if chance.random() < 0.5 else choices)() for _ in range(width)]
    names = [chance.choice(NAMES) if chance.random() < 0.3 else f"v{place}" for place in range(width)]
    built = pa.table(arrays, names=names)
    if chance.random() < 0.3:
        notes = [
            b"{}",
            b"[]",
            b"null",
            b"{",
            b'{"columns": 5}',
            b'{"index_columns": [{"kind": "range"}], "columns": []}',
            b'{"index_columns": ["__index_level_0__"], "columns": [{"name": 1}]}',
            b"[" * 10**4,
            b"\xff",
        ]
        built = built.replace_schema_metadata({b"pandas": chance.choice(notes)})
    file = io.BytesIO()
    options: dict[str, Any] = {
        "compression": chance.choice(["snappy", "gzip", "zstd", "none", "brotli", "lz4"]),
        "row_group_size": chance.choice([1, 7, 1000]),
        "version": chance.choice(["1.0", "2.4", "2.6"]),
    }
    options |= {
        "use_dictionary": chance.random() < 0.5,
        "data_page_version": chance.choice(["1.0", "2.0"]),
        "store_schema": chance.random() < 0.7,
    }
    try:
        pq.write_table(built, file, **options)
    except (pa.ArrowException, ValueError, NotImplementedError):
        return SEEDS["parquet"]()[0]
    data = file.getvalue()
    if chance.random() < 0.3:  # the footer, which says how to read the rest
        (length,) = struct.unpack("<I", data[-8:-4])
        footer = bytearray(data[-8 - length : -8])
        for _ in range(chance.choice([1, 1, 2, 5])):
            footer[chance.randrange(length)] = chance.choice([0, 255, 127, 128, chance.randrange(256)])
        data = data[: -8 - length] + bytes(footer) + data[-8:]
    return data


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


ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2, 3, 0.5, -0.0, 1e308, float("nan"), float("inf"), -float("inf"), 2**31, 2**63, 2**64, 10**30, 10**400, "", " ", "a", "sine", "gru", "../x", "/etc/passwd", "a" * 10**4, "\0", "\x1b[31m",
    "\u2028", "\ud800", "1", "1.5", "nan", "yes", "é", [], [[]], [None], [1, 2], [0] * 1000, ["a", "a"], {}, {"": {}}, {"a": {"a": {}}}, {"name": "adam"}, [[1, 2], [3]], [1e400], "${x}", "{{x}}", "a: b", "-", "~",
]  # fmt: skip


def spread(chance: Random, value: Any) -> Any:
    """A nested value in which one thing or two are something else, are not there, or are there twice."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        if not isinstance(value, (dict, list)):
            break
        path, here = [], value
        while isinstance(here, (dict, list)) and here and (not path or chance.random() < 0.75):
            key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
            path.append((here, key))
            here = here[key]
        if not path:
            return copy.deepcopy(chance.choice(ODD))
        inside, key = path[-1]
        match chance.randrange(6):
            case 0:
                inside.pop(key)
            case 1 if isinstance(inside, dict):
                inside[chance.choice(["x", "", 5, True, "name", "a" * 300, "\x1b", "null"])] = copy.deepcopy(
                    here
                )
            case 2:
                inside[key] = [here]
            case 3:
                inside[key] = {"x": here}
            case _:
                inside[key] = copy.deepcopy(chance.choice(ODD))
    return value


def doubled(chance: Random, text: str) -> str:
    """Text with one of its lines once more, elsewhere or with another indent."""
    lines = text.split("\n")
    line = chance.choice(lines)
    lines.insert(
        chance.randrange(len(lines)),
        chance.choice([line, " " + line, line.strip(), "  " + line, line + " " + line.strip()]),
    )
    return "\n".join(lines)


def _yaml(form: str) -> Callable[[Random], bytes]:
    def made(chance: Random) -> bytes:
        text = chance.choice(SEEDS[form]()).decode()
        if chance.random() < 0.8:
            value = spread(chance, yaml.safe_load(text))
            if chance.random() < 0.3:
                text = json.dumps(value)
            else:
                text = yaml.safe_dump(
                    value,
                    default_flow_style=chance.choice([None, True, False]),
                    allow_unicode=True,
                    sort_keys=False,
                )
        if chance.random() < 0.3:
            text = doubled(chance, text)
        return text.encode(chance.choice(["utf-8"] * 8 + ["utf-16", "utf-8-sig", "latin-1"]), "replace")

    return made


def model(chance: Random) -> bytes:
    """A model's description."""
    value = spread(chance, json.loads(chance.choice(SEEDS["model"]())))
    text = json.dumps(value, indent=chance.choice([None, 1]))
    if chance.random() < 0.2:
        text = doubled(chance, text)
    return text.encode(chance.choice(["utf-8"] * 8 + ["utf-16", "utf-8-sig"]), "replace")


def weights(chance: Random) -> bytes:
    """A file of weights."""
    data = SEEDS["weights"]()[0]
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    names = list(header)
    for _ in range(chance.choice([1, 1, 2])):
        entry = header[chance.choice(names)]
        match chance.randrange(9):
            case 0:
                entry["dtype"] = chance.choice(
                    ["F64", "F16", "BF16", "I32", "U8", "BOOL", "F8_E4M3", "C64", "f32", "", None]
                )
            case 1:
                entry["shape"] = chance.choice(
                    [[], [1], [-1], [0], [2**40, 2**40], [1.5], None, [4] * 20, entry.get("shape", [])[::-1]]
                )
            case 2:
                entry["data_offsets"] = chance.choice(
                    [
                        [0, 0],
                        [4, 0],
                        [-4, 4],
                        [0, 2**63],
                        [0, len(body)],
                        [1, 17],
                        None,
                        [0],
                        [0.0, 16.0],
                        header[names[-1]].get("data_offsets"),
                    ]
                )
            case 3:
                header[chance.choice(["x", "", "__metadata__", "a" * 10**5, "../x"])] = entry
            case 4:
                header.pop(names.pop(chance.randrange(len(names))))
            case 5:
                header["__metadata__"] = chance.choice(
                    [{}, {"a": 1}, {"format": "pt"}, [], None, {"a": "b" * 10**5}]
                )
            case 6 if len(body) > 3:
                place = chance.randrange(len(body) // 4) * 4
                body = (
                    body[:place]
                    + chance.choice([b"\0\0\xc0\x7f", b"\0\0\x80\x7f", b"\xff\xff\x7f\x7f", b"\1\0\0\0"])
                    + body[place + 4 :]
                )
            case 7:
                body = chance.choice([body[:-4], body + b"\0" * 4, b"", body * 2])
            case _:
                names = []
                header = spread(chance, header)
        if not names:
            break
    text = json.dumps(header).encode()
    if chance.random() < 0.1:
        text = text[:-1] + b"," + text[1:]  # every name twice
    said = (
        len(text)
        if chance.random() < 0.9
        else chance.choice([0, 2, len(text) - 1, len(text) + 1, 2**40, 2**64 - 1])
    )
    return struct.pack("<Q", said) + text + body


STRUCTURED: dict[str, Callable[[Random], bytes]] = {
    "csv": table, "csv.gz": zipped, "wav": wave, "npy": array, "parquet": parquet, "participant": participant,
    "dictionary": dictionary, "params": _yaml("params"), "model": model, "weights": weights, "lock": _yaml("lock"),
}  # fmt: skip
