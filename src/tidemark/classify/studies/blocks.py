"""A text file, compressed by gzip or not, as blocks of whole lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.gzipped import GZIP, DamagedError, pieces

BLOCK = 2**20
"""Bytes of a block, more or less: enough to outweigh the calls, few enough for a processor's cache."""
PIECE = 2**18
"""Bytes read or decompressed at once."""
LONGEST = 2**24


def blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line number of a block's first line, and its bytes, which end with a line break; the first line is 1.

    A carriage return ends a line too, alone or before a line break. Blank lines at the end of the file are
    left out. Raises `InputError`, naming file and row, if the file is missing, is called .gz and is no gzip
    file, or is one that is damaged or ends too soon.
    """
    line, parts, size = 1, [b""], 0
    check_file(path)
    try:
        with path.open("rb") as file:
            if path.suffix == ".gz" and file.peek(len(GZIP))[: len(GZIP)] != GZIP:
                raise InputError(
                    f"{path}: row 1: not compressed by gzip, though the file's name ends in .gz: rename it"
                )
            for chunk in _with_line_breaks(pieces(file, PIECE)):
                size += len(chunk)
                end = chunk.rfind(b"\n") + 1
                if size < BLOCK or end == 0:
                    parts.append(chunk)
                    if size > LONGEST:
                        raise InputError(f"{path}: row {line}: over {LONGEST} bytes in a row; not a CSV file")
                    continue
                block = b"".join([*parts, chunk[:end]])
                yield line, block
                line += line_breaks(block)
                parts, size = [chunk[end:]], len(chunk) - end
    except DamagedError as error:
        line += line_breaks(b"".join(parts))
        raise InputError(f"{path}: row {line}: the gzip file {error}; copy it anew") from None
    except OSError as error:
        raise InputError(f"{path}: cannot read it ({error.strerror or type(error).__name__})") from None
    if rest := b"".join(parts).rstrip(b"\r\n"):
        yield line, rest + b"\n"


def line_breaks(block: bytes) -> int:
    """Number of line breaks; `bytes.count` takes several times as long."""
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n")))


def _with_line_breaks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    r"""The same text where every line ends with \n."""
    held = b""
    for chunk in chunks:
        if not held and b"\r" not in chunk:
            yield chunk
            continue
        chunk = held + chunk
        held = b"\r" if chunk.endswith(b"\r") else b""  # a line break may follow
        yield chunk[: len(chunk) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield b"\n" if held else b""
