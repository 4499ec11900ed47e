"""A program that is asked to end, and leaves nothing behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""By which a process is asked to end."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as an exit does, so that temporary files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    received: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        received.append(number)
        raise SystemExit(128 + number)

    before = {
        number: signal.signal(number, leave)
        for number in SIGNALS
        if signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    except Exception:  # into which a library, such as pydantic, has turned that exit
        if received:
            raise SystemExit(128 + received[0]) from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
