"""What stands behind a score: errors by position, and examples to look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from tidemark.core.store import Array, Split, write_table


def write_position(path: Path, task: ModuleType, estimate: Array, split: Split) -> None:
    """Write a CSV of the headline error at each position; `estimate` is shaped like the target."""
    errors = task.error_by_position(estimate, split)
    write_table(path, ["position", task.HEADLINE], enumerate(errors.tolist()))


def write_examples(
    path: Path, task: ModuleType, estimates: Mapping[str, Array], splits: Mapping[str, Split], count: int
) -> None:
    """Write a CSV of the first signals of each test set: given, asked and estimated (first channel).

    `count` of the set `test`, one of every other.
    """
    rows = (
        (test, signal, position, *values)
        for test, split in splits.items()
        for signal in range(min(count if test == "test" else 1, len(estimates[test])))
        for position, values in enumerate(task.example(estimates[test], split, signal))
    )
    write_table(path, ["test", "signal", "position", task.GIVEN, task.TARGET, "estimate"], rows)
