"""Everything that evaluating one predictor leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from tidemark.core.entries import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import Array, Split, write_json
from tidemark.evaluation.details import write_examples, write_position
from tidemark.evaluation.scores import scores


def write_results(
    task: ModuleType,
    entry: ModelEntry | ReferenceEntry,
    settings: Params,
    parameters: int,
    estimates: Mapping[str, Array],
    splits: Mapping[str, Split],
    metrics: Path,
    position: Path,
    examples: Path,
) -> None:
    """Write a predictor's scores by test set, its error by position and its estimates of a few signals.

    `estimates` has an array (signals, channels, length) for each test set of `splits`. Errors by
    position are of the set `test`, and so are the examples but for one of each other set.
    """
    test = {name: scores(task, estimates[name], split, settings.evaluation) for name, split in splits.items()}
    record = {
        "task": entry.task,
        "dataset": entry.dataset,
        "scale": settings.scale,
        "parameters": parameters,
        "test": test,
    }
    write_json(metrics, record)
    write_position(position, task, estimates["test"], splits["test"])
    write_examples(examples, task, estimates, splits, settings.evaluation.examples)
