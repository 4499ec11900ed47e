"""A lock that one process at a time holds, and that ends with it, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidemark.core.replacing import writes


@contextmanager
def held(file: Path, waiting: str) -> Iterator[None]:
    """Hold the lock of a file; where another process does, say the line `waiting`, and wait for it.

    Raises `InputError` where there can be no such file.
    """
    with writes(str(file)):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("a")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waiting, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
