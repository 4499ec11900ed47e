"""The end of standard output, when it cannot be written: the disk is full, or nobody reads it any more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NAME = "standard output"


@contextmanager
def flushed() -> Iterator[None]:
    """Write at the end what is still buffered; an `OSError` is raised once, not again later."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError:
        _leave()
        raise


def _leave() -> None:
    """What could not be written goes nowhere: otherwise Python tries, and fails, once more as it ends."""
    try:
        number = sys.stdout.fileno()
    except OSError:  # in a test it has no number
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
