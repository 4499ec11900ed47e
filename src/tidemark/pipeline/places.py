"""What stands where DVC and the runs have files or folders of their own, and is none: it gives way."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.replacing import folder_lock
from tidemark.pipeline.changes import JOURNAL, LOCK
from tidemark.pipeline.irregular import below
from tidemark.pipeline.locks import ASIDE, FILES, RUN, is_other, set_aside

OWN = Path(".dvc")
TMP = OWN / "tmp"
CACHE = OWN / "cache"
OBJECTS, RUNS = CACHE / "files/md5", CACHE / "runs"
RESUME = Path(".ckpt")
UNSHARED = (OWN / "config.local", TMP / "btime", JOURNAL, LOCK)


def make_room(root: Path) -> Iterator[str]:
    """Put aside what stands in the place of the lock of the runs in `root`, or of a folder above it; say so.

    Nothing of value is kept there, and nobody can be alone in a folder without it.
    """
    with folder_lock(root / OWN, fcntl.LOCK_EX):  # of two runs one makes room
        for path in (TMP, RUN.parent, ASIDE):
            if _is_no_folder(root / path):
                aside = root / OWN / f"{path.name}.aside"
                (root / path).rename(aside)
                (root / path).mkdir()
                set_aside(root, path, aside)
                yield f"{path}: is no folder: put aside"
        if is_other(root / RUN):
            set_aside(root, RUN)
            yield f"{RUN}: is no file: put aside"


def put_right(root: Path, repair: bool) -> Iterator[str]:
    """Put aside what is no file, or no folder, where DVC or a training needs one; a line for each.

    Raises `InputError` at a link from the cache's place that leads nowhere: what it led to may only not be
    there at the moment.
    """
    for path in _own(root):
        if is_other(root / path):
            if repair:
                set_aside(root, path)
            yield f"{path}: is no file: {'put aside' if repair else 'a run stops at it'}"
    for path in _folders(root):
        if _is_no_folder(root / path):
            if (root / path).is_symlink():
                raise InputError(f"{path}: a link that leads nowhere; mount what it leads to, or delete it")
            if repair:
                set_aside(root, path)
            yield f"{path}: is no folder: {'put aside' if repair else 'a run stops at it'}"


def _is_no_folder(path: Path) -> bool:
    return os.path.lexists(path) and not path.is_dir()


def _own(root: Path) -> Iterator[Path]:
    """Files that DVC and the runs make where there are none."""
    yield from (*FILES, *UNSHARED)
    if (root / RUN.parent).is_dir():
        yield from (path.relative_to(root) for path in sorted((root / RUN.parent).iterdir()))
    yield from (path.relative_to(root) for path in below(root / RESUME))


def _folders(root: Path) -> Iterator[Path]:
    """Folders of the cache and of resume points, from the outermost to the innermost."""
    yield from (CACHE, OBJECTS.parent, OBJECTS, RUNS, RESUME)
    yield from (path.relative_to(root) for path in sorted((root / RESUME).glob("*")))
    for folder, pattern in ((OBJECTS, "??"), (RUNS, "??"), (RUNS, "??/*")):
        yield from (path.relative_to(root) for path in sorted((root / folder).glob(pattern)))
