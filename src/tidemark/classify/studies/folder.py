"""A study's folder: which participants have a file in it."""

from __future__ import annotations

import re
from pathlib import Path

from tidemark.core.errors import InputError

NAME = re.compile(r"[A-Za-z]\d+")
"""A participant's name."""
FILE = re.compile(rf"({NAME.pattern})\.csv(\.gz)?")
"""The name, and what follows it in the name of the file."""


def participants(folder: Path, name: str) -> dict[str, Path]:
    """Files by participant, in order of their names; raises `InputError` if `folder` has none.

    `name` is the study's, for the message that says how to bring its folder.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; bring the recordings of study {name} there (`dvc import-url` or a "
            f"copy of CAPTURE-24's folder), or set studies.{name}.folder"
        )
    result: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if (match := FILE.fullmatch(path.name)) is None:
            continue
        if (other := result.get(match[1])) is not None:
            raise InputError(f"{path}: participant {match[1]} has {other.name} too; keep one of them")
        result[match[1]] = path
    if not result:
        raise InputError(
            f"{folder}: no participant's recording; expected files such as P001.csv.gz or P001.csv "
            f"(a letter and digits), or X.npy, Y.npy, T.npy, pid.npy; fix studies.{name}.folder"
        )
    return dict(sorted(result.items()))
