"""Reads files in a process of their own and says what went wrong: a traceback, a crash, a hang, memory, a value."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

SECONDS, BYTES = 10.0, 2**30
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
        if not select.select([process.stdout], [], [], self.seconds)[0]:
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

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
