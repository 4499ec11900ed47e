"""Progress of a training run: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from tqdm import tqdm

LOG_SECONDS = 10.0


class Progress:
    """Shows steps done and the latest validation loss."""

    def __init__(self, name: str, steps: int) -> None:
        """`name` of the model, number of `steps` it is trained for."""
        self._steps, self._name = steps, name
        self._bar = tqdm(total=steps, desc=name, unit="step", leave=False) if sys.stderr.isatty() else None
        self._next_line = time.monotonic() + LOG_SECONDS

    def show(self, step: int, curve: list[tuple[int, float, float]]) -> None:
        """Report that `step` steps are done; `curve` rows are (step, training, validation loss)."""
        loss = f"validation {curve[-1][2]:.5f}" if curve else ""
        if self._bar is not None:
            self._bar.update(step - self._bar.n)
            self._bar.set_postfix_str(loss, refresh=False)
        elif time.monotonic() >= self._next_line:
            self._next_line += LOG_SECONDS
            print(f"{self._name}: step {step} of {self._steps} {loss}".rstrip(), flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
