"""Where a prediction is read from and written to: files, standard input, standard output."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import replacing
from tidemark.signals.recordings.formats import SUFFIXES, Kind, check_kind, kind_of, suffix_of

STANDARD = "-"
"""Stands for standard input or output."""


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

    Raises `InputError` if that is the source, or has the suffix of another kind.
    """
    if destination is None:
        if source == STANDARD:
            return STANDARD
        path = Path(source)
        suffix = suffix_of(path)
        return str(path.with_name(f"{path.name.removesuffix(suffix)}-{ending}{suffix}"))
    if destination == STANDARD:
        return destination
    path = Path(destination)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    if source != STANDARD and path.exists() and path.samefile(source):
        raise InputError(f"{path}: is the file that is read; name another one")
    if SUFFIXES.get(suffix_of(path).lower(), kind) != kind:
        raise InputError(
            f"{path}: {file_name_of(source)} is {kind}, and so is what is written; change the suffix"
        )
    return destination


@contextmanager
def reading(source: str) -> Iterator[Path]:
    """The file to read; standard input is first copied to a temporary file, whatever its size."""
    if source != STANDARD:
        yield Path(source)
        return
    with tempfile.NamedTemporaryFile(prefix="tidemark-") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


@contextmanager
def writing(destination: str) -> Iterator[Path]:
    """A temporary file that becomes the destination only if nothing was raised.

    Raises `InputError` where the folder may not be written to, or the disk is full.
    """
    if destination == STANDARD:
        with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
            path = Path(folder) / "output"
            yield path
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    try:
        with replacing(Path(destination)) as temporary:
            yield temporary
    except OSError as error:
        reason = error.strerror or error.__class__.__name__
        raise InputError(f"{destination}: cannot be written ({reason}); choose another place") from None
