"""Processes that a killed `tidemark repro` left behind: found by a mark in their environment, and stopped."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "TIDEMARK_RUN"
"""Set for all that a run starts: the repository's folder."""


class Orphans:
    """What carries a folder's mark; whoever looks for it holds the lock of the folder's runs."""

    def __init__(self, root: Path) -> None:
        """Those of the repository in `root`."""
        self._root = str(root.resolve())

    def processes(self) -> list[psutil.Process]:
        """All that are alive, but for this process and those that it came from."""
        own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                alive = process.status() != psutil.STATUS_ZOMBIE
                if process.pid not in own and alive and process.environ().get(MARK) == self._root:
                    found.append(process)
        return found

    def gone(self) -> bool:
        """Whether there is none."""
        return not self.processes()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all; an interrupt not to DVC itself, which ends when its stage has failed."""
        for process in self.processes():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if number != signal.SIGINT or "dvc" not in process.cmdline():
                    process.send_signal(number)
