"""Scores measured at scale paper, committed beside those of the default run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.params import MODELS
from tidemark.core.store import write_json
from tidemark.evaluation.comparison import Comparison
from tidemark.report import inputs, provenance
from tidemark.report.page import paper, results
from tidemark.training.entry import TrainingEntry

NAMES = "NAMES"
"""Stands in a command for names of predictors that are not known yet."""


def keep(root: Path, predictors: Sequence[str], device: str | None = None) -> list[Path]:
    """Write `metrics/paper/<predictor>.json`: the predictor's scores, and where they come from.

    `device` is by default the GPU that torch finds, otherwise the processor. Raises `InputError` for
    predictors that are not scored, or at another scale.
    """
    written = []
    everyone = {
        each.name: result for result in results.read_all(root) for each in result.comparison.predictors
    }
    if unknown := [name for name in predictors if name not in everyone]:
        raise InputError(f"{unknown[0]!r}: not scored; `tidemark table` lists all predictors that are")
    for name in predictors:
        compared = everyone[name].comparison
        path = paths.metrics(compared.task, compared.dataset)
        if compared.scale != paper.SCALE:
            raise InputError(
                f"{path}: measured at scale {compared.scale!r}, not {paper.SCALE!r}; run the pipeline with "
                f"scale: {paper.SCALE} first"
            )
        beside = [other for other in predictors if everyone[other].comparison is compared]
        written.append(write(root, compared, name, command(compared.task, compared.dataset, beside), device))
    return written


def write(root: Path, compared: Comparison, name: str, again: str, device: str | None = None) -> Path:
    """Write `metrics/paper/<name>.json`: one predictor's scores, which the command `again` makes again."""
    each, target = compared[name], root / paths.METRICS / paper.FOLDER / f"{name}.json"
    scores = {
        test: {metric: asdict(score) for metric, score in of_test.items()}
        for test, of_test in each.scores.items()
    }
    about = {"task": compared.task, "dataset": compared.dataset, "scale": compared.scale}
    origin = provenance.of(
        root, compared.task, compared.dataset, [name], _seeds(root, compared, name), again,
        scale=compared.scale, device=device,
    )  # fmt: skip
    write_json(target, about | {"parameters": each.parameters, "test": scores, "provenance": origin})
    return target


def command(task: str, dataset: str, predictors: Sequence[str]) -> str:
    """What measures and keeps these predictors of a dataset again."""
    stage = f"pipelines/{task}/dvc.yaml:figures@{dataset}"
    return f"dvc exp run -S scale={paper.SCALE} {stage} && tidemark keep {' '.join(predictors)}"


def _seeds(root: Path, compared: Comparison, name: str) -> list[int]:
    """The seed of a predictor's training; none where nothing is trained."""
    entries = inputs.parameters(root, compared.task, compared.dataset, [name], compared.scale)["entries"]
    default = TrainingEntry.model_fields["seed"].default
    return [entries[key].get("seed", default) for group in MODELS if (key := f"{group}.{name}") in entries]
