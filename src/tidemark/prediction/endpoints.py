"""Where a prediction is read from, and which place it is written to: files, standard input and output."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tidemark.core.errors import InputError
from tidemark.prediction.output import STANDARD, STANDARD_OUTPUT, check_destination
from tidemark.signals.recordings.formats import SUFFIXES, Kind, check_kind, kind_of, suffix_of


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
    if source != STANDARD and path.exists() and path.samefile(source):
        raise InputError(f"{path}: is the file that is read; name another one")
    if SUFFIXES.get(suffix_of(path).lower(), kind) != kind:
        raise InputError(
            f"{path}: {file_name_of(source)} is {kind}, and so is what is written; change the suffix"
        )
    return destination


@contextmanager
def reading(source: str) -> Iterator[Path]:
    """The file to read; standard input, or a FIFO, is first copied to a temporary file, whatever its size.

    Raises `InputError` where that is closed, or the copy does not fit.
    """
    path = Path(source)
    if source != STANDARD and (path.is_file() or path.is_dir() or not path.exists()):
        yield path
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


def _copy(source: str, file: IO[bytes]) -> None:
    if source != STANDARD:
        with Path(source).open("rb") as stream:
            shutil.copyfileobj(stream, file)
    elif sys.stdin is None:
        raise InputError("standard input: is closed; open it, or name a file")
    else:
        shutil.copyfileobj(sys.stdin.buffer, file)
    file.flush()
