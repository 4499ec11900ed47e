"""The file behind a recording: used where it is below the project, else copied into it and kept by DVC."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tidemark.core.errors import InputError
from tidemark.pipeline import memory
from tidemark.pipeline.changes import Changes
from tidemark.signals.recordings.formats import suffix_of

FOLDER = Path("data/recorded")
ORIGIN = "copied_from"
"""Key of a .dvc file's `meta`: where the copy is from, a file or several, which is what makes it one."""


def keep(files: Sequence[Path], name: str, tidied: str | None, changes: Changes) -> Path:
    """Where the recording called `name` is read from, relative to the working directory.

    Several files are one in `tidied`. A folder stays where it is, as does a file below the working directory
    that is used as it is; any other file is copied, or its `tidied` text written, and added to DVC. Raises
    `InputError` where something is there already.
    """
    file = files[0]
    inside = file.resolve().is_relative_to(Path.cwd().resolve())
    if file.is_dir() or (inside and tidied is None):
        return Path(os.path.relpath(file.resolve(), Path.cwd().resolve()))
    copy = FOLDER / f"{name}{'.csv' if tidied is not None else suffix_of(file).lower()}"
    if copy.exists() or _dvc(copy).exists():
        raise InputError(f"{copy}: there already; choose another --name, or move it away")
    if tidied is None:
        changes.copy(file, copy)
    else:
        changes.write(copy, tidied)
    changes.note(_dvc(copy))
    origins = [os.path.relpath(each.resolve(), Path.cwd().resolve()) for each in files]
    _add(copy, origins[0] if len(files) == 1 else origins)
    return copy


def keep_folder(files: Sequence[Path], name: str, texts: Mapping[str, str], changes: Changes) -> Path:
    """A folder of `texts` by file name, made of the user's `files`, added to DVC; relative to here.

    Raises `InputError` where something is there already.
    """
    folder = FOLDER / name
    if folder.exists() or _dvc(folder).exists():
        raise InputError(f"{folder}: there already; choose another --name, or move it away")
    for file, text in texts.items():
        changes.write(folder / file, text)
    changes.note(_dvc(folder))
    _add(folder, [os.path.relpath(each.resolve(), Path.cwd().resolve()) for each in files])
    return folder


def is_copy(file: Path) -> bool:
    """Whether a recording's file is a copy of one, or of several, that are still there."""
    origin = _meta(file).get(ORIGIN) or []
    origins = [Path(each) for each in ([origin] if isinstance(origin, str) else origin)]
    return bool(origins) and all(each.exists() and each.resolve() != file.resolve() for each in origins)


def discard(file: Path, changes: Changes) -> list[Path]:
    """Delete a copy, and return what was deleted; anything else stays."""
    if not is_copy(file):
        return []
    changes.note(_dvc(file))  # by which DVC brings the copy back where the deletion is undone
    if file.is_dir():
        shutil.rmtree(file)
    file.unlink(missing_ok=True)
    _dvc(file).unlink()
    return [file, _dvc(file)]


def _dvc(file: Path) -> Path:
    return file.with_name(f"{file.name}.dvc")


def _meta(file: Path) -> dict[str, Any]:
    if not _dvc(file).exists():
        return {}
    tree = YAML(typ="safe").load(_dvc(file)) or {}
    return dict(tree.get("meta") or {})


def _add(copy: Path, origin: str | list[str]) -> None:
    """`dvc add`, and a note of where the copy is from."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo(_wait_for_lock=True) as repo:  # DVC may be at work here
            repo.scm_context.quiet = True
            repo.add([str(copy)])
    except DvcException as error:
        raise InputError(f"{copy}: {' '.join(str(error).split())}") from None
    except sqlite3.Error as error:
        raise InputError(memory.cannot_be_used(Path.cwd(), error)) from None
    yaml, path = YAML(), _dvc(copy)
    tree = yaml.load(path)
    tree["meta"] = {ORIGIN: origin}
    yaml.dump(tree, path)
