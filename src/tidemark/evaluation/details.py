"""What stands behind a score: tables of one predictor, those for which its task has the functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np

from tidemark.core.entries import EvaluationEntry
from tidemark.core.store import Array, replacing, write_table
from tidemark.evaluation import classes, smoothing
from tidemark.evaluation.answers import Answers
from tidemark.evaluation.bootstrap import interval
from tidemark.evaluation.table import Table


def write_details(folder: Path, task: ModuleType, answers: Answers, entry: EvaluationEntry) -> None:
    """Write tables of one predictor into `folder`: those of `TABLES` whose function the task has.

    Beside them `smoothing.csv`, of a predictor that is smoothed over time: what was tried.
    """
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for name, (function, table) in TABLES.items():
            if hasattr(task, function):
                write_table(temporary / name, *table(task, answers, entry))
        if answers.smoothing is not None:
            write_table(temporary / "smoothing.csv", smoothing.HEADER, smoothing.rows(answers.smoothing))


def position(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """The headline error at each position of the set `test`."""
    errors = task.error_by_position(answers.estimates["test"], answers.splits["test"])
    return ["position", task.HEADLINE], enumerate(errors.tolist())


def examples(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """The first signals of the set `test`, and one of each other set, sample by sample."""

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            estimate = answers.estimates[test]
            for signal in range(min(entry.examples if test == "test" else 1, len(estimate))):
                for values in task.example(estimate, split, signal):
                    yield test, signal, *values

    return ["test", "signal", *task.EXAMPLE], rows()


def reliability(task: ModuleType, answers: Answers, entry: EvaluationEntry) -> Table:
    """How often something is so that a predictor holds for so probable, by test set, with intervals.

    That the truth lies in central intervals of a nominal share; that the most probable class is the true one.
    """

    def share(within: Array, of_all: Array) -> Array:
        nothing = np.full(np.shape(of_all), np.nan)  # a resample may have none of these cases
        return np.asarray(np.divide(within, of_all, out=nothing, where=of_all > 0))

    def rows() -> Iterator[tuple[object, ...]]:
        for test, split in answers.splits.items():
            for level, inside, count in task.reliability(answers.estimates[test], split):
                shares = interval(
                    (inside, count),
                    share,
                    resamples=entry.resamples,
                    confidence=entry.confidence,
                    seed=entry.seed,
                )
                yield test, level, *shares

    return ["test", "nominal", "observed", "low", "high"], rows()


TABLES: Mapping[str, tuple[str, Callable[[ModuleType, Answers, EvaluationEntry], Table]]] = {
    "position.csv": ("error_by_position", position),
    "examples.csv": ("example", examples),
    "reliability.csv": ("reliability", reliability),
    "confusion.csv": ("confusion", classes.confusion),
    "classes.csv": ("by_class", classes.by_class),
    "participants.csv": ("confusion", classes.participants),
    "strip.csv": ("strip", classes.strip),
}
"""By file name: the function that a task must have, and what makes header and rows of it."""
