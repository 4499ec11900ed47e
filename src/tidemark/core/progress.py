"""Progress of work done piece by piece: a bar on a terminal, a line now and then in a log (stderr)."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

LOG_SECONDS = 10.0


class Progress:
    """Shows how many steps, participants, … are done."""

    def __init__(self, name: str, total: int, unit: str) -> None:
        """`name` of the whole, `total` number of its units, and what one of them is called."""
        self._name, self._total, self._unit = name, total, unit
        self.done = 0
        show = total > 0 and sys.stderr.isatty()
        self._bar = tqdm(total=total, desc=name, unit=unit, leave=False) if show else None
        self._next_line = time.monotonic() + LOG_SECONDS

    def show(self, done: int, note: str = "") -> None:
        """Report that so many are `done`, and anything else worth a look."""
        before, self.done = self.done, done
        if self._bar is not None:
            self._bar.update(done - before)
            self._bar.set_postfix_str(note, refresh=False)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LOG_SECONDS
            line = f"{self._name}: {done} of {self._total} {self._unit}s {note}"
            print(line.rstrip(), file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
