"""Everything that params.yaml can get wrong, found before anything runs."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import params, registry


def check(path: Path) -> params.Params:
    """Read params.yaml and validate every entry against its own generator, architecture or method.

    Raises `InputError` naming the first key that is wrong.
    """
    settings = params.load(path)
    for name, dataset in settings.datasets.items():
        generator = registry.load("signals", dataset.generator, f"datasets.{name}.generator")
        params.validate(generator.Law, dataset.law, f"datasets.{name}.law")
        for test, changes in dataset.tests.items():
            params.validate(generator.Law, {**dataset.law, **changes}, f"datasets.{name}.tests.{test}")
    for name, model in settings.models.items():
        architecture = registry.load("models", model.arch, f"models.{name}.arch")
        params.validate(architecture.Hyperparameters, model.hyperparameters, f"models.{name}.hyperparameters")
        if model.training.law and model.dataset in settings.datasets:
            dataset = settings.datasets[model.dataset]
            generator = registry.load("signals", dataset.generator, f"datasets.{model.dataset}.generator")
            params.validate(
                generator.Law, {**dataset.law, **model.training.law}, f"models.{name}.training.law"
            )
    for group, entries in [("baselines", settings.baselines), ("limits", settings.limits)]:
        for name, entry in entries.items():
            method = registry.load(group, entry.method, f"{group}.{name}.method")
            params.validate(method.Options, entry.options, f"{group}.{name}.options")
    return settings
