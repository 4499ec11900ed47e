"""Independent readers, naive and written from the formats' definitions: what a file says, or nothing."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import struct
import zlib
from collections.abc import Sequence
from math import nan
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.io import wavfile

Columns = dict[int, list[float]]
MISSING = ["", "nan", "-nan", "+nan", "na", "n/a", "#n/a", "<na>", "null", "none"]


def inflated(data: bytes) -> bytes:
    result = b""
    while data:
        stream = zlib.decompressobj(31)
        result += stream.decompress(data) + stream.flush()
        data = stream.unused_data.lstrip(b"\0")
    return result


def text_of(data: bytes) -> str:
    data = inflated(data) if data[:2] == b"\x1f\x8b" else data
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def rows_of(text: str, separator: str, spaced: bool = False) -> list[list[str]]:
    csv.field_size_limit(2**26)
    file = io.StringIO(text, newline="")
    return list(csv.reader(file, delimiter=separator, skipinitialspace=spaced))


def number(cell: str, decimal: str = ".") -> float:
    """A cell's number as a double; `ValueError` where it is none."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].strip()
    if cell.lower() in MISSING:
        return nan
    if not cell.isascii() or "_" in cell:
        raise ValueError(cell)
    value = float(cell.replace(decimal, "."))
    return value


def table(path: Path, separator: str, decimal: str, chosen: Sequence[int]) -> Columns:
    text = text_of(path.read_bytes())
    rows = rows_of(text, separator, spaced=True)
    width = len(rows[0])
    body = [row for row in rows[1:] if width == 1 or any(cell.strip(" ") for cell in row) or len(row) > 1]
    if width == 1:
        rows = rows_of(text, separator)  # with the spaces of blank lines
        body = rows[1:]
        # a blank line is a missing value, but at the end; "" is one there too
        lines = re.split("\r\n|\r|\n", text)
        lines = lines if lines[-1] else lines[:-1]
        while body and not lines[-1].strip(" "):
            lines.pop()
            body.pop()
        body = [row if len(row) else [""] for row in body]
    if any(len(row) != width for row in body):
        raise ValueError("ragged")
    return {column: [number(row[column], decimal) for row in body] for column in chosen}


def wave(path: Path) -> Columns:
    _, samples = wavfile.read(path)
    frames = samples.reshape(len(samples), -1)
    scale = {"uint8": 2.0**7, "int16": 2.0**15, "int32": 2.0**31}.get(samples.dtype.name, 1.0)
    shift = scale if samples.dtype == np.uint8 else 0.0
    return {
        channel: ((frames[:, channel].astype(float) - shift) / scale).tolist()
        for channel in range(frames.shape[1])
    }


def whole_frames(path: Path) -> None:
    """`ValueError` where the samples of plain numbers end within a frame, but for a byte of padding."""
    data = path.read_bytes()
    order, place, frame = ">" if data[:4] == b"RIFX" else "<", 12, 0
    while data[place : place + 4] != b"data":
        (length,) = struct.unpack_from(f"{order}I", data, place + 4)
        if data[place : place + 4] == b"fmt ":
            kind, _, _, _, frame = struct.unpack_from(f"{order}HHIIH", data, place + 8)
            frame = frame if kind in (1, 3, 0xFFFE) else 0
        place += 8 + length + length % 2
    (length,) = struct.unpack_from(f"{order}I", data, place + 4)
    behind = length % frame if frame and length < 2**32 - 1 else 0
    if behind > 1 or (behind and length % 2):
        raise ValueError(f"{behind} bytes behind the last frame")


def array(path: Path) -> Columns:
    data = path.read_bytes()
    if data[:6] != b"\x93NUMPY" or data[6] not in (1, 2) or data[7] != 0:
        raise ValueError("magic")
    form, start = ("<H", 10) if data[6] == 1 else ("<I", 12)
    (length,) = struct.unpack(form, data[8:start])
    said = data[start : start + length].decode("latin-1").strip()
    header = ast.literal_eval(re.sub(r"(?<=\d)L\b", "", said))  # Python 2 wrote whole numbers so
    shape, kind = header["shape"], np.dtype(header["descr"])
    if (
        kind.kind not in "fiu"
        or not 1 <= len(shape) <= 2
        or any(type(each) is not int or each < 1 for each in shape)
    ):
        raise ValueError("shape")
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    body = data[start + length : start + length + count * kind.itemsize]
    if len(body) < count * kind.itemsize:
        raise ValueError("short")
    values = np.frombuffer(body, kind).astype(np.float64).tolist()
    channels = shape[0] if len(shape) == 2 else 1
    samples = shape[-1]
    if header["fortran_order"] and len(shape) == 2:
        return {channel: values[channel::channels] for channel in range(channels)}
    return {channel: values[channel * samples : (channel + 1) * samples] for channel in range(channels)}


def parquet(path: Path, chosen: Sequence[int]) -> Columns:
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        data = file.read(use_threads=False)
    return {
        column: [nan if each is None else float(each) for each in data.column(column).to_pylist()]
        for column in chosen
    }


def participant(path: Path) -> dict[str, list[float]]:
    rows = rows_of(text_of(path.read_bytes()), ",")
    header = rows[0]
    while rows and not rows[-1]:
        rows.pop()
    missing = {"", "NA", "N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "#N/A"}
    result: dict[str, list[float]] = {"time": []}
    for axis in "xyz":
        place = header.index(axis)
        result[axis] = [
            nan if row[place] in missing else float(np.float32(number(row[place]))) for row in rows[1:]
        ]
    place = header.index("time")
    result["time"] = [
        float(np.datetime64(row[place].strip().removesuffix("Z"), "ns").astype(np.int64)) for row in rows[1:]
    ]
    return result


def labels(path: Path, scheme: str) -> dict[str, str]:
    rows = rows_of(text_of(path.read_bytes()), ",")
    text, label = (rows[0].index(name) for name in ("annotation", f"label:{scheme}"))
    if max(rows[0].count(rows[0][place]) for place in (text, label)) > 1:
        raise ValueError("two columns of one name")
    return {row[text]: row[label].strip() for row in rows[1:] if row and row[label].strip()}


def tensors(path: Path) -> dict[str, tuple[list[int], bytes]]:
    """Names, shapes and bytes of a safetensors file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {name: (each["shape"], body[slice(*each["data_offsets"])]) for name, each in header.items()}


def same(mine: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether two columns are the same numbers."""
    a, b = np.asarray(mine, dtype=float), np.asarray(theirs, dtype=float)
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=True))
