"""Where a prediction is read from, and which place it is written to: files, standard input and output."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import IO, BinaryIO

from tidemark.core.errors import InputError
from tidemark.prediction.output import STANDARD, STANDARD_OUTPUT, check_destination
from tidemark.signals.recordings.formats import SUFFIXES, Kind, check_kind, kind_of, suffix_of

PATIENCE = 9.0
"""Seconds in which whatever writes into a FIFO has to open it."""


def file_name_of(source: str) -> str:
    """What messages call the source."""
    return "standard input" if source == STANDARD else source


def kind_of_source(source: str, name: str | None) -> Kind:
    """The kind of file called `name`, else by suffix; standard input is CSV."""
    if name is not None:
        return check_kind(name)
    return "csv" if source == STANDARD else kind_of(Path(source))


def destination_of(source: str, destination: str | None, kind: Kind, ending: str) -> str:
    """Where to write: `destination`, else `<stem>-<ending><suffix>` beside the source.

    Raises `InputError` if that is a folder, the source, or has the suffix of another kind.
    """
    if destination is None:
        if source == STANDARD:
            return STANDARD
        path = Path(source)
        suffix = suffix_of(path)
        beside = str(path.with_name(f"{path.name.removesuffix(suffix)}-{ending}{suffix}"))
        check_destination(beside)
        return beside
    if destination == STANDARD or destination in STANDARD_OUTPUT:
        return STANDARD
    check_destination(destination)
    path = Path(destination)
    if source != STANDARD and path.exists() and Path(source).exists() and path.samefile(source):
        raise InputError(f"{path}: is the file that is read; name another one")
    if SUFFIXES.get(suffix_of(path).lower(), kind) != kind:
        raise InputError(
            f"{path}: {file_name_of(source)} is {kind}, and so is what is written; change the suffix"
        )
    return destination


@contextmanager
def reading(source: str) -> Iterator[Path]:
    """The file to read; standard input, or a FIFO, is first copied to a temporary file, whatever its size.

    Raises `InputError` where that is closed, the copy does not fit, nobody writes into the FIFO, or at a
    device that may have no end.
    """
    if source != STANDARD and not is_stream(source):
        yield Path(source)
        return
    with tempfile.NamedTemporaryFile(prefix="tidemark-") as file:
        try:
            _copy(source, file)
        except OSError as error:
            raise InputError(
                f"{file_name_of(source)}: cannot be copied to {tempfile.gettempdir()} "
                f"({error.strerror or error}); make room there, or set TMPDIR"
            ) from None
        yield Path(file.name)


def is_stream(source: str) -> bool:
    """Whether what a path leads to ends where its writer ends it; raises `InputError` at another device."""
    try:
        mode = Path(source).stat().st_mode
    except (OSError, ValueError):
        return False  # whoever opens it says why
    if stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not is_terminal(source)):
        raise InputError(f"{source}: is a device; write what comes from it into a file, and name that")
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def is_terminal(source: str) -> bool:
    """Whether a device is a terminal, at which somebody types."""
    with Path(source).open("rb") as device:
        return device.isatty()


def _opened(source: str) -> BinaryIO:
    """A stream, open; raises `InputError` where no writer opens it within `PATIENCE`."""
    streams: list[BinaryIO] = []
    late = Event()

    def opening() -> None:
        stream = Path(source).open("rb")  # noqa: SIM115
        streams.append(stream)
        if late.is_set():
            stream.close()

    # Opening waits, perhaps for ever: a thread that is left behind when the program ends.
    thread = Thread(target=opening, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if not streams:
        late.set()
        raise InputError(
            f"{source}: nobody has opened this FIFO to write within {PATIENCE:g} s; start what writes first"
        )
    return streams[0]


def _copy(source: str, file: IO[bytes]) -> None:
    if source != STANDARD:
        with _opened(source) as stream:
            shutil.copyfileobj(stream, file)
    elif sys.stdin is None:
        raise InputError("standard input: is closed; open it, or name a file")
    else:
        shutil.copyfileobj(sys.stdin.buffer, file)
    file.flush()
