"""A study's dictionary: what the annotators wrote, and the class that a scheme makes of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.store import Array

ANNOTATION, SCHEME = "annotation", "label:"
MISSING = ("", "NA", "N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "#N/A")
"""What stands for no annotation in a participant's file."""

LARGEST = 2**24
"""Bytes of a dictionary."""


@dataclass(frozen=True)
class Dictionary:
    """Annotations of a study, and their classes in one scheme."""

    name: str
    """The file's name, for messages."""
    classes: Sequence[str]
    """The scheme's distinct labels, sorted; a class's number is its place here."""
    annotations: Sequence[str]
    """Those that have a label in the scheme, sorted; an annotation's code is its place here."""
    label: Array
    """(annotations,) int64 class of each of them"""
    codes: Mapping[str, int]
    """Code by what a file may say; -1 for nothing, and for an annotation without label in the scheme."""


def read_dictionary(path: Path, scheme: str, where: str = "labels") -> Dictionary:
    """Read the columns annotation and label:<scheme> of a dictionary, a CSV file in UTF-8.

    `where` is the key that names the scheme. Raises `InputError`, naming file and row, if the file is
    missing, has no such columns (those there are listed), labels an annotation twice, or labels none.
    """
    rows = _rows(path)
    header = rows[0] if rows else []
    schemes = [name.removeprefix(SCHEME) for name in header if name.startswith(SCHEME)]
    if ANNOTATION not in header or not schemes:
        raise InputError(
            f"{path}: row 1: expected columns {ANNOTATION} and {SCHEME}<scheme>, "
            f"found {', '.join(header)[:200]}"
        )
    if scheme not in schemes:
        raise InputError(f"{where} = {scheme!r}: {path.name} has no such scheme; it has {', '.join(schemes)}")
    for name in (ANNOTATION, SCHEME + scheme):
        if (count := header.count(name)) > 1:
            raise InputError(f"{path}: row 1: {count} columns are called {name!r}; rename all but one")
    text, column = header.index(ANNOTATION), header.index(SCHEME + scheme)
    labels: dict[str, str] = {}
    for row, cells in enumerate(rows[1:], 2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{path}: row {row}: {len(cells)} cells where the header has {len(header)}; fix it"
            )
        annotation, label = cells[text], cells[column].strip()
        if labels.setdefault(annotation, label) != label:
            raise InputError(f"{path}: row {row}: annotation {annotation!r} is there already; keep one row")
    classes = sorted(set(filter(None, labels.values())))
    if not classes:
        raise InputError(
            f"{path}: no annotation has a label in column {SCHEME}{scheme}; choose another scheme"
        )
    annotations = sorted(annotation for annotation, label in labels.items() if label)
    codes = dict.fromkeys([*labels, *MISSING], -1)
    codes.update({annotation: code for code, annotation in enumerate(annotations)})
    numbers = np.array([classes.index(labels[annotation]) for annotation in annotations], dtype=np.int64)
    return Dictionary(path.name, tuple(classes), tuple(annotations), numbers, codes)


def _rows(path: Path) -> list[list[str]]:
    missing = (
        "no such file; the study's folder needs the dictionary of its annotations (set `dictionary` if it "
        "has another name)"
    )
    check_file(path, missing=missing)
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: over {LARGEST} bytes, which no dictionary has; leave out what is needless")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise InputError(f"{path}: not a CSV file in UTF-8: {error}") from None
