"""DVC's locks: entries of processes that are gone, and dvc.lock files that are broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import mapping_of
from tidemark.core.replacing import replacing

ASIDE = Path(".dvc/tmp/doctor")
"""Where what is taken away is kept: nothing is ever deleted that may be somebody's."""
RWLOCK = Path(".dvc/tmp/rwlock")
"""DVC's list of who reads and writes what."""
RUN = Path(".dvc/tmp/repro/lock")
"""Held by the one run, or doctor, of a pipeline."""
IGNORED = Path(".dvcignore")
FILES = (RWLOCK, RWLOCK.with_suffix(".lock"), Path(".dvc/tmp/lock"))
"""DVC's own locks, each a file that it makes where there is none."""
MOST = 50_000_000
"""Values in a file that DVC wrote, which nobody writes by hand: some forty of each stage."""


def stale(root: Path) -> dict[str, Any] | None:
    """DVC's list without the processes that are gone, if it has any such; all empty if it cannot be read.

    DVC removes those that are gone by itself, but neither one whose number another process has now, nor a
    list that a full disk left half-written.
    """
    path = root / RWLOCK
    if path.exists() and not path.is_file():  # a FIFO would be read for ever
        return {}
    try:
        text = path.read_text()
        content = json.loads(text)
        since = path.stat().st_mtime
        read = {
            name: [entry for entry in entries if _alive(entry, since)]
            for name, entries in content.get("read", {}).items()
        }
        write = {name: entry for name, entry in content.get("write", {}).items() if _alive(entry, since)}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return {}
    mended = {"read": {name: entries for name, entries in read.items() if entries}, "write": write}
    return None if mended == {"read": {}, "write": {}} | content else mended


def _alive(entry: Mapping[str, Any], since: float) -> bool:
    """Whether the process of an entry is there, is DVC, and is no younger than the list."""
    try:
        process = psutil.Process(int(entry["pid"]))
        return "dvc" in " ".join(process.cmdline()) and process.create_time() <= since + 1
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # another user's
        return True


def release(root: Path, repair: bool = True) -> bool:
    """Take processes that are gone off DVC's list, or only look for them; whether there are any."""
    if (mended := stale(root)) is None:
        return False
    if not repair:
        return True
    with replacing(root / RWLOCK) as temporary:
        temporary.write_text(json.dumps(mended))
    return True


def is_other(path: Path) -> bool:
    """Whether there is something at a path that is no file: a folder, a FIFO, a link that leads nowhere."""
    return os.path.lexists(path) and not path.is_file()


def broken(root: Path) -> Iterator[Path]:
    """The dvc.lock files that DVC cannot read, relative to `root`."""
    from dvc.schema import COMPILED_LOCKFILE_SCHEMA
    from voluptuous import Invalid

    for path in lock_files(root):
        try:
            COMPILED_LOCKFILE_SCHEMA(mapping_of(path.read_bytes() if path.is_file() else b"", path, MOST))
        except (InputError, Invalid, TypeError, ValueError):
            yield path.relative_to(root)


def is_garbled(root: Path) -> bool:
    """Whether the list of what DVC ignores is no text any more: DVC stops at it."""
    if not (root / IGNORED).is_file():
        return False
    try:
        (root / IGNORED).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return True
    return False


def lock_files(root: Path) -> list[Path]:
    """All dvc.lock files, dangling links too."""
    beside = [*root.glob("dvc.yaml"), *root.glob("pipelines/**/dvc.yaml")]
    locks = (path.with_name("dvc.lock") for path in beside)
    return sorted(path for path in locks if path.exists() or path.is_symlink())


def restore(root: Path, lock: Path) -> str:
    """Put a broken lock or list aside, that of the last commit in its place if any; says what was done.

    Without a commit DVC writes a new lock: results are restored from its cache, or made again.
    """
    set_aside(root, lock)
    if (content := committed(root, lock)) is None:
        return "put aside; the next run writes a new one"
    with replacing(root / lock) as temporary:
        temporary.write_bytes(content)
    return "that of the last commit is in its place"


def committed(root: Path, path: Path) -> bytes | None:
    """What a file, relative to `root`, holds in the last commit; none where it has none, or Git fails."""
    try:
        done = subprocess.run(["git", "show", f"HEAD:./{path.as_posix()}"], cwd=root, capture_output=True)
    except FileNotFoundError:  # no Git
        return None
    return None if done.returncode or not done.stdout.strip() else done.stdout


def tracked(root: Path, path: Path) -> list[Path]:
    """The files at or below a path, relative to `root` as are they, that the last commit has."""
    command = ["git", "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", str(path)]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True)
    except FileNotFoundError:  # no Git
        return []
    return [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]


def at_work(root: Path) -> int | None:
    """The number of a process on DVC's list, from which those that are gone have been taken."""
    try:
        content = json.loads((root / RWLOCK).read_text() if (root / RWLOCK).is_file() else "{}")
    except (OSError, ValueError):
        return None
    entries = [*content.get("write", {}).values(), *chain(*content.get("read", {}).values())]
    return int(entries[0]["pid"]) if entries else None


def set_aside(root: Path, path: Path, source: Path | None = None) -> Path:
    """Move a file, `path` relative to `root` or a `source` elsewhere, among what was taken away.

    Returns where it is now.
    """
    target = root / ASIDE / path
    target.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    while os.path.lexists(target):
        number += 1
        target = root / ASIDE / path.parent / f"{path.name}.{number}"
    with suppress(FileNotFoundError):
        shutil.move(source or root / path, target)
    return target
