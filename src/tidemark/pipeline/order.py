"""A pipeline's folder in order: one run at a time, and nothing left of one that was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.locks import held
from tidemark.pipeline import changes, memory, places, written
from tidemark.pipeline.added import put_right
from tidemark.pipeline.child import stop
from tidemark.pipeline.locks import (
    IGNORED,
    RUN,
    broken,
    is_garbled,
    release,
    restore,
)
from tidemark.pipeline.orphans import Orphans


def find_root() -> Path:
    """The folder of the pipeline that this process is in; raises `InputError` where there is none."""
    from dvc.exceptions import NotDvcRepoError
    from dvc.repo import Repo

    try:
        return Path(Repo.find_root())
    except NotDvcRepoError:
        raise InputError(f"{Path.cwd()}: no pipeline here; run this in a folder with a dvc.yaml") from None


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Be the only run of the pipeline in `root`, once another one has ended, in a folder that is in order."""
    with alone(root):
        for line in put_in_order(root):
            print(line, flush=True)
        yield


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of the runs in `root`; what DVC cannot read there is an `InputError`."""
    from dvc.exceptions import DvcException

    for line in places.make_room(root):
        print(line, flush=True)
    with held(root / RUN, "another tidemark repro or doctor is at work here; waiting for it to end"):
        try:
            yield
        except (DvcException, UnicodeDecodeError) as error:
            raise InputError(" ".join(str(error).split())) from None
        except sqlite3.Error as error:
            raise InputError(memory.cannot_be_used(root, error)) from None


def put_in_order(root: Path, repair: bool = True) -> Iterator[str]:
    """Stop orphans, take who is gone off DVC's list, replace broken locks and .dvc files; say what was found.

    To be called by who holds the lock of the folder's runs. Without `repair` it only says it.
    """
    orphans = Orphans(root)
    if processes := orphans.processes():
        yield f"{len(processes)} processes of a run that was killed: {'stopped' if repair else 'at work'}"
        if repair:
            stop([orphans], lambda: False)
    yield from places.put_right(root, repair)
    yield from written.put_right(root, repair)
    yield from memory.put_right(root, repair)
    unreadable = [*broken(root), *([IGNORED] if is_garbled(root) else [])]
    for lock in unreadable:
        yield f"{lock}: cannot be read: {restore(root, lock) if repair else 'DVC stops at it'}"
    yield from put_right(root, repair)
    yield from changes.put_right(root, repair)
    if release(root, repair):
        yield f".dvc/tmp/rwlock: has entries of processes that are gone: {'released' if repair else 'stale'}"
