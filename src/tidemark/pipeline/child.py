"""One DVC process with everything that it starts: its environment, its log, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
PATIENCE = 10.0
"""Seconds that a stage gets to end after an interrupt, before it is terminated."""
LAST_PATIENCE = 3.0
"""Seconds that it gets after that, before it is killed."""
REPEAT = 4.0
"""Seconds after which a process that took no notice is interrupted again."""


def environment() -> dict[str, str]:
    """This process's environment, with its interpreter as `python` and one thread a stage.

    Thread counts that the user set stay as they are.
    """
    variables = dict(os.environ)
    folders = [str(Path(sys.executable).parent), *filter(None, [variables.get("PATH")])]
    variables["PATH"] = os.pathsep.join(folders)
    variables["PYTHONUNBUFFERED"] = "1"
    for name in THREAD_COUNTS:
        variables.setdefault(name, "1")
    return variables


class Child:
    """`dvc` with some arguments, in a process group of its own, writing to a log.

    A group of its own, because Ctrl-C must not reach DVC itself: it rewrites dvc.lock in place, and
    an interrupt in the middle of that would leave half a file. Only the stage's command is
    interrupted; DVC then sees it fail, and ends.
    """

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        """Start it."""
        self.log = log
        self.started = time.monotonic()
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tidemark.pipeline.quick_dvc", "--wait-for-lock", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(),
                start_new_session=True,
            )
        self._interrupted: dict[int, float] = {}

    def status(self) -> int | None:
        """Exit status, or None while it runs."""
        return self._process.poll()

    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self.started

    def text(self) -> str:
        """Everything written so far."""
        return self.log.read_text(errors="replace")

    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return self.status() is not None and not self._members()

    def interrupt(self) -> None:
        """Interrupt what DVC started, but not DVC; again, later, what took no notice."""
        now = time.monotonic()
        for pid in self._members():
            if pid != self._process.pid and now - self._interrupted.get(pid, -REPEAT) >= REPEAT:
                self._interrupted[pid] = now
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to DVC and to all that it started."""
        for pid in self._members():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _members(self) -> list[int]:
        """Processes of the group that are not dead; a zombie nobody collects would count for ever."""
        import psutil  # type: ignore[import-untyped]

        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if os.getpgid(process.pid) == self._process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process.pid)
        return found


def stop(children: Sequence[Child], hurry: Callable[[], bool], patience: float = PATIENCE) -> None:
    """End children and all that they started: interrupt, later terminate, later kill; wait for the end.

    Once `hurry` says so, everything is killed at once.
    """
    start = time.monotonic()
    terminated = False
    while left := [child for child in children if not child.gone()]:
        waited = time.monotonic() - start
        kill = hurry() or waited > patience + LAST_PATIENCE
        for child in left:
            if kill:
                child.send(signal.SIGKILL)
            elif waited <= patience:
                child.interrupt()
            elif not terminated:
                child.send(signal.SIGTERM)
        terminated = waited > patience
        time.sleep(0.1)


def last_lines(text: str, number: int) -> list[str]:
    """The last lines of a log that say something."""
    return [line for line in text.splitlines() if line.strip()][-number:]
