"""What stands behind a score: errors by position, and examples to look at."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tidemark.core.store import Array, Split, write_table


def write_position(path: Path, task: ModuleType, estimate: Array, split: Split) -> None:
    """Write a CSV of the headline error at each position; `estimate` is (signals, channels, length)."""
    errors = task.error_by_position(estimate, split)
    write_table(path, ["position", task.HEADLINE], enumerate(errors.tolist()))


def write_examples(path: Path, task: ModuleType, estimate: Array, split: Split, count: int) -> None:
    """Write a CSV of the first `count` test signals: what was given, asked and estimated (first channel)."""
    rows = (
        (signal, position, given, target, guess)
        for signal in range(min(count, len(estimate)))
        for position, (given, target, guess) in enumerate(
            zip(
                split[task.GIVEN][signal, 0].tolist(),
                split[task.TARGET][signal, 0].tolist(),
                estimate[signal, 0].tolist(),
                strict=True,
            )
        )
    )
    write_table(path, ["signal", "position", task.GIVEN, task.TARGET, "estimate"], rows)
