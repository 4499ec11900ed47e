"""Kinds of file that hold recordings, by suffix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.signals.recordings.delimited import DelimitedSource
from tidemark.signals.recordings.npy import NpySource
from tidemark.signals.recordings.source import Source

Kind = Literal["csv", "wav", "npy", "parquet", "edf", "wfdb"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SUFFIXES: dict[str, Kind] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".wav": "wav",
    ".wave": "wav",
    ".npy": "npy",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".edf": "edf",
    ".bdf": "edf",
    ".hea": "wfdb",
}


def suffix_of(path: Path) -> str:
    """The part of a file's name that says its kind: `.csv.gz` counts as one suffix."""
    name = path.name.lower()
    return path.name[-7:] if name.endswith(".csv.gz") else path.suffix


def kind_of(path: Path) -> Kind:
    """The kind of file that a suffix stands for; raises `InputError` if it stands for none."""
    suffix = suffix_of(path).lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"{path}: the suffix {suffix!r} says no kind of file; expected one of {', '.join(SUFFIXES)}"
        )
    return SUFFIXES[suffix]


def check_kind(name: str) -> Kind:
    """`name` as a kind of file; raises `InputError` if it is none."""
    for kind in KINDS:
        if name == kind:
            return kind
    raise InputError(f"format = {name!r}: expected one of {', '.join(KINDS)}")


@contextmanager
def open_source(path: Path, kind: Kind | None = None, file_name: str | None = None) -> Iterator[Source[Any]]:
    """Open a recording for reading, as `kind` or as its suffix says; messages call it `file_name`."""
    file_name = file_name or str(path)
    check_file(path, file_name)
    kind = kind or kind_of(path)
    source: Source[Any]
    try:
        if kind == "csv":
            source = DelimitedSource(path, file_name)
        elif kind == "wav":
            from tidemark.signals.recordings.wav import WavSource

            source = WavSource(path, file_name)
        elif kind == "npy":
            source = NpySource(path, file_name)
        elif kind == "edf":
            from tidemark.signals.recordings.edf import EdfSource

            source = EdfSource(path, file_name)
        elif kind == "wfdb":
            from tidemark.signals.recordings.wfdb_record import WfdbSource

            source = WfdbSource(path, file_name)
        else:
            from tidemark.signals.recordings.parquet import ParquetSource

            source = ParquetSource(path, file_name)
    except PermissionError:
        raise InputError(f"{file_name}: may not be read; change its permissions") from None
    try:
        yield source
    finally:
        source.close()
