"""Parquet decoded by a fork of the reading process, which has imported all: a tenth of a new program's time."""

from __future__ import annotations

import os
import signal
import traceback
from contextlib import suppress
from typing import IO, Any

from tidemark.signals.recordings import parquet_child


class Forked:
    """As much of `subprocess.Popen` as the reader of Parquet files needs, whatever the command says but its arguments."""

    def __init__(self, command: list[str], stderr: IO[bytes], **options: Any) -> None:
        """Run the decoding program's `main` on the last three words of a command."""
        reading, writing = os.pipe()
        self._status: int | None = None
        self._number = os.fork()
        if not self._number:
            self._decode(command[-3:], writing, stderr)
        os.close(writing)
        self.stdout = os.fdopen(reading, "rb")

    def _decode(self, arguments: list[str], writing: int, stderr: IO[bytes]) -> None:
        status = 1
        try:
            os.dup2(writing, 1)
            os.dup2(stderr.fileno(), 2)
            parquet_child.main(arguments[0], int(arguments[1]), int(arguments[2]))
            status = 0
        except SystemExit as error:
            status = int(str(error.code))
        except BaseException:
            with suppress(BaseException):
                os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)

    def wait(self) -> int:
        """Its exit status, negative for a signal."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])
        return self._status

    def kill(self) -> None:
        """End it."""
        if self._status is None:
            os.kill(self._number, signal.SIGKILL)
