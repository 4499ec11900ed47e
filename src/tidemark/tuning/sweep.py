"""Baselines scored on validation signals with each of several options; the best are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.store import DatasetInfo, read_info, read_json
from tidemark.core.task import Method, Task
from tidemark.evaluation.comparison import write_compact
from tidemark.evaluation.entry import ReferenceEntry, method_of, references
from tidemark.evaluation.reference import prediction
from tidemark.report import inputs, provenance
from tidemark.tuning import grid

SHOWN = 5
"""How many of the best options are kept."""


@dataclass(frozen=True)
class Trial:
    """Options and what they score on the validation signals."""

    options: Mapping[str, Any]
    score: float


def sweep(task: str, dataset: str, label: str) -> list[Trial]:
    """Try every option of a baseline, the ones in params.yaml among them; best first.

    What params.yaml says and the sweep does not vary stays as it is; a combination that the method refuses
    has no score and is left out. Raises `InputError` for another baseline or option, and where all are
    refused.
    """
    name, group, entry = _baseline(task, dataset, label)
    headline, better = Task(task).scoring.headline, Task(task).scoring.better
    tried = [{**entry.options, **options} for options in grid.read(task, dataset, label)]
    if (shipped := dict(entry.options)) not in tried:
        tried.append(shipped)
    trials, refusal = [], None
    with on_validation(paths.dataset(dataset)) as (view, info):
        for options in tried:
            candidate = entry.model_copy(update={"options": options})
            try:
                method, checked = method_of(task, dataset, name, group, candidate)
                trials.append(Trial(options, _score(task, view, info, method, checked)))
            except InputError as error:
                if "unknown key" in str(error):
                    raise
                refusal = error
    if refusal and not trials:
        raise refusal
    sign = -1.0 if better[headline] == "higher" else 1.0
    return sorted(trials, key=lambda trial: sign * trial.score)


def _baseline(task: str, dataset: str, label: str) -> tuple[str, str, ReferenceEntry]:
    every = {
        name.removeprefix(f"{dataset}-"): (name, group, entry)
        for name, group, entry in references(task, dataset)
        if group == "baselines"
    }
    if label not in every:
        raise InputError(
            f"{paths.params(task)}: baselines.{dataset}: no {label!r}; expected one of {', '.join(every)}"
        )
    return every[label]


@contextmanager
def on_validation(folder: Path) -> Iterator[tuple[Path, DatasetInfo]]:
    """The dataset in `folder` with its validation signals as its test set: a folder, its description."""
    info = replace(read_info(folder), tests={})
    with tempfile.TemporaryDirectory() as temporary:
        view = Path(temporary)
        (view / "fit").symlink_to((folder / "fit").absolute())
        (view / "test").mkdir()
        (view / "test" / "test").symlink_to((folder / "fit" / "validation").absolute())
        yield view, info


def _score(task: str, view: Path, info: DatasetInfo, method: Method, options: Frozen) -> float:
    """The headline on the test set of the dataset in `view`; raises `InputError` where options do not fit."""
    scoring = Task(task).scoring
    predict = prediction(task, info, view, "baseline", method, options)
    predictions = scoring.collect(predict, view, info)
    sums = scoring.sums(predictions.values["test"], predictions.splits["test"])[scoring.headline]
    return float(scoring.metric(scoring.headline, *(each.sum(0) for each in sums)))


def keep(root: Path, task: str, dataset: str, swept: Mapping[str, Sequence[Trial]]) -> Path:
    """Write the best options of each baseline of a dataset, beside what other sweeps of it have kept."""
    path = root / paths.sweep(dataset)
    headline = Task(task).scoring.headline
    kept = read_json(path)["baselines"] if path.exists() else {}
    for label, trials in swept.items():
        name, best = f"{dataset}-{label}", trials[:SHOWN]
        origin = provenance.of(root, task, dataset, [name], [], f"tidemark sweep {task} {dataset} {label}")
        # What is kept fits params.yaml as soon as the best options are written there.
        scale = origin["scores"]["scale"]
        now = inputs.hash_parameters(root, task, dataset, [name], scale, dict(best[0].options))
        kept[label] = {
            "tried": len(trials),
            "best": [{"options": dict(each.options), "validation": each.score} for each in best],
            "provenance": origin | {"parameters": now},
        }
    ordered = {label: kept[label] for label in grid.baselines(task, dataset) if label in kept}
    write_compact(path, {"task": task, "dataset": dataset, "metric": headline, "baselines": ordered})
    return path
