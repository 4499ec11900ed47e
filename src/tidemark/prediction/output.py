"""The one way to open what a user names as an output: a file, standard output, a device or a FIFO."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tidemark.core.errors import InputError, printable
from tidemark.core.replacing import is_cached, replacing, writes
from tidemark.core.standard_output import NAME, flushed

STANDARD = "-"
"""Stands for standard input or output."""
STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""Other names of standard output."""


def shown(destination: str) -> str:
    """What an error calls a destination."""
    return NAME if destination == STANDARD else destination


def check_destination(destination: str) -> None:
    """Raise `InputError` at a folder, and at an object of DVC's cache: they are never replaced.

    A link into the cache gives way itself.
    """
    path = Path(destination)
    with writes(shown(destination)):  # a name may be too long
        if destination != STANDARD and path.is_dir():
            raise InputError(f"{destination}: is a folder; name a file in it, or another one, with --output")
        if destination != STANDARD and is_cached(path) and not path.is_symlink():
            raise InputError(
                f"{destination}: lies in DVC's cache, which nobody else writes to; name another place"
            )


@contextmanager
def writing(destination: str) -> Iterator[Path]:
    """A temporary path whose file becomes the destination only if nothing was raised.

    A file is replaced in one step, that behind a symbolic link too, and keeps its permissions. Standard
    output, a device or a FIFO is written to. Raises `InputError` at a folder, and where the destination may
    not be written, is full, or closed; nothing half-written is left.
    """
    check_destination(destination)
    with writes(shown(destination)):
        path = Path(destination)
        if destination == STANDARD or (path.exists() and not path.is_file()):
            with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
                yield Path(folder) / "output"
                with (Path(folder) / "output").open("rb") as file, opened(destination) as stream:
                    shutil.copyfileobj(file, stream)
            return
        with replacing(path) as temporary:
            yield temporary


@contextmanager
def opened(destination: str) -> Iterator[BinaryIO]:
    """Standard output, a device or a FIFO, to be written to as it is; what is left is flushed at the end."""
    if destination != STANDARD:
        with os.fdopen(os.open(destination, os.O_WRONLY), "wb") as stream:  # neither made nor cut short
            yield stream
        return
    if sys.stdout is None:
        raise InputError(f"{NAME}: is closed; open it, or name a file with --output")
    with flushed():
        yield sys.stdout.buffer


def say(line: str) -> None:
    """Print a line; raises `InputError` where standard output is full or closed."""
    with writes(NAME), opened(STANDARD):
        print(printable(line))
