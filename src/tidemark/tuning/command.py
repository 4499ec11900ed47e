"""`tidemark sweep`: what it tries, prints and keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tidemark.core import arithmetic, instructions, params, paths
from tidemark.core.errors import InputError
from tidemark.core.task import Task
from tidemark.tuning import grid
from tidemark.tuning.sweep import SHOWN, keep
from tidemark.tuning.sweep import sweep as tried


def sweep(task: str, dataset: str | None, baseline: str | None) -> None:
    """Sweep one baseline, those of one dataset, or all of a task; print the best options and keep them."""
    if instructions.are_fixed(params.TOP):
        arithmetic.fix()
    headline = Task(task).scoring.headline
    datasets = [dataset] if dataset else list(params.read(paths.sweeps(task)))
    for each in datasets:
        labels = [baseline] if baseline else grid.baselines(task, each)
        if not labels:
            raise InputError(f"{paths.sweeps(task)}: {each}: no baselines to sweep; add one there")
        for label in labels:
            trials = tried(task, each, label)
            print(f"\n{each}-{label}: {headline} on validation signals, {len(trials)} tried")
            for trial in trials[:SHOWN]:
                print(f"  {trial.score:<12.5g}{_written(trial.options)}")
            keep(Path(), task, each, {label: trials})
    print(f"\nkept in {paths.sweep(datasets[0]).parent}; write the best options into {paths.params(task)}")


def _written(options: Mapping[str, Any]) -> str:
    """Options as params.yaml has them."""
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in options.items()) + "}"
