"""Reads files in a process of their own and says what went wrong: a traceback, a crash, a hang, memory, a value."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SECONDS, BYTES = 10.0, 2**30
WAITING = 12
TESTS = Path(__file__).parents[1]


@dataclass
class Watch:
    """A reading process, started anew when it has ended."""

    seconds: float = SECONDS
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def problem(self, form: str, path: Path) -> str:
        """What went wrong with a file; empty where nothing did."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{form}\t{path}\n")
        process.stdin.flush()
        used, start = self._used(process), time.monotonic()
        while not select.select([process.stdout], [], [], self.seconds)[0]:
            # Seconds of a processor, which others may use too; of waiting for nothing a few more.
            if self._used(process) - used > self.seconds or time.monotonic() - start > WAITING * self.seconds:
                self.close()
                return f"hang of over {self.seconds:g} s"
        line = process.stdout.readline()
        if not line:
            status = process.wait()
            self.close()
            return f"the process ended with status {status}"
        answer = json.loads(line)
        if answer["bytes"] > BYTES:
            return f"memory of {answer['bytes'] / 2**20:.0f} MiB"
        return str(answer["problem"])

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", "-m", "fuzz.worker"]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=TESTS,
            env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )
        self._process = process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"npy\t{__file__}\n")
        process.stdin.flush()
        process.stdout.readline()
        return process

    @staticmethod
    def _used(process: subprocess.Popen[str]) -> float:
        """Seconds of a processor that a process has had, and those that it has waited for."""
        times = psutil.Process(process.pid).cpu_times()
        return sum((times.user, times.system, times.children_user, times.children_system))

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
