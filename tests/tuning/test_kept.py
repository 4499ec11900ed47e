"""params.yaml, sweeps.yaml and the kept sweeps say the same of every baseline that has something to choose."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from support.pipeline import REPOSITORY
from tidemark.core import params, paths
from tidemark.core.store import read_json
from tidemark.evaluation.entry import method_of, references
from tidemark.report import provenance
from tidemark.tuning import grid

TASKS = ("denoise", "forecast", "infer", "classify")
"""Those with sweeps."""
KNOWN: Mapping[str, str] = {
    "seed": "chance is not chosen",
    "period": "known, or fitted to each signal: another question each, and another predictor",
    "season": "known of the recording",
    "amplitude": "known, or fitted to each signal",
    "longest_period": "known of the law",
    "kernel": "known of the law, where it is not a predictor of its own",
    "smoothness": "belongs to the kernel",
    "causal": "what is seen of a signal: another predictor",
}
"""Options that say what is known, by name, and why they are not tuned."""
COSTLY: Mapping[str, str] = {
    "trees": "more are better, and slower",
    "draws": "more are better, and slower",
    "signals": "more are better, and slower",
}
"""Options that only trade time for a better score."""
HISTORY = "samples"
"""What is used of a series, which only recordings have more of than the lookback."""
NAMED: Mapping[str, str] = {
    "dft": "no window",
    "dft-hamming": "its window",
    "linear-prediction-12": "its order",
    "structural-process": "no history; beside it stands the one that has it",
}
"""Baselines whose options are what they are called."""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def baselines() -> list[tuple[str, str, str]]:
    """Task, dataset and label of every baseline whose method has options to choose."""
    found = []
    with contextlib.chdir(REPOSITORY):
        for task in TASKS:
            for dataset in params.section(task, "baselines"):
                for name, group, entry in references(task, dataset):
                    if group == "baselines" and name.removeprefix(f"{dataset}-") not in NAMED:
                        method, _ = method_of(task, dataset, name, group, entry)
                        drawn = dataset in params.section(task, "datasets")
                        fixed = KNOWN.keys() | COSTLY.keys() | ({HISTORY} if drawn else set())
                        if method.options.model_fields.keys() - fixed:
                            found.append((task, dataset, name.removeprefix(f"{dataset}-")))
    return found


EVERY = baselines()
every_baseline = pytest.mark.parametrize(("task", "dataset", "label"), EVERY)


@cache
def kept(dataset: str) -> Mapping[str, Any]:
    """What is kept of a dataset's sweeps, by baseline."""
    path = REPOSITORY / paths.sweep(dataset)
    baselines: Mapping[str, Any] = read_json(path)["baselines"] if path.exists() else {}
    return baselines


def skip_unswept(task: str, dataset: str, label: str) -> None:
    if label not in kept(dataset):
        pytest.skip(f"no sweep of it is kept: tidemark sweep {task} {dataset} {label}")


def test_tasks_have_baselines_to_tune() -> None:
    assert {task for task, *_ in EVERY} == set(TASKS)


@every_baseline
def test_options_are_the_best_of_a_kept_sweep(task: str, dataset: str, label: str) -> None:
    skip_unswept(task, dataset, label)
    assert label in grid.labels(task, dataset), f"no sweep of it in {paths.sweeps(task)}"
    own = kept(dataset)[label]
    (entry,) = [entry for name, _, entry in references(task, dataset) if name == f"{dataset}-{label}"]
    assert dict(entry.options) == own["best"][0]["options"]
    assert own["tried"] >= len(grid.read(task, dataset, label))


@every_baseline
def test_what_was_swept_is_what_is_there(task: str, dataset: str, label: str) -> None:
    skip_unswept(task, dataset, label)
    assert provenance.changed(REPOSITORY, kept(dataset)[label]["provenance"]) == []


@pytest.mark.parametrize("task", TASKS)
def test_no_sweep_is_of_what_is_no_longer_there(task: str) -> None:
    for dataset in grid.datasets(task):
        labels = {name.removeprefix(f"{dataset}-") for name, _, _ in references(task, dataset)}
        assert set(grid.labels(task, dataset)) <= labels
        assert kept(dataset).keys() <= set(grid.labels(task, dataset))
