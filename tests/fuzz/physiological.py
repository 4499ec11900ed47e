"""EDF files and WFDB records: their headers are text of fixed places, and words in lines. A naive reader of each.

A record is several files: here a header and its samples behind one another, `BETWEEN` them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite, nan
from pathlib import Path

import numpy as np

from fuzz.tables import Random

Columns = dict[int, list[float]]
ROWS = 40
GAIN = re.compile(r"-?[0-9.]+(e[-+]?[0-9]+)?(\(-?[0-9]+\))?(/\S+)?")
BETWEEN = b"\n#samples\n"
WIDTHS = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32]
"""Of what is said of each EDF signal: name, sensor, unit, its range, the stored range, filters, samples."""
ODD = [
    "", "0", "-1", "abc", "1.5", "nan", "inf", "-inf", "1e5", "1e400", "1_0", "1,5", "+5", "0x10", " 5", "5 5", "-0", "1e-9", "\0",
    "\x1b[31m", "é", "99999999", "-9999999", "2147483648", "-100", "100", "2047", "32768", "-32768", "EDF Annotations", "EDF+D", "../x", "/etc", "a/b", "~",
]  # fmt: skip


def _wave(signals: int) -> np.ndarray:
    return np.rint(1000 * np.sin(np.arange(ROWS)[:, None] / 3 + np.arange(signals))).astype(int)


def _padded(texts: Sequence[object], width: int) -> bytes:
    return b"".join(str(text).encode("latin-1")[:width].ljust(width) for text in texts)


def _edf(main: Sequence[tuple[object, int]], parts: Sequence[Sequence[object]], samples: np.ndarray) -> bytes:
    header = b"".join(_padded([text], width) for text, width in main)
    own = b"".join(_padded(texts, width) for texts, width in zip(parts, WIDTHS, strict=True))
    return header + own + samples.astype("<i2").tobytes()


def _described(signals: int, records: int) -> tuple[list[tuple[object, int]], list[list[object]]]:
    main: list[tuple[object, int]] = [
        (0, 8), ("X X X X", 80), ("Startdate X X X X", 80), ("01.01.20", 8), ("00.00.00", 8),
        (256 * (signals + 1), 8), ("", 44), (records, 8), (1, 8), (signals, 4),
    ]  # fmt: skip
    names = ["EEG", "ECG", "EMG"]
    each = ["", "", "uV", -100, 100, -2048, 2047, "", ROWS // records, ""]
    return main, [
        [names[place] if not row else said for place in range(signals)] for row, said in enumerate(each)
    ]


def edfs() -> list[bytes]:
    """Whole files, of one signal and of two."""
    return [
        _edf(*_described(signals, 4), _wave(signals).reshape(4, -1, signals).swapaxes(1, 2))
        for signals in (1, 2)
    ]


def edf(chance: Random) -> bytes:
    """A file of which one thing or two that the header says are something else, or whose size is not what it says."""
    signals, records = chance.choice([1, 1, 2, 3]), chance.choice([1, 4, 10])
    main, parts = _described(signals, records)
    for _ in range(chance.choice([0, 1, 1, 2])):
        odd = chance.choice(ODD)
        if chance.random() < 0.4:
            place = chance.randrange(len(main))
            main[place] = odd, main[place][1]
        else:
            chance.choice(parts)[chance.randrange(signals)] = odd
    data = _edf(main, parts, _wave(signals).reshape(records, -1, signals).swapaxes(1, 2))
    return chance.choice([data] * 8 + [data[: chance.randrange(len(data))], data + b"\0", data + b"\0" * 100])


def edf_columns(path: Path) -> Columns:
    """What an EDF file of ordinary signals says; `ValueError` where it is damaged."""
    data = path.read_bytes()
    signals, records, start = int(data[252:256]), int(data[236:244]), int(data[184:192])
    if data[:8].strip() != b"0" or start != 256 * (signals + 1):
        raise ValueError("header")
    places = np.cumsum([0, *WIDTHS]) * signals + 256

    def said(what: int, signal: int) -> bytes:
        at = int(places[what]) + WIDTHS[what] * signal
        return data[at : at + WIDTHS[what]]

    counts = [int(said(8, signal)) for signal in range(signals)]
    values = np.frombuffer(data[start:], "<i2")
    if (
        len(data) % 2
        or min(counts) < 1
        or len(values) % sum(counts)
        or records not in (-1, len(values) // sum(counts))
    ):
        raise ValueError("size")
    columns, first = [], 0
    for signal, count in enumerate(counts):
        low, high = (float(said(what, signal)) for what in (3, 4))
        least, most = (int(said(what, signal)) for what in (5, 6))
        if low == high or least == most or not isfinite(high - low):
            raise ValueError("range")
        stored = values.reshape(-1, sum(counts))[:, first : first + count].ravel()
        first += count
        if said(0, signal).strip() != b"EDF Annotations":
            columns.append((low + (stored.astype(float) - least) * ((high - low) / (most - least))).tolist())
    return dict(enumerate(columns))


def records() -> list[bytes]:
    """Whole records, of one signal and of two."""
    return [_record(["rec", count, 250, ROWS], _lines(_wave(count)), _wave(count)) for count in (1, 2)]


def _lines(samples: np.ndarray) -> list[list[object]]:
    sums = samples.sum(0).astype(np.int16)
    return [
        ["x.dat", 16, "200(5)/mV", 12, 0, samples[0, place], sums[place], 0, f"lead{place}"]
        for place in range(samples.shape[1])
    ]


def _record(main: Sequence[object], lines: Sequence[Sequence[object]], samples: np.ndarray) -> bytes:
    text = "".join(" ".join(map(str, line)) + "\n" for line in [main, *lines])
    return text.encode("utf-8", "replace") + BETWEEN + samples.astype("<i2").tobytes()


def record(chance: Random) -> bytes:
    """A record of which one word or two of the header are something else, or whose samples are others."""
    samples = _wave(chance.choice([1, 1, 2]))
    main: list[object] = ["rec", samples.shape[1], chance.choice([250, "360.5", "250/1(0)"]), ROWS]
    lines = _lines(samples)
    for _ in range(chance.choice([0, 1, 1, 2])):
        words = main if chance.random() < 0.4 else chance.choice(lines)
        odd: list[object] = [*ODD, "rec/2", "16x2", "212", "16:5", "16+10", "0(0)/mV", "-200", "http://x/y"]
        words[chance.randrange(len(words))] = chance.choice(odd)
    if chance.random() < 0.2:
        samples = samples.copy()
        samples[chance.randrange(ROWS), 0] = chance.choice([-32768, 5, 32767])
    data = _record(main, lines, samples)
    if chance.random() < 0.05:
        data = (
            b"rec/2 1 250 20\n"
            + chance.choice([b"x 10\n~ 10\n", b"../x 10\nx 10\n", b"rec 10\nrec 10\n"])
            + BETWEEN
        )
    return data if chance.random() < 0.9 else data[: chance.randrange(len(data))]


def record_columns(header: bytes, samples: bytes) -> Columns | None:
    """What a record of whole numbers of 16 bits says; nothing of others; `ValueError` where it is damaged."""
    main, *lines = [line.split() for line in header.decode().splitlines() if line.strip() and line[0] != "#"]
    if any(not GAIN.fullmatch(line[2]) for line in lines if len(line) == 9):
        raise ValueError("gain")
    if len(main) != 4 or any(
        len(line) != 9 or line[:5] != ["x.dat", "16", "200(5)/mV", "12", "0"] for line in lines
    ):
        return None
    values = np.frombuffer(samples[: 2 * int(main[3]) * len(lines)], "<i2").reshape(int(main[3]), len(lines))
    sums = values.sum(0)
    for line, total in zip(lines, sums.tolist(), strict=True):
        if int(line[6]) and (int(line[6]) - total) % 2**16:
            raise ValueError("checksum")
    known = (values.astype(float) - 5) / 200
    return dict(enumerate(np.where(values == -(2**15), nan, known).T.tolist()))


def parted(data: bytes) -> tuple[bytes, bytes]:
    """Header and samples of a record."""
    header, _, samples = data.partition(BETWEEN)
    return header + b"\n", samples
