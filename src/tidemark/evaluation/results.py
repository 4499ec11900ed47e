"""Everything that evaluating one predictor leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from tidemark.core.entries import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import Array, Split, write_json
from tidemark.evaluation.details import write_details
from tidemark.evaluation.scores import scores


def write_results(
    task: ModuleType,
    entry: ModelEntry | ReferenceEntry,
    settings: Params,
    parameters: int,
    estimates: Mapping[str, Array],
    splits: Mapping[str, Split],
    metrics: Path,
    details: Path,
) -> None:
    """Write a predictor's scores by test set, and the folder `details` of what stands behind them.

    `estimates` has an array for each test set of `splits`, shaped as the task wants it.
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
    write_details(details, task, estimates, splits, settings.evaluation)
