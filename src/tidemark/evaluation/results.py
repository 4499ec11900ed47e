"""Everything that evaluating one predictor leaves behind."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tidemark.core.params import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import Array, Split, write_json
from tidemark.evaluation.details import write_examples, write_position
from tidemark.evaluation.scores import scores


def write_results(
    task: ModuleType,
    entry: ModelEntry | ReferenceEntry,
    settings: Params,
    parameters: int,
    estimate: Array,
    split: Split,
    metrics: Path,
    position: Path,
    examples: Path,
) -> None:
    """Write a predictor's scores, its error by position and its estimates of the first test signals.

    `estimate` is (signals, channels, length), for the arrays of the test set `split`.
    """
    test = {"test": scores(task, estimate, split, settings.evaluation)}
    record = {
        "task": entry.task,
        "dataset": entry.dataset,
        "scale": settings.scale,
        "parameters": parameters,
        "test": test,
    }
    write_json(metrics, record)
    write_position(position, task, estimate, split)
    write_examples(examples, task, estimate, split, settings.evaluation.examples)
