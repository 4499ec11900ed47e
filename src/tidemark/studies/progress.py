"""Progress over participants: a bar on a terminal, a line now and then in a log; both on standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from tqdm import tqdm

LOG_SECONDS = 10.0


class Progress:
    """Shows how many participants are done."""

    def __init__(self, name: str, total: int) -> None:
        """`name` of the study, number of participants to do."""
        self._name, self._total, self._done = name, total, 0
        show = total > 0 and sys.stderr.isatty()
        self._bar = tqdm(total=total, desc=name, unit="participant", leave=False) if show else None
        self._next_line = time.monotonic() + LOG_SECONDS

    def advance(self) -> None:
        """Report that one more participant is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LOG_SECONDS
            print(f"{self._name}: {self._done} of {self._total} participants", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
