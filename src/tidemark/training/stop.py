"""When a training run has to stop: it was asked to, or what started it is gone."""

from __future__ import annotations

import os
import signal
from types import FrameType

import psutil  # type: ignore[import-untyped]

WAITING = "TIDEMARK_WAITING"
"""Set in a fork of the pipeline's server: id of the process that DVC started, which waits for the fork."""


class Interrupted(Exception):
    """Training was asked to stop; its resume point is on disk."""


class StopRequest:
    """Whether to stop at the next step: on SIGINT, SIGTERM, SIGHUP, or when the pipeline's process is gone.

    That process may be killed without a word to its children; a training run that went on
    alone would write where the next one works.
    """

    def __init__(self) -> None:
        """Listen from now on."""
        self._requested = False
        self._ancestors = _ancestors()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._requested = True

    def __bool__(self) -> bool:
        return self._requested or _parents(len(self._ancestors)) != self._ancestors


def _ancestors() -> list[int]:
    """Ids of this process's ancestors up to DVC, which marks the environment of all that it starts.

    There may be a shell between: some replace themselves by a single command, others wait for it.
    """
    result: list[int] = []
    process = psutil.Process(int(os.environ.get(WAITING, os.getpid())))
    while process is not None and _is_marked(process):
        process = process.parent()
        result += [process.pid] if process is not None else []
    return result


def _is_marked(process: psutil.Process) -> bool:
    try:
        return "DVC_STAGE" in process.environ()
    except psutil.Error:  # another user's
        return False


def _parents(count: int) -> list[int]:
    """Ids of this process's parent, its parent's parent and so on, at most `count`."""
    result: list[int] = []
    try:
        while len(result) < count:
            result.append(psutil.Process(result[-1]).ppid() if result else _parent())
    except psutil.Error:  # gone
        pass
    return result


def _parent() -> int:
    return psutil.Process(int(os.environ[WAITING])).ppid() if WAITING in os.environ else os.getppid()
