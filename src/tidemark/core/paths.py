"""Where things lie on disk, relative to the pipeline's top folder: stages pass names, never paths."""

from __future__ import annotations

from pathlib import Path

REPORT = Path("plots/report.html")
METRICS = Path("metrics")
MODELS = Path("models")


def params(task: str) -> Path:
    """What a task's entries are written in."""
    return Path("pipelines") / task / "params.yaml"


def published(task: str) -> Path:
    """What authors printed of their own runs of a task's predictors."""
    return Path("pipelines") / task / "published.yaml"


def sweeps(task: str) -> Path:
    """Which options are tried for a task's baselines."""
    return Path("pipelines") / task / "sweeps.yaml"


def dataset(name: str) -> Path:
    """A dataset: `fit` (its description, training and validation splits) and `test` (its test sets)."""
    return Path("data") / name


def recorded(name: str) -> Path:
    """A study's recordings, where they are made up."""
    return Path("data/recorded") / name


def windows(name: str) -> Path:
    """A study's windows, a folder for each participant."""
    return Path("data/windows") / name


def model(dataset: str, name: str) -> Path:
    """A trained model: weights, description, curve, snapshots of learning."""
    return MODELS / dataset / name


def training(model: Path, seed: int) -> Path:
    """The same model from another seed: a folder in its own; the first is that itself."""
    return model / "seeds" / str(seed) if seed else model


def resume(name: str, seed: int = 0) -> Path:
    """Resume points of a model that is being trained."""
    return Path(".ckpt") / (f"{name}.{seed}" if seed else name)


def cost(name: str) -> Path:
    """What the last training of a model cost on this machine: no output, since it differs from run to run."""
    return Path(".ckpt") / "cost" / f"{name}.json"


def details(task: str, dataset: str) -> Path:
    """What stands behind a dataset's scores: `models`, `references`, and what tasks add."""
    return Path("plots/details") / task / dataset


def metrics(task: str, dataset: str) -> Path:
    """Every score of a dataset, with its interval."""
    return METRICS / task / f"{dataset}.json"


def headline(dataset: str) -> Path:
    """The few numbers of each model that DVC lists."""
    return METRICS / "headline" / dataset


def seeds(dataset: str) -> Path:
    """Spreads over seeds of a dataset's scores, kept."""
    return METRICS / "seeds" / f"{dataset}.json"


def sweep(dataset: str) -> Path:
    """The best options of a dataset's baselines on its validation signals, kept."""
    return METRICS / "sweeps" / f"{dataset}.json"


def figures(task: str, dataset: str) -> Path:
    """A dataset's figures and tables, and its part of the page."""
    return Path("plots/datasets") / task / dataset
