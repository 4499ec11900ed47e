"""Everything that params.yaml can get wrong, found before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tidemark.core import params, registry
from tidemark.core.entries import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import DatasetInfo


def check(path: Path) -> Params:
    """Read params.yaml and validate every entry against its own generator, architecture or method.

    Raises `InputError` naming the first key that is wrong.
    """
    settings = params.load(path)
    for name, dataset in settings.datasets.items():
        generator = registry.load("signals", dataset.generator, f"datasets.{name}.generator")
        params.validate(generator.Law, dataset.law, f"datasets.{name}.law")
        for test, changes in dataset.tests.items():
            params.validate(generator.Law, {**dataset.law, **changes}, f"datasets.{name}.tests.{test}")
    for name, simulation in settings.simulations.items():
        maker = registry.load("simulations", simulation.generator, f"simulations.{name}.generator")
        params.validate(maker.Law, simulation.law, f"simulations.{name}.law")
    _check_tasks(settings)
    for name, model in settings.networks.items():
        architecture = registry.load(f"models/{model.task}", model.arch, f"models.{name}.arch")
        params.validate(architecture.Hyperparameters, model.hyperparameters, f"models.{name}.hyperparameters")
        if model.dataset in settings.datasets:
            dataset = settings.datasets[model.dataset]
            generator = registry.load("signals", dataset.generator, f"datasets.{model.dataset}.generator")
            laws: dict[str, Mapping[str, Any]] = {"law": {}}
            for place, stage in enumerate(model.training.curriculum):
                laws[f"curriculum.{place}.law"] = stage.law
            for key, changes in laws.items():
                changed = {**dataset.law, **model.training.law, **changes}
                params.validate(generator.Law, changed, f"models.{name}.training.{key}")
    for group, entries in [("baselines", settings.baselines), ("limits", settings.limits)]:
        for name, entry in entries.items():
            method = registry.load(f"{group}/{entry.task}", entry.method, f"{group}.{name}.method")
            params.validate(method.Options, entry.options, f"{group}.{name}.options")
    return settings


def _check_tasks(settings: Params) -> None:
    """Everyone's dataset holds signals for their task; a recording's says so itself."""
    drawn = {}
    for name, dataset in settings.datasets.items():
        generator = registry.load("signals", dataset.generator, f"datasets.{name}.generator")
        signals = generator.describe(generator.Law.model_validate(dataset.law))
        drawn[name] = DatasetInfo(name, dataset.generator, seed=dataset.seed, splits={}, **signals)
    everyone: dict[str, Mapping[str, ModelEntry | ReferenceEntry]] = {
        "models": settings.networks,
        "baselines": settings.baselines,
        "limits": settings.limits,
    }
    for group, entries in everyone.items():
        for name, entry in entries.items():
            if entry.dataset in drawn:
                drawn[entry.dataset].check_task(entry.task, f"{group}.{name}")
