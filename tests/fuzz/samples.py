"""Files of samples, put together from headers, chunks and types that agree with one another, or do not."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fuzz.nested import spread
from fuzz.seeds import SEEDS
from fuzz.tables import NAMES, Random


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
            (4, 0x40),
            (3, 0x14),
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
    "<f8", "<f4", "<f2", ">f8", ">f4", ">f2", "<i4", "<i8", ">i2", "|i1", "|u1", "<u2", "<u8", "f8", "=f8", "d", "float64", "<f16", ">f16", "<c16", "|b1", "?", "<U3", "|S4", "<M8[ns]",
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
                "('O',)",
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
        lambda: pa.array([Decimal(each).scaleb(-3) for each in whole], pa.decimal128(20, 4)), lambda: pa.array([Decimal(each).scaleb(-9) for each in whole], pa.decimal256(50, 20)),
        lambda: pa.array([each > 0 for each in whole]), lambda: pa.array([None] * rows, pa.null()), lambda: pa.array(stamps, pa.timestamp("s")), lambda: pa.array(stamps, pa.timestamp("ns", "Europe/Berlin")),
        lambda: pa.array([each * 2**40 for each in stamps], pa.timestamp("ms")), lambda: pa.array([each + chance.choice([2**44, 2**62]) for each in stamps], pa.timestamp(chance.choice(["s", "ms"]))),
        lambda: pa.array([2**31 - 1 - each for each in range(rows)], pa.date32()), lambda: pa.array([each * 2**30 * 86400000 for each in range(rows)], pa.date64()),
        lambda: pa.array(np.arange(rows) % 128, pa.int8()), lambda: pa.array(range(rows), pa.uint8()), lambda: pa.array(range(rows)).cast(pa.decimal128(20, 0)).cast(pa.decimal128(3, 0)), lambda: pa.array(whole, pa.date32()), lambda: pa.array([each * 86400000 for each in whole], pa.date64()),
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
        frame = pd.DataFrame(
            dict.fromkeys(names, 1.5), index=pd.date_range("2024-01-01", periods=1, name="t")
        )
        note = pa.Table.from_pandas(frame).schema.metadata[b"pandas"]
        notes += [json.dumps(spread(chance, json.loads(note))).encode() for _ in range(9)]
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
        "write_page_checksum": chance.random() < 0.5,
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
    elif options["write_page_checksum"] and chance.random() < 0.3:  # a page, which has a checksum
        place = chance.randrange(4, len(data))
        data = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
    return data
