"""What another process decodes of a Parquet file: its facts, then its rows; whatever happens there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

import pyarrow as pa

from tidemark.core.errors import InputError
from tidemark.core.limits import limit, variable
from tidemark.signals.recordings import parquet_child
from tidemark.signals.recordings.parquet_child import REFUSED


class ParquetStream:
    """The rows of a file, once, from its first to its last."""

    begun = False
    """Whether rows were asked for."""

    def __init__(self, path: Path, file_name: str, values: int) -> None:
        """Start decoding batches of about so many values; raises `InputError` where it is no Parquet file."""
        self._file_name = file_name
        self._said: IO[bytes] = tempfile.TemporaryFile(prefix="tidemark-")  # noqa: SIM115
        self._memory = limit("memory") * 3 // 4  # the rest is for whoever reads the stream
        command = [sys.executable, "-P", parquet_child.__file__, str(path), str(values), str(self._memory)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            # The other allocators reserve more address space than the limit leaves.
            env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"},
        )
        assert self._process.stdout is not None
        self.close = weakref.finalize(self, _end, self._process, self._said)
        try:
            facts = json.loads(self._process.stdout.readline())
            self._reader: Any = pa.ipc.open_stream(self._process.stdout)
        except (ValueError, OSError, pa.ArrowException):
            reason = self._reason()
            self.close()
            raise InputError(f"{file_name}: not a whole Parquet file ({reason}); copy it again") from None
        self.schema: pa.Schema = self._reader.schema
        self.rows = int(facts["rows"])
        self.compression: dict[str, str] = facts["compression"]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in pieces; raises `InputError` where they cannot be decoded."""
        self.begun, start = True, 0
        while True:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                break
            except (OSError, pa.ArrowException):
                self._damaged(start)
            start += batch.num_rows
            yield batch
        if self._process.wait():
            self._damaged(start)
        if start != self.rows:
            raise InputError(
                f"{self._file_name}: {start} rows of {self.rows} that it says it has; copy it again"
            )

    def _damaged(self, row: int) -> NoReturn:
        raise InputError(
            f"{self._file_name}: damaged after row {row} ({self._reason()}); copy it again"
        ) from None

    def _reason(self) -> str:
        """Why the other process ended, in a few words."""
        assert self._process.stdout is not None
        self._process.stdout.close()  # it ends at the latest when it writes on
        status = self._process.wait()
        if status == REFUSED:
            self._said.seek(0)
            reason = " ".join(self._said.read(2000).decode("utf-8", "replace").split()) or "no reason"
            too_much = "malloc" in reason or "MemoryError" in reason or "allocate" in reason
            hint = f", over {self._memory} bytes: {variable('memory')} sets more" if too_much else ""
            return reason[:120] + hint
        return f"decoding it ends with {signal.Signals(-status).name if status < 0 else f'status {status}'}"


def _end(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    said.close()
