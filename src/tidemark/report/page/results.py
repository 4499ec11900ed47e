"""One dataset's scores with all that is said beside them: what page, terminal and docs show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.evaluation import comparison as comparisons
from tidemark.evaluation.comparison import Comparison, Predictor, Score
from tidemark.report.figures.view import Metric, View
from tidemark.report.page import answer, costs, paper, rivals, section, speeds, verdict
from tidemark.report.page.costs import Cost
from tidemark.report.page.paper import Paper
from tidemark.report.page.rivals import Rivals
from tidemark.report.page.section import Section
from tidemark.report.page.speeds import Speed

KEPT = (
    paper.FOLDER,
    paths.seeds("").parent.name,
    speeds.FOLDER,
    costs.FOLDER,
    rivals.FOLDER,
    paths.sweep("").parent.name,
)
"""Folders of kept scores, beside those of the tasks' scores."""


@dataclass(frozen=True)
class Result:
    """One dataset."""

    comparison: Comparison
    section: Section
    folder: Path
    """Where its pictures are."""
    paper: Mapping[str, Paper]
    """Scores at the published size, by predictor."""
    speeds: Mapping[str, Speed]
    """By predictor."""
    costs: Mapping[str, Cost] = field(default_factory=dict)
    """Of training, by model."""
    rivals: Rivals | None = None
    """Other libraries' methods on the same signals."""

    @property
    def task(self) -> str:
        """Name of the task."""
        return self.comparison.task

    @property
    def name(self) -> str:
        """Name of the dataset."""
        return self.comparison.dataset

    @property
    def title(self) -> str:
        """The same, made-up data called so."""
        return f"{self.name} (made-up data)" if self.section.made_up else self.name

    @property
    def view(self) -> View:
        """How the task is shown."""
        return self.section.view

    @cached_property
    def metrics(self) -> list[Metric]:
        """Metrics that have columns: those of the view that somebody has a score in."""
        known = {metric for each in self.comparison.predictors for metric in each.scores.get("test", ())}
        return [metric for metric in self.view.metrics if metric.name in known]

    @property
    def model(self) -> Predictor | None:
        """The best network."""
        return next(iter(self.comparison.of_side("network")), None)

    @property
    def baseline(self) -> Predictor | None:
        """The best classical method."""
        return next(iter(self.comparison.of_side("classical")), None)

    @cached_property
    def limits(self) -> list[str]:
        """Names of the limits that predictors are held against."""
        return list(dict.fromkeys(each.limit for each in self.comparison.predictors if each.limit))

    @property
    def has_ratios(self) -> bool:
        """Whether scores are multiples of a limit's."""
        return any(each.times_limit for each in self.comparison.predictors)

    @property
    def is_timed(self) -> bool:
        """Whether speeds were measured."""
        return any(each.name in self.speeds for each in self.comparison.predictors)

    def speed(self, predictor: Predictor) -> tuple[float, float]:
        """Microseconds that a predictor takes alone, and for one of many; NaN where it was not measured."""
        speed = self.speeds.get(predictor.name, Speed(math.nan))
        return speed.alone, speed.batched

    def cpu_seconds(self, predictor: Predictor) -> float:
        """Processor time of a model's training; NaN where it was not measured, or of other settings."""
        training, cost = predictor.origin.training, self.costs.get(predictor.name)
        return cost.cpu_seconds if training and cost and cost.settings == training.settings else math.nan

    def headline(self, predictor: Predictor, test: str = "test") -> Score:
        """A predictor's score in the metric that ranks."""
        return predictor.score(self.comparison.headline, test)

    def limit_of(self, predictor: Predictor, metric: str = "") -> Predictor | None:
        """The limit that a predictor is held against, in the metric that ranks by default."""
        if not metric or metric == self.comparison.headline:
            return self.comparison[predictor.limit] if predictor.limit else None
        return comparisons.limit_of(predictor, metric, self.comparison.predictors)

    def times_limit(self, predictor: Predictor, metric: str, test: str = "test") -> float:
        """How many times larger an error is than that of its limit; NaN where that says nothing."""
        if metric == self.comparison.headline:
            return predictor.times_limit.get(test, math.nan)
        limit = self.limit_of(predictor, metric)
        if limit is None or self.comparison.better.get(metric) != "lower":
            return math.nan
        return comparisons.times(metric, predictor, limit, test, self.comparison.predictors)

    def above_limit(self, predictor: Predictor, metric: Metric) -> float:
        """How far a score lies above that of its limit; NaN where that says nothing."""
        limit = self.limit_of(predictor, metric.name)
        if limit is None or limit == predictor or not metric.above_limit:
            return math.nan
        return predictor.score(metric.name).value - limit.score(metric.name).value

    @cached_property
    def sentences(self) -> list[str]:
        """Who is ahead, where, and at what speed; then which method to use."""
        return [
            *verdict.sentences(self.comparison, self.section, self.speeds),
            *answer.sentences(self.comparison, self.section, self.speeds, self.cpu_seconds),
        ]


def read(root: Path, task: str, dataset: str) -> Result:
    """What is known of one dataset in the pipeline in `root`; raises `InputError` if it is not scored."""
    return _read(root, task, dataset, *_beside(root))


def scored(root: Path) -> list[Path]:
    """Files of scores of the pipeline in `root`, by task and dataset."""
    found = [path for path in (root / paths.METRICS).glob("*/*.json") if path.parent.name not in KEPT]
    return sorted(found, key=lambda path: path.with_suffix("").parts)


def read_all(root: Path) -> list[Result]:
    """All datasets with scores in the pipeline in `root`, by task and name; raises `InputError` if none."""
    beside = _beside(root)
    result = [_read(root, path.parent.name, path.stem, *beside) for path in scored(root)]
    if not result:
        raise InputError(
            f"{root / paths.METRICS}: nothing is scored yet; run `tidemark repro` first, and `tidemark "
            "add FILE` before in a new project"
        )
    return result


def find(root: Path, dataset: str) -> list[Result]:
    """Datasets of that name, one a task; raises `InputError` if there is none."""
    tasks = sorted(path.parent.name for path in (root / paths.METRICS).glob(f"*/{dataset}.json"))
    result = [read(root, task, dataset) for task in tasks if task not in KEPT]
    if not result:
        known = ", ".join(each.name for each in read_all(root))
        raise InputError(f"{dataset!r}: no such dataset is scored; expected one of {known}")
    return result


def _beside(
    root: Path,
) -> tuple[Mapping[str, Paper], Mapping[str, Speed], Mapping[str, Cost], Mapping[tuple[str, str], Rivals]]:
    metrics = root / paths.METRICS
    return (
        paper.read(metrics / paper.FOLDER),
        speeds.read(metrics / speeds.FOLDER),
        costs.read(metrics / costs.FOLDER),
        rivals.read(metrics / rivals.FOLDER),
    )


def _read(
    root: Path,
    task: str,
    dataset: str,
    large: Mapping[str, Paper],
    measured: Mapping[str, Speed],
    trained: Mapping[str, Cost],
    others: Mapping[tuple[str, str], Rivals],
) -> Result:
    compared = comparisons.read(root / paths.metrics(task, dataset))
    folder = root / paths.figures(task, dataset)
    shown = section.read(root, compared)
    return Result(compared, shown, folder, large, measured, trained, others.get((task, dataset)))
