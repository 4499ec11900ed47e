"""The first row of a participant's file: which column is which."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit

AXES = ("x", "y", "z")


@dataclass(frozen=True)
class Header:
    """Names of all columns, and the places of those that are read."""

    names: Sequence[str]
    time: int
    axes: tuple[int, int, int]
    annotation: int | None
    """None where it is not read."""


def read_header(path: Path, line: bytes, annotated: bool) -> Header:
    """What the first line says; raises `InputError` unless each column that is read is there once."""
    text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip("\r\n")
    try:
        names = next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise InputError(f"{path}: row 1: not the header of a CSV file ({error}); fix it") from None
    check_limit("columns", len(names), f"{path}: row 1")
    wanted = ["time", *AXES, *(["annotation"] if annotated else [])]
    if any(names.count(name) != 1 for name in wanted):
        result = ", ".join(names)[:200] or "nothing"
        raise InputError(
            f"{path}: row 1: expected columns {', '.join(wanted)}, found {result}; rename the columns"
        )
    x, y, z = (names.index(axis) for axis in AXES)
    annotation = names.index("annotation") if annotated else None
    return Header(tuple(names), names.index("time"), (x, y, z), annotation)
