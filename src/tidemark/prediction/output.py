"""The one way to open an output: written whole or not at all, and nothing but a file is ever replaced."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tidemark.core.errors import InputError

STANDARD = "-"
"""Stands for standard input or output."""
STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""Other names of standard output."""


def check_destination(destination: str) -> None:
    """Raise `InputError` at a folder: it is never replaced."""
    with whole_writes(destination):  # a name may be too long
        if destination != STANDARD and Path(destination).is_dir():
            raise InputError(f"{destination}: is a folder; name a file in it, or another one, with --output")


@contextmanager
def writing(destination: str) -> Iterator[Path]:
    """A temporary path whose file becomes the destination only if nothing was raised.

    A file is replaced in one step, that behind a symbolic link too, and keeps its permissions. Standard
    output, a device or a FIFO is written to. Raises `InputError` at a folder, and where the destination may
    not be written, is full, or closed; nothing half-written is left.
    """
    check_destination(destination)
    with whole_writes(destination):
        path = Path(destination)
        if destination == STANDARD or (path.exists() and not path.is_file()):
            with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
                yield Path(folder) / "output"
                with (Path(folder) / "output").open("rb") as file, opened(destination) as stream:
                    shutil.copyfileobj(file, stream)
            return
        with _beside(path) as temporary:
            yield temporary


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A temporary path in the folder of the file that `path`, perhaps a link, leads to."""
    target = path.resolve()
    _make_folder(target.parent, path.parent)
    temporary = target.with_name(f".tidemark-{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _make_folder(folder: Path, shown: Path) -> None:
    """Raise `InputError` unless the folder is there, or can be made, and may be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError
    except OSError as error:
        raise InputError(
            f"{shown}: cannot write there ({type(error).__name__}); choose a folder that you may write to"
        ) from None


@contextmanager
def opened(destination: str) -> Iterator[BinaryIO]:
    """Standard output, a device or a FIFO, to be written to as it is; what is left is flushed at the end."""
    if destination != STANDARD:
        with os.fdopen(os.open(destination, os.O_WRONLY), "wb") as stream:  # neither made nor cut short
            yield stream
        return
    if sys.stdout is None:
        raise InputError("standard output: is closed; open it, or name a file with --output")
    try:
        yield sys.stdout.buffer
        sys.stdout.flush()
    except OSError:
        _leave_standard_output()
        raise


def _leave_standard_output() -> None:
    """What could not be written goes nowhere: otherwise Python tries, and fails, once more as it ends."""
    try:
        number = sys.stdout.fileno()
    except OSError:  # in a test it has no number
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


@contextmanager
def whole_writes(destination: str) -> Iterator[None]:
    """Turn an `OSError` into one line: what could not be written, and why."""
    try:
        yield
    except OSError as error:
        name = "standard output" if destination == STANDARD else destination
        reason = error.strerror or str(error) or type(error).__name__
        raise InputError(f"{name}: cannot be written ({reason}); choose another place") from None


def say(line: str) -> None:
    """Print a line; raises `InputError` where standard output is full or closed."""
    with whole_writes(STANDARD), opened(STANDARD):
        print(line)
