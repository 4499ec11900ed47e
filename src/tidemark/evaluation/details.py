"""What stands behind a score: errors by position, examples to look at, how reliable intervals are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from tidemark.core.entries import EvaluationEntry
from tidemark.core.store import Array, Split, replacing, write_table
from tidemark.evaluation.bootstrap import interval


def write_details(
    folder: Path,
    task: ModuleType,
    estimates: Mapping[str, Array],
    splits: Mapping[str, Split],
    entry: EvaluationEntry,
) -> None:
    """Write tables of one predictor into `folder`; estimates and splits are by test set.

    `position.csv`, the headline error at each position of the set `test`; `examples.csv`, its first signals
    and one of each other set; and, of a task whose estimates have intervals, `reliability.csv`.
    """
    with replacing(folder) as temporary:
        errors = task.error_by_position(estimates["test"], splits["test"])
        write_table(temporary / "position.csv", ["position", task.HEADLINE], enumerate(errors.tolist()))
        rows = _examples(task, estimates, splits, entry.examples)
        write_table(temporary / "examples.csv", ["test", "signal", *task.EXAMPLE], rows)
        if hasattr(task, "reliability"):
            header = ["test", "nominal", "observed", "low", "high"]
            write_table(temporary / "reliability.csv", header, _reliability(task, estimates, splits, entry))


def _examples(
    task: ModuleType, estimates: Mapping[str, Array], splits: Mapping[str, Split], count: int
) -> Iterator[tuple[object, ...]]:
    for test, split in splits.items():
        for signal in range(min(count if test == "test" else 1, len(estimates[test]))):
            for values in task.example(estimates[test], split, signal):
                yield test, signal, *values


def _reliability(
    task: ModuleType, estimates: Mapping[str, Array], splits: Mapping[str, Split], entry: EvaluationEntry
) -> Iterator[tuple[object, ...]]:
    """How often the truth lies in central intervals: by test set and nominal share, with its interval."""
    for test, split in splits.items():
        for level, inside, count in task.reliability(estimates[test], split):
            shares = interval(
                inside,
                count,
                lambda within, of_all: within / of_all,
                resamples=entry.resamples,
                confidence=entry.confidence,
                seed=entry.seed,
            )
            yield test, level, *shares
