"""One DVC process with everything that it starts: its environment, its log, its stages, its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tidemark.core import instructions
from tidemark.pipeline.orphans import MARK

STEPS = (
    (0.0, signal.SIGINT),
    (4.0, signal.SIGINT),
    (8.0, signal.SIGINT),
    (10.0, signal.SIGTERM),
    (13.0, signal.SIGKILL),
)
"""Signals to what is to stop, each if it still runs after so many seconds."""
BEGUN = re.compile(
    r"^(?:Running stage|Stage) '([^']*)'(:$| is cached - skipping run| didn't change, skipping)", re.MULTILINE
)
HOW = {":": "finished", " is cached - skipping run": "restored", " didn't change, skipping": "unchanged"}
FAILED = re.compile(r"failed to reproduce '([^']*)'")


def environment(folder: Path) -> dict[str, str]:
    """This process's environment, with its interpreter as `python` and what stages of `folder` set."""
    variables = os.environ | instructions.environment(folder / "params.yaml")
    folders = [str(Path(sys.executable).parent), *filter(None, [variables.get("PATH")])]
    path = os.pathsep.join(folders)
    return variables | {"PATH": path, "PYTHONUNBUFFERED": "1", MARK: str(folder.resolve())}


BUSY = ("is busy, it is being blocked by", "Unable to acquire lock")
"""What DVC says where another one is at work on the same files."""


class Group(Protocol):
    """Processes that are to stop."""

    def gone(self) -> bool:
        """Whether nothing of it is left."""
        ...

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all that it is to reach."""
        ...


class Child:
    """`dvc repro --single-item` of some stages, in a process group of its own, writing to a log.

    A group of its own, because Ctrl-C must not reach DVC itself: it rewrites dvc.lock in place, and
    an interrupt in the middle of that would leave half a file. Only the stage's command is
    interrupted; DVC then sees it fail, and ends.
    """

    def __init__(self, names: Sequence[str], folder: Path, log: Path, variables: Mapping[str, str]) -> None:
        """Start it in `folder`; DVC does the stages one after the other, up to the first that fails."""
        self.left = list(names)
        """Stages that are not done; DVC is at the first of them."""
        self.log = log
        self.status: int | None = None
        """Exit status, or None if it ran at the last look."""
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", "--", *names],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=variables,
                start_new_session=True,
            )
        self._text, self._size, self._place = "", 0, 0
        self._how, self._since = "finished", time.monotonic()

    def seconds(self) -> float:
        """Time that the first of the stages left has taken."""
        return time.monotonic() - self._since

    def look(self) -> list[tuple[str, str, float]]:
        """Stages done since the last look: name, `finished`, `restored` or `unchanged`, and seconds.

        DVC has written a stage into dvc.lock when it goes on to the next one, or ends. If it ends with
        a failure, the first of those left failed.
        """
        self.status = self._process.poll()  # before the log is read, so that all is in it
        done: list[tuple[str, str, float]] = []
        if self.log.stat().st_size > self._size:
            self._size = self.log.stat().st_size
            self._text = self.log.read_text(errors="replace")
            for match in BEGUN.finditer(self._text, self._place):
                self._place = match.end()
                if match[1] in self.left:
                    done += self._up_to(match[1])
                    self._how, self._since = HOW[match[2]], time.monotonic()
        if self.status == 0:
            done += self._up_to("")
        elif self.status and (failed := FAILED.findall(self._text)) and failed[-1] in self.left:
            done += self._up_to(failed[-1])
        return done

    def _up_to(self, name: str) -> list[tuple[str, str, float]]:
        done = []
        while self.left and self.left[0] != name:
            done.append((self.left.pop(0), self._how, self.seconds()))
            self._how, self._since = "finished", time.monotonic()
        return done

    def last_lines(self, number: int) -> list[str]:
        """The last lines of the log that say something."""
        return [line for line in self._text.splitlines() if line.strip()][-number:]

    def busy(self) -> bool:
        """Whether it ended because another DVC is at work on the same files."""
        return any(each in line for line in self.last_lines(10) for each in BUSY)

    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return self._process.poll() is not None and not self._members()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all that DVC started, and to DVC as well if it is not an interrupt."""
        for pid in self._members():
            if pid != self._process.pid or number != signal.SIGINT:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def _members(self) -> list[int]:
        """Processes of the group that are not dead; a zombie nobody collects would count for ever."""
        import psutil  # type: ignore[import-untyped]

        result = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if os.getpgid(process.pid) == self._process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    result.append(process.pid)
        return result


def stop(children: Sequence[Group], hurry: Callable[[], bool]) -> None:
    """End children and all that they started, and wait for the end; once `hurry` says so, kill them."""
    start = time.monotonic()
    steps = list(STEPS)
    while left := [child for child in children if not child.gone()]:
        if hurry():
            steps = [(0.0, signal.SIGKILL)]
        while steps and time.monotonic() - start >= steps[0][0]:
            number = steps.pop(0)[1]
            for child in left:
                child.send(number)
        time.sleep(0.1)
