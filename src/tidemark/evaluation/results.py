"""Everything that evaluating one predictor leaves behind."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tidemark.core.entries import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import write_json
from tidemark.evaluation.answers import Answers
from tidemark.evaluation.details import write_details
from tidemark.evaluation.scores import scores


def write_results(
    task: ModuleType,
    entry: ModelEntry | ReferenceEntry,
    settings: Params,
    parameters: int,
    answers: Answers,
    metrics: Path,
    details: Path,
) -> None:
    """Write a predictor's scores by test set, and the folder `details` of what stands behind them."""
    test = {
        name: scores(task, answers.estimates[name], split, settings.evaluation)
        for name, split in answers.splits.items()
    }
    record = {
        "task": entry.task,
        "dataset": entry.dataset,
        "scale": settings.scale,
        "parameters": parameters,
        "test": test,
    }
    write_json(metrics, record)
    write_details(details, task, answers, settings.evaluation)
