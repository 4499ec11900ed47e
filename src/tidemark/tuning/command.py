"""`tidemark sweep`: what it tries, prints and keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tidemark.core import arithmetic, instructions, params, paths
from tidemark.core.errors import InputError
from tidemark.tuning import grid, trainings
from tidemark.tuning.sweep import SHOWN, Trial, keep, known, scoring_of
from tidemark.tuning.sweep import sweep as tried


def sweep(task: str, dataset: str | None, label: str | None, models: bool) -> None:
    """Sweep one baseline, those of one dataset, or all of a task; print the best options and keep them.

    With `models`, models instead of baselines: their names are labels.
    """
    if instructions.are_fixed(params.TOP):
        arithmetic.fix()
    group = grid.MODELS if models else "baselines"
    datasets = [dataset] if dataset else _datasets(task, models)
    for each in datasets:
        listed = trainings.names(task, each) if models else grid.labels(task, each)
        if not listed:
            raise InputError(f"{paths.sweeps(task)}: {each}: no {group} to sweep; add one there")
        for chosen in [label] if label else listed:
            trials = _trainings(task, each, chosen) if models else tried(task, each, chosen)
            metric = "least loss" if models else scoring_of(task, each).headline
            print(f"\n{chosen} on {each}: {metric} on validation signals, {len(trials)} tried")
            for trial in trials[:SHOWN]:
                spent = "" if trial.seconds is None else f"  in {trial.seconds:.1f} CPU seconds"
                print(f"  {trial.score:<12.5g}{_written(trial.options)}{spent}", flush=True)
            if not models:
                keep(Path(), task, each, {chosen: trials})
    print(f"\nkept in {paths.sweep(datasets[0]).parent}; write the best options into {paths.params(task)}")


def _trainings(task: str, dataset: str, name: str) -> list[Trial]:
    """Kept one by one: a sweep that was stopped goes on from there."""

    def kept(trials: Sequence[Trial]) -> None:
        keep(Path(), task, dataset, {name: trials}, grid.MODELS)

    return trainings.sweep(task, name, known(Path(), dataset, name, grid.MODELS), kept)


def _datasets(task: str, models: bool) -> list[str]:
    """Those that have something to sweep."""
    if not models:
        return grid.datasets(task)
    names = grid.labels(task, grid.MODELS)
    return list(dict.fromkeys(str(params.raw(task, params.models(task)[n], n)["dataset"]) for n in names))


def _written(options: Mapping[str, Any]) -> str:
    """Options as params.yaml has them."""
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in options.items()) + "}"
