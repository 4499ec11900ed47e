"""Baselines scored on validation signals with each of several options; what is best is kept."""

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
from tidemark.core.method import Method
from tidemark.core.scoring import Scoring
from tidemark.core.store import DatasetInfo, read_fit_info, read_info, read_json
from tidemark.core.task import Task
from tidemark.evaluation.comparison import write_compact
from tidemark.evaluation.entry import ReferenceEntry, method_of, references
from tidemark.evaluation.reference import prediction
from tidemark.report import inputs, provenance
from tidemark.tuning import grid

SHOWN = 5
"""How many of the best options are kept."""


@dataclass(frozen=True)
class Trial:
    """Options or settings, and what they score on the validation signals."""

    options: Mapping[str, Any]
    score: float
    seconds: float | None = None
    """CPU time of a training."""


def sweep(task: str, dataset: str, label: str) -> list[Trial]:
    """Try every option of a baseline, the ones in params.yaml among them; best first.

    What params.yaml says and the sweep does not vary stays as it is; a combination that the method refuses
    has no score and is left out. Raises `InputError` for another baseline or option, and where all are
    refused.
    """
    name, group, entry = _baseline(task, dataset, label)
    scoring = scoring_of(task, dataset)
    headline, better = scoring.headline, scoring.better
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


def scoring_of(task: str, dataset: str, root: Path = Path()) -> Scoring:
    """How predictions for a dataset are scored in the pipeline in `root`."""
    return Task(task).scoring.of(read_fit_info(root / paths.dataset(dataset)))


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
    scoring = Task(task).scoring.of(info)
    predict = prediction(task, info, view, "baseline", method, options)
    predictions = scoring.collect(predict, view, info)
    sums = scoring.sums(predictions.values["test"], predictions.splits["test"])[scoring.headline]
    return float(scoring.metric(scoring.headline, *(each.sum(0) for each in sums)))


def keep(
    root: Path, task: str, dataset: str, swept: Mapping[str, Sequence[Trial]], group: str = "baselines"
) -> Path:
    """Write the best of each baseline or model of a dataset, beside what other sweeps of it have kept."""
    path = root / paths.sweep(dataset)
    content = read_json(path) if path.exists() else {}
    content |= {"task": task, "dataset": dataset, "metric": scoring_of(task, dataset, root).headline}
    kept, of_models = content.get(group, {}), group == grid.MODELS
    for label, trials in swept.items():
        name = label if of_models else f"{dataset}-{label}"
        again = f"tidemark sweep {task} {dataset} {label}" + (" --models" if of_models else "")
        origin = provenance.of(root, task, dataset, [name], [], again)
        if not of_models:
            # What is kept fits params.yaml as soon as the best options are written there.
            best, scale = dict(trials[0].options), origin["scores"]["scale"]
            origin["parameters"] = inputs.hash_parameters(root, task, dataset, [name], scale, best)
        kept[label] = {
            "tried": len(trials),
            "best": [_written(trial) for trial in (trials if of_models else trials[:SHOWN])],
            "provenance": origin,
        }
    order = grid.labels(task, group if of_models else dataset)
    content[group] = {label: kept[label] for label in order if label in kept}
    write_compact(path, content)
    return path


def known(root: Path, dataset: str, label: str, group: str) -> list[Trial]:
    """Trials of a baseline or model that were kept and that the same parameters and code would make again."""
    path = root / paths.sweep(dataset)
    kept = (read_json(path) if path.exists() else {}).get(group, {}).get(label)
    if kept is None or provenance.changed(root, kept["provenance"]):
        return []
    return [Trial(each["options"], each["validation"], each.get("cpu_seconds")) for each in kept["best"]]


def _written(trial: Trial) -> dict[str, Any]:
    seconds = {} if trial.seconds is None else {"cpu_seconds": round(trial.seconds, 1)}
    return {"options": dict(trial.options), "validation": trial.score} | seconds
