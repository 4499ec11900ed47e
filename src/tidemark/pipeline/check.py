"""Everything that the params.yaml files can get wrong, found before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tidemark.core import params, paths, registry
from tidemark.core.errors import InputError
from tidemark.core.law import Generator
from tidemark.core.network import Architecture
from tidemark.core.task import Task, names
from tidemark.evaluation import entry as references
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.signals.dataset import DatasetEntry
from tidemark.training import entry as models
from tidemark.training.batches import Source
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults

GROUPS = ("datasets", "recordings", "recipes", "models", "finetuned", *references.GROUPS)


def tasks() -> list[str]:
    """Tasks that have a pipeline here."""
    return [name for name in names() if paths.params(name).exists()]


def check() -> int:
    """Validate every entry against its own law, architecture or method; return how many models there are.

    Raises `InputError` naming file and key of the first that is wrong.
    """
    params.scale()
    params.top("training", TrainingDefaults)
    evaluation = params.top("evaluation", EvaluationEntry)
    owners: dict[str, str] = {}
    for name in tasks():
        task = Task(name)
        _known(paths.params(name), params.read(paths.params(name)), [*GROUPS, *task.sections])
        for dataset, group in datasets(name).items():
            where = params.where(name, group, dataset)
            if dataset in owners:
                raise InputError(f"{where}: also a dataset of {owners[dataset]}; rename one")
            owners[dataset] = name
    if isinstance(evaluation.examples, Mapping):
        _known(f"{params.TOP}: evaluation.examples", evaluation.examples, [references.ALL, *owners])
    return sum(_check_task(Task(name)) for name in tasks())


def left_over() -> list[Path]:
    """Folders of models that are no longer in params.yaml, which DVC has no reason to notice."""
    written = {
        (params.raw(task, group, name)["dataset"], name)
        for task in tasks()
        for name, group in params.models(task).items()
    }
    folders = sorted(path.parent for path in paths.MODELS.glob("*/*/model.json"))
    return [folder for folder in folders if (folder.parent.name, folder.name) not in written]


def _known(file: object, tree: Mapping[str, Any], allowed: Iterable[str]) -> None:
    if extra := sorted(set(tree) - set(allowed)):
        raise InputError(f"{file}: {extra[0]}: unknown key; expected one of {', '.join(sorted(allowed))}")


def datasets(task: str) -> dict[str, str]:
    """The group of everything that is, or becomes, a dataset of a task."""
    groups = ["datasets", "recordings", *Task(task).datasets]
    return {dataset: group for group in groups for dataset in params.section(task, group)}


def _check_task(task: Task) -> int:
    name, known = task.name, datasets(task.name)
    laws: dict[str, Mapping[str, Any]] = {}
    for dataset in params.section(name, "datasets"):
        laws[dataset] = _check_dataset(name, dataset)
    for recording in params.section(name, "recordings"):
        params.entry(name, "recordings", recording, task.windowing.entry)
    for group, kind in task.sections.items():
        params.entries(name, group, kind)
    trained = {model: models.of(name, model) for model in params.models(name)}
    for model, entry in trained.items():
        _check_model(task, model, entry, trained, known, laws)
    for group in references.GROUPS:
        _known(f"{paths.params(name)}: {group}", params.section(name, group), known)
    for dataset, of_dataset in known.items():
        for group in references.GROUPS:
            if dataset not in params.section(name, group):
                where = params.where(name, of_dataset, dataset)
                raise InputError(f"{where}: not among {group}; add `{dataset}: []` there if it has none")
        if not any(entry.dataset == dataset for entry in trained.values()):
            raise InputError(f"{params.where(name, of_dataset, dataset)}: no model is trained on it; add one")
        for reference in references.references(name, dataset):
            references.check(name, dataset, *reference)
    return len(trained)


def _check_dataset(task: str, name: str) -> Mapping[str, Any]:
    """The dataset's law as written, validated with the laws of its test sets."""
    where = params.where(task, "datasets", name)
    entry = params.entry(task, "datasets", name, DatasetEntry)
    generator = registry.load(f"{task}/laws", entry.generator, f"{where}.generator", Generator)
    params.validate(generator.law, entry.law, f"{where}.law")
    for test, changes in entry.tests.items():
        params.validate(generator.law, {**entry.law, **changes}, f"{where}.tests.{test}")
    return entry.law


def _check_model(
    task: Task,
    name: str,
    entry: ModelEntry,
    everyone: Mapping[str, ModelEntry],
    datasets: Mapping[str, str],
    laws: Mapping[str, Mapping[str, Any]],
) -> None:
    where = params.where(task.name, params.models(task.name)[name], name)
    if entry.dataset not in datasets:
        raise InputError(
            f"{where}.dataset = {entry.dataset!r}: unknown; expected one of {', '.join(sorted(datasets))}"
        )
    architecture = registry.load(f"{task.name}/models", entry.arch, f"{where}.arch", Architecture)
    task.learning.check_loss(entry.training.loss, where)
    if isinstance(entry, FinetunedEntry):
        _check_first(where, name, entry, everyone)
    else:
        params.validate(architecture.hyperparameters, entry.hyperparameters, f"{where}.hyperparameters")
    room, _, source = entry.source.rpartition("/")
    if room != f"{task.name}/laws":
        registry.load(room, source, f"{where}.source", Source)
        return
    generator = registry.load(room, source, f"{where}.source", Generator)
    if entry.dataset not in laws or params.raw(task.name, "datasets", entry.dataset)["generator"] != source:
        raise InputError(
            f"{where}.source = {entry.source!r}: {entry.dataset} is not made by that law; name its own, or "
            "training/stored"
        )
    stages = [("law", {}), *((f"curriculum.{n}.law", s.law) for n, s in enumerate(entry.training.curriculum))]
    for key, changes in stages:
        changed = {**laws[entry.dataset], **entry.training.law, **changes}
        params.validate(generator.law, changed, f"{where}.training.{key}")


def _check_first(where: str, name: str, entry: FinetunedEntry, everyone: Mapping[str, ModelEntry]) -> None:
    """The model to go on from is there, another one of the same architecture, and keeps the checkpoint."""
    folders = {f"{other.dataset}/{key}": key for key, other in everyone.items() if key != name}
    if entry.init_from not in folders:
        raise InputError(
            f"{where}.init_from = {entry.init_from!r}: no such model; expected <dataset>/<model>: "
            f"{', '.join(sorted(folders))}"
        )
    first = everyone[folders[entry.init_from]]
    if first.arch != entry.arch:
        raise InputError(
            f"{where}.arch = {entry.arch!r}: {entry.init_from} has {first.arch!r}; they must be the same"
        )
    if entry.checkpoint is None:
        return
    every, steps = first.training.checkpoint_every, first.training.steps
    step = int(entry.checkpoint.removeprefix("step-"))
    if every is None or not 0 < step <= steps or step % every:
        stored = "none" if every is None else f"one every {every} steps up to {steps}"
        raise InputError(
            f"{where}.checkpoint = {entry.checkpoint!r}: {entry.init_from} has {stored} "
            "(training.checkpoint_every)"
        )
