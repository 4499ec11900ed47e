"""A scored dataset as the stage of figures finds it: in memory, and on disk."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from stages import figures as stage
from support.scored import compared
from tidemark.core.store import DatasetInfo
from tidemark.evaluation.comparison import Comparison, Predictor
from tidemark.evaluation.evaluate import COLUMNS
from tidemark.report.figures.published import Published
from tidemark.report.figures.results import Results
from tidemark.report.figures.view import View

REPOSITORY = Path(__file__).parents[2]
Rows = Iterable[Sequence[Any]]


def info(**changes: Any) -> DatasetInfo:
    """A generated dataset of 40 samples a signal."""
    known: dict[str, Any] = {
        "name": "d", "task": "denoise", "generator": "law", "channels": 1, "length": 40, "sampling_rate": 1.0,
        "rate_unit": "sample", "units": "", "seed": 0, "splits": {"test": 2},
    }  # fmt: skip
    return DatasetInfo(**known | changes)


def results(
    view: View,
    *predictors: Predictor,
    root: Path = Path("none"),
    published: Mapping[str, Mapping[str, float]] | None = None,
    **changes: Any,
) -> Results:
    """What is known of a dataset of these predictors, whose details lie in `root`."""
    better = {metric.name: "lower" for metric in (*view.metrics, *view.others)} | {
        view.headline.name: view.better
    }
    task, dataset = view.title.lower(), predictors[0].dataset if predictors else "d"
    if predictors:
        found = compared(*predictors, task=task, headline=view.headline.name, better=better)
    else:
        found = Comparison(task, dataset, "laptop", view.headline.name, better, [])
    return Results(
        view,
        found,
        info(**{"name": dataset, "task": task} | changes),
        root / f"plots/details/{task}/{dataset}",
        root / f"models/{dataset}",
        Published(metric=view.by_set, scores=published) if published else None,
    )


def write_csv(path: Path, header: str, rows: Rows) -> None:
    """Rows as a CSV file; NaN becomes an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows([["" if cell != cell else cell for cell in row] for row in rows])


def write_arrays(folder: Path, arrays: Mapping[str, Any]) -> None:
    """Arrays as NPY files, floats in single precision."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        array = np.asarray(values)
        np.save(folder / f"{name}.npy", array if array.dtype.kind == "i" else array.astype(np.float32))


def write_scored(
    root: Path, view: View, description: DatasetInfo, predictors: Sequence[Predictor], published: str = "{}"
) -> None:
    """The parts that all tasks have: what is scored, how, and what the dataset is."""
    task, dataset = description.task, description.name
    (root / f"pipelines/{task}").mkdir(parents=True, exist_ok=True)
    (root / f"pipelines/{task}/published.yaml").write_text(published)
    (root / "params.yaml").write_text("scale: smoke\n")
    better = {metric.name: "lower" for metric in (*view.metrics, *view.others)} | {
        view.headline.name: view.better
    }
    for part, kinds in (("models", ("model",)), ("references", ("baseline", "oracle", "limit"))):
        rows = [
            [each.name, each.kind, each.causal, each.parameters, test, metric, *asdict(score).values(), each.seeds]
            for each in predictors if each.kind in kinds
            for test, scores in each.scores.items() for metric, score in scores.items()
        ]  # fmt: skip
        folder = root / f"plots/details/{task}/{dataset}/{part}"
        write_csv(folder / "scores.csv", ",".join(COLUMNS), rows)
        (folder / "dataset.json").write_text(json.dumps(asdict(description)))
        origins = {each.name: asdict(each.origin) for each in predictors if each.kind in kinds}
        (folder / "origins.json").write_text(json.dumps(origins))
        scoring = {"headline": view.headline.name, "better": better}
        (folder / "scoring.json").write_text(json.dumps(scoring))


def details(root: Path, description: DatasetInfo, predictor: Predictor) -> Path:
    """The folder of a predictor's details."""
    part = "models" if predictor.kind == "model" else "references"
    return root / f"plots/details/{description.task}/{description.name}/{part}/{predictor.name}"


def model(root: Path, predictor: Predictor) -> Path:
    """The folder of a trained model."""
    return root / "models" / predictor.dataset / predictor.name


def environment(hash_seed: str = "0") -> dict[str, str]:
    """That of a stage of this checkout."""
    places = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")])
    return os.environ | {"PYTHONPATH": places, "PYTHONHASHSEED": hash_seed}


def command(task: str, dataset: str) -> list[str]:
    """What the pipeline runs for a dataset."""
    return [sys.executable, "-m", "stages.figures", task, dataset]


def draw(root: Path, task: str, dataset: str) -> Path:
    """Run the stage in `root`; the folder that it leaves."""
    with contextlib.chdir(root):
        stage.figures(task, dataset)
    return root / "plots/datasets" / task / dataset


def section(folder: Path) -> dict[str, Any]:
    """What `section.json` says."""
    found: dict[str, Any] = json.loads((folder / "section.json").read_text())
    return found


def titles(folder: Path) -> list[str]:
    """Titles of all figures, in their order."""
    return [figure["title"] for figure in section(folder)["figures"]]


def texts(folder: Path, title: str) -> set[str]:
    """All that is written in the figure of that title."""
    (figure,) = [each for each in section(folder)["figures"] if each["title"] == title]
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", (folder / figure["file"]).read_text()))


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
