"""Files with something wrong: bytes changed, lost, repeated, or replaced by what has broken readers before.

Half of them are put together from parts, see `structured`.
"""

from __future__ import annotations

import gzip
import random
import re
import zlib

from fuzz.structured import STRUCTURED

TOKENS: dict[str, list[bytes]] = {
    "text": [
        b"\r", b"\n", b"\r\n", b'"', b'""', b",", b";", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf", b"\x1b[2J", b"\x85",
        b"nan", b"-inf", b"1e400", b"1e-400", b"1_000", b"0x10", b"+5", b"5.", b".5", b"1,5", b"NA", b"None", b"-0",
        b"99999999999999999999", b"2024-02-30", b"99999-01-01", b"0000-01-01", b"2024-01-01T24:00:00", b"20240101",
        b"2024-W01-1", b"2024-01-01T00:00:00+99:00", b"2024-01-01T00:00:00Z", "１２".encode(), "−5".encode(), b" ",
        b"9" * 400, "\u2028".encode(), b"\x0c", b"\x1c", b"#", b"nan(1)", b"1e5", b"1d5", b"12:00:60", b"1.797e308",
    ],
    "binary": [
        b"\0", b"\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80",
        b"\1\0\0\0", b"\0\0\xc0\x7f", b"\xff" * 8, b"data", b"fmt ", b"RIFF", b"RF64", b"ds64", b"LIST", b"PAR1",
    ],
    "npy": [
        b"(-1,)", b"(4611686018427387905,)", b"(2, -3)", b"(9223372036854775807, 9223372036854775807)", b"(1e3,)",
        b"(True,)", b"(65536, 65536, 65536, 65536)", b"()", b"(0,)", b"'<f8'", b"'>i4'", b"'|O'", b"'<U9999999'",
        b"'<M8[ns]'", b"'V0'", b"'S0'", b"[('a', '<f8')]", b"True", b"None", b"{", b"}", b"(", b"'", b'"""', b"\\",
        b"\n", b"9" * 30, b"2**99", b"'<f16'", b"'<c16'", b"'?'", b"(40,),'x':1,", b"L", b"(40L,)", b"-",
    ],
    "yaml": [
        b"&a ", b"*a", b"*gru", b"&gru", b"<<: *gru", b"[" * 5000, b"{a: " * 3000, b"- " * 2000, b"? ", b": ", b"!!python/object:os.system ",
        b"!!set", b"!!binary ", b"!!float ", b"!!int ", b"!!timestamp ", b"2024-13-45", b"0x" + b"f" * 5000, b"0o" + b"7" * 6000, b"!!int ''", b"null", b"true", b".nan", b".inf", b"1e999", b"0o777",
        b"9" * 5000, b"'", b'"', b"|", b">", b"%YAML 9.9\n", b"---\n", b"...\n", b"\t", b"\x1b", b"\xff", b"\0", b"[]", b"{}", b"-1",
        b"\n  ", b"&a [*a]", b"&b {x: *b}", b"1:20", b"~", b"@", b"`",
    ],
    "json": [
        b"[" * 5000, b'{"a":' * 5000, b"null", b"true", b"NaN", b"Infinity", b"-1", b"0", b"1e999", b"9" * 5000, b"[]", b"{}", b'""', b'"\\ud800"',
        b'"\x1b[31m"', b"1.5", b"2147483648", b"99999999999", b'"../../etc"', b"\xff", b"\0", b"[1, 2]", b'"' + b"a" * 300 + b'"', b"64", b"4096",
    ],
}  # fmt: skip
KINDS = {
    "csv": ["text"], "csv.gz": ["text"], "wav": ["binary"], "npy": ["npy", "binary"], "parquet": ["binary"],
    "participant": ["text"], "dictionary": ["text"], "params": ["yaml", "text"], "model": ["json"],
    "weights": ["json", "binary"], "lock": ["yaml"], "inputs": ["json"], "residuals": ["npy", "binary"],
    "edf": ["text", "binary"], "wfdb": ["text"], "covariance": ["json", "binary"],
}  # fmt: skip
NUMBER = re.compile(rb"-?\d+(\.\d+)?")
WORD = re.compile(rb'"[^"]*"|[\w.+-]+')


def mutants_of(form: str, seeds: list[bytes], number: int) -> bytes:
    """Mutant number so-and-so of a format."""
    random_ = random.Random(f"{form} {number}")
    if random_.random() < 0.5:
        data = STRUCTURED[form](random_)
        if random_.random() < 0.7:
            return data
    else:
        data = random_.choice(seeds)
    inside = data[:2] == b"\x1f\x8b" and random_.random() < 0.7
    if inside:
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError, zlib.error):
            return data
    tokens = [token for kind in KINDS[form] for token in TOKENS[kind]]
    for _ in range(random_.choice([1, 1, 1, 2, 3, 6])):
        data = mutated(random_, data, tokens, seeds)
    return gzip.compress(data, mtime=0) if inside else data


def mutated(random_: random.Random, data: bytes, tokens: list[bytes], seeds: list[bytes]) -> bytes:
    """One change."""
    size = len(data)
    head = (
        min(size, 256) if random_.random() < 0.5 else size
    )  # what says how to read the rest is at the start …
    at = random_.randrange(head + 1)
    if random_.random() < 0.2:
        at = size - min(size, random_.randrange(400))  # … or, of some formats, at the end
    match random_.randrange(11):
        case 0:
            return data[:at] + bytes([random_.randrange(256)]) + data[at + 1 :]
        case 1:
            byte = data[at : at + 1]
            return data[:at] + bytes([each ^ 1 << random_.randrange(8) for each in byte]) + data[at + 1 :]
        case 2:
            return data[:at] + data[at + random_.choice([1, 2, 4, 8, 50, size]) :]
        case 3:
            return data[:at] + random_.choice(tokens) + data[at:]
        case 4:
            token = random_.choice(tokens)
            return data[:at] + token + data[at + len(token) :]
        case 5:
            length = random_.choice([1, 4, 16, 100])
            return data[:at] + data[at : at + length] * random_.choice([2, 3, 50]) + data[at + length :]
        case 6 | 7:
            return _replaced(random_, data, WORD, random_.choice(tokens))
        case 8:
            number = random_.choice(
                [b"-1", b"0", b"1", b"2", b"255", b"65536", b"2147483647", b"-9223372036854775808", b"1e30"]
            )
            return _replaced(random_, data, NUMBER, number)
        case 9:
            other = random_.choice(seeds)
            return data[:at] + other[random_.randrange(len(other) + 1) :]
        case _:
            lines = data.split(b"\n")
            here, there = random_.randrange(len(lines)), random_.randrange(len(lines))
            lines[here], lines[there] = lines[there], lines[here]
            return b"\n".join(lines)


def _replaced(random_: random.Random, data: bytes, pattern: re.Pattern[bytes], token: bytes) -> bytes:
    """One of the places that a pattern has in the data, replaced; often one near the start."""
    places = [match.span() for match in pattern.finditer(data[:20000])]
    if not places:
        return data + token
    start, end = random_.choice(places[:30] if random_.random() < 0.5 else places)
    return data[:start] + token + data[end:]
