"""Writers of recordings whose every failure to write is an `OSError`, whatever library writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic

from tidemark.core.store import Array
from tidemark.signals.recordings.source import Rows, Writer


@contextmanager
def writer_errors() -> Iterator[None]:
    """Turn what libsndfile raises, where a file cannot be written, into an `OSError`."""
    try:
        yield
    except (RuntimeError, AssertionError) as error:
        reason = " ".join(str(error).split()) or "not all samples were written"
        raise OSError(None, reason) from None


class WholeWriter(Generic[Rows]):
    """A writer whose every failure to write is an `OSError`."""

    def __init__(self, open_writer: Callable[[], Writer[Rows]]) -> None:
        """Open it."""
        with writer_errors():
            self._writer = open_writer()

    def write(self, batch: Rows, columns: Mapping[int, Array]) -> None:
        """Write the batch, see `Writer`."""
        with writer_errors():
            self._writer.write(batch, columns)

    def close(self) -> None:
        """Finish the file."""
        with writer_errors():
            self._writer.close()
