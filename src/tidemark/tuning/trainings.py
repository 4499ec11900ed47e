"""Trainings of a model with each of several settings; the one with the least validation loss is the best."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_fit_info
from tidemark.training import entry as entries
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults
from tidemark.training.run import train_model
from tidemark.tuning import grid
from tidemark.tuning.sweep import Trial

HYPERPARAMETER = "hyperparameters."
"""What the name of a setting begins with that is the architecture's, not the training's."""


def names(task: str, dataset: str) -> list[str]:
    """Models of a dataset whose settings are chosen by a sweep, in the file's order."""
    return [name for name in grid.labels(task, grid.MODELS) if name in params.models(task, dataset)]


def sweep(
    task: str, name: str, known: Sequence[Trial], keep: Callable[[Sequence[Trial]], object]
) -> list[Trial]:
    """Train model `name` with every combination of settings, the shipped one among them; best first.

    Scores are the least validation losses, at whose weights a training ends; each trial says its CPU seconds.
    Trials that are `known` are not made again; `keep` is given all that there are after each further one.
    Raises `InputError` for an unknown model or setting.
    """
    entry = entries.of(task, name)
    where = params.where(task, params.models(task)[name], name)
    read_fit_info(paths.dataset(entry.dataset)).check_task(task, where)
    tried = grid.read(task, grid.MODELS, name)
    if not any(_changed(entry, options, where) == entry for options in tried):
        tried.append({key: _setting(entry, key) for key in tried[0]})
    changed = [
        (options, _changed(entry, options, where)) for options in tried
    ]  # all checked before the first
    trials = [trial for trial in known if trial.options in tried]
    for options, candidate in changed:
        if not any(trial.options == options for trial in trials):
            trials.append(_trial(name, candidate, options, where))
            trials.sort(key=lambda trial: trial.score)
            keep(trials)
    return trials


def _changed(entry: ModelEntry, options: Mapping[str, Any], where: str) -> ModelEntry:
    """The entry with these settings; raises `InputError` for one that there is not."""
    values = entry.model_dump(exclude_unset=True)
    hyperparameters = dict(values.get("hyperparameters", {}))
    for key, value in options.items():
        of_network = key.startswith(HYPERPARAMETER)
        (hyperparameters if of_network else values["training"])[key.removeprefix(HYPERPARAMETER)] = value
    values["hyperparameters"] = hyperparameters
    return params.validate(type(entry), values, where)


def _setting(entry: ModelEntry, key: str) -> Any:
    if key.startswith(HYPERPARAMETER):
        name = key.removeprefix(HYPERPARAMETER)
        if name not in entry.hyperparameters:
            raise InputError(
                f"{key}: the model's own entry leaves it out; name it there, to be tried as well"
            )
        return entry.hyperparameters[name]
    return getattr(entry.training, key)


def _trial(name: str, entry: ModelEntry, options: Mapping[str, Any], where: str) -> Trial:
    """One training from the model's first seed, with nothing left on disk."""
    defaults, source = params.top("training", TrainingDefaults), None
    if isinstance(entry, FinetunedEntry):
        source = paths.training(paths.MODELS / entry.init_from, 0)
    quiet = defaults.model_copy(update={"tensorboard": False})
    start = time.process_time()
    with tempfile.TemporaryDirectory() as resume:
        run = train_model(name, entry, quiet, where, paths.dataset(entry.dataset), Path(resume), source)
    losses = [loss for _, _, loss in run.history.curve]
    return Trial(options, min(losses), time.process_time() - start)
