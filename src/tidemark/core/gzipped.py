"""Files that may be compressed by gzip, read in pieces: a small one may hold a thousand times its size."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, BinaryIO

# Intel's library, where it is installed, takes a third of the time.
INFLATE: Any = import_module("isal.isal_zlib" if find_spec("isal") else "zlib")

GZIP = b"\x1f\x8b"
CHUNK = 2**16
"""Compressed bytes read at once."""
RESERVED = 0xE0
"""Flags that no file may set (RFC 1952, 2.3.1.2)."""


class DamagedError(Exception):
    """The compressed stream cannot be read on: says why, after `the gzip file`."""


def pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """A file's bytes, decompressed where it begins as gzip does, in pieces of at most `size`, none empty.

    Files joined one behind the other are one, zeros at the end are padding. Raises `DamagedError`.
    """
    data = file.read(len(GZIP))
    if data != GZIP:
        data += file.read(size - len(data))
        while data:
            yield data
            data = file.read(size)
        return
    while data := _past_zeros(data, file):
        stream, held = INFLATE.decompressobj(31), data  # 31: with gzip's header and checksums
        if len(held) > 3 and held[3] & RESERVED:
            raise DamagedError("is damaged here (unknown header flags set)")
        while not stream.eof:
            try:
                text = stream.decompress(held, size)
            except INFLATE.error as error:
                raise DamagedError(f"is damaged here ({error})") from None
            if text:
                yield text
            held = stream.unconsumed_tail
            if len(text) < size and not stream.eof and not held:
                held = file.read(CHUNK)
                if not held:
                    raise DamagedError("ends here, before its end")
        data = stream.unused_data


def _past_zeros(data: bytes, file: BinaryIO) -> bytes:
    """Bytes from the next on that is not zero, of some and those that follow in the file; none at its end."""
    while more := file.read(CHUNK):
        data = (data + more).lstrip(b"\0")
        if data:
            break
    return data.lstrip(b"\0")
