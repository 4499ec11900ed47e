"""When a training run has to stop: it was asked to, or what started it is gone."""

from __future__ import annotations

import os
import signal
from types import FrameType

import psutil  # type: ignore[import-untyped]


class Interrupted(Exception):
    """Training was asked to stop; its resume point is on disk."""


class StopRequest:
    """Whether to stop at the next step: on SIGINT, SIGTERM, or when the pipeline's process is gone.

    That process may be killed without a word to its children; a training run that went on
    alone would write where the next one works.
    """

    def __init__(self) -> None:
        """Listen from now on."""
        self._asked = False
        self._ancestors = _ancestors()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def __bool__(self) -> bool:
        return self._asked or _parents(len(self._ancestors)) != self._ancestors


def _ancestors() -> list[int]:
    """Ids of this process's ancestors up to DVC, which marks the environment of all that it starts.

    There may be a shell between: some replace themselves by a single command, others wait for it.
    """
    found: list[int] = []
    process = psutil.Process()
    while process is not None and _is_marked(process):
        process = process.parent()
        found += [process.pid] if process is not None else []
    return found


def _is_marked(process: psutil.Process) -> bool:
    try:
        return "DVC_STAGE" in process.environ()
    except psutil.Error:  # another user's
        return False


def _parents(count: int) -> list[int]:
    """Ids of this process's parent, its parent's parent and so on, at most `count`."""
    found = [os.getppid()][:count]
    try:
        while 0 < len(found) < count:
            found.append(psutil.Process(found[-1]).ppid())
    except psutil.Error:  # gone
        pass
    return found
