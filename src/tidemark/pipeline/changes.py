"""Files that change together: all of them, or, where anything goes wrong on the way, a kill too, none."""

from __future__ import annotations

import fcntl
import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from tidemark.core.locks import held
from tidemark.core.replacing import replacing
from tidemark.pipeline.locks import set_aside

JOURNAL = Path(".dvc/tmp/changes.json")
"""What was there before, while files change: who finds it later knows that the change was killed."""
LOCK = JOURNAL.with_suffix(".lock")
WAITING = "another tidemark add, remove or init --refresh is at work here; waiting for it to end"


class Changes:
    """What has been written so far below the working directory, and what was there before."""

    def __init__(self, root: Path) -> None:
        """Nothing yet, in the pipeline of the folder `root`."""
        self._root = root
        self._before: dict[str, dict[str, Any]] = {}

    def note(self, path: Path) -> None:
        """Remember what is at a path that is about to change; nothing there is taken away again."""
        if path.as_posix() in self._before:
            return
        content = b64encode(path.read_bytes()).decode() if path.is_file() else None
        missing = [folder.as_posix() for folder in path.parents if not folder.exists()]
        self._before[path.as_posix()] = {"content": content, "folders": missing}
        if (self._root / JOURNAL.parents[1]).is_dir():
            with replacing(self._root / JOURNAL) as temporary:
                temporary.write_text(json.dumps(self._before))

    def write(self, path: Path, content: str | bytes) -> None:
        """Write a file."""
        self.note(path)
        with replacing(path) as temporary:
            temporary.write_bytes(content.encode() if isinstance(content, str) else content)

    def copy(self, path: Path, to: Path) -> None:
        """Copy a file."""
        self.note(to)
        with replacing(to) as temporary:
            shutil.copyfile(path, temporary)

    def undo(self) -> None:
        """Put everything back."""
        _put_back(self._root, self._before)

    def done(self) -> None:
        """Let it all stay."""
        (self._root / JOURNAL).unlink(missing_ok=True)


@contextmanager
def together() -> Iterator[Changes]:
    """Changes in the working directory's pipeline that are undone where an exception ends them.

    Where a kill does, the next of them, a run or `tidemark doctor` undoes them. One process at a time changes
    files; others wait.
    """
    root = Path()
    with held(root / LOCK, WAITING) if (root / JOURNAL.parents[1]).is_dir() else nullcontext():
        for line in _undone(root, repair=True):
            print(line, flush=True)
        changes = Changes(root)
        try:
            yield changes
        except BaseException:
            changes.undo()
            changes.done()
            raise
        changes.done()


def put_right(root: Path, repair: bool) -> Iterator[str]:
    """Undo changes that were killed half-way, if no process is at them; a line if there are any."""
    if not (root / JOURNAL).is_file():
        return
    with (root / LOCK).open("a") as lock, suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield from _undone(root, repair)


def _undone(root: Path, repair: bool) -> Iterator[str]:
    """The same, by who holds the lock of changes."""
    if not (root / JOURNAL).is_file():
        return
    try:
        before = _checked(json.loads((root / JOURNAL).read_text()))
    except (ValueError, TypeError, KeyError, AttributeError):
        if repair:
            set_aside(root, JOURNAL)
        yield f"{JOURNAL}: cannot be read: {'put aside' if repair else 'of no use'}"
        return
    names = ", ".join(before)
    if repair:
        _put_back(root, before)
        (root / JOURNAL).unlink(missing_ok=True)
    done = "put back; give it again" if repair else "not whole"
    yield f"{names}: changed by a command that was killed: {done}"


def _checked(before: Any) -> Mapping[str, Mapping[str, Any]]:
    """What a journal says, if that is of files below the folder; raises `ValueError` at anything else."""
    for name, entry in before.items():
        for each in map(PurePosixPath, (name, *entry["folders"])):
            if each.is_absolute() or ".." in each.parts or each.parts[:1] == (".git",):
                raise ValueError(each)
        b64decode(entry["content"] or "", validate=True)
    return dict(before)


def _put_back(root: Path, before: Mapping[str, Mapping[str, Any]]) -> None:
    for name, entry in before.items():
        path = root / name
        if entry["content"] is None:
            path.unlink(missing_ok=True)
            for folder in entry["folders"]:  # from the innermost
                with suppress(OSError):  # not empty, or not there
                    (root / folder).rmdir()
        else:
            with replacing(path) as temporary:
                temporary.write_bytes(b64decode(entry["content"]))
