"""What the pipeline has produced, as text for a terminal."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.figures import set_scores, speeds, tables, verdict
from tidemark.figures.tables import Row, Score
from tidemark.figures.views import Metric, View, view_of

LEADERBOARDS = Path("plots/compare")
METRICS = Path("metrics")
MODELS = Path("models")
REPORT = Path("plots/report.html")
LOG_WIDTH = 180


@dataclass(frozen=True)
class Comparison:
    """All predictors of one dataset, best first."""

    view: View
    dataset: str
    metrics: list[Metric]
    """In the order of the comparison's own columns; the first ranks."""
    rows: list[Row]
    sentences: list[str]
    """On where networks are ahead and where classical methods, if the task is shown so."""


def comparisons(folder: Path) -> Iterator[Comparison]:
    """What was compared in the pipeline in `folder`, by task and dataset."""
    speed = speeds.read(folder / METRICS / "speed")
    for path in sorted((folder / LEADERBOARDS).glob("*/leaderboard.csv")):
        view = view_of(path.parent.name)
        with path.open(newline="") as file:
            names = next(csv.reader(file), [])
        shown = {metric.name: metric for metric in view.metrics}
        there = [name.removesuffix("_low") for name in names if name.endswith("_low")]
        metrics = [shown[name] for name in there if name in shown]
        rows = tables.leaderboard(path, view)
        scores = set_scores.read(path.with_name("tests.csv")) if view.networks_against_baselines else []
        for dataset in dict.fromkeys(row.dataset for row in rows):
            own = [row for row in rows if row.dataset == dataset]
            sets = [row for row in scores if row.dataset == dataset]
            said = verdict.sentences(own, sets, view, speed) if view.networks_against_baselines else []
            yield Comparison(view, dataset, metrics, own, said)


def show_comparison(folder: Path) -> None:
    """Print every task's leaderboard and where the report is; `folder` is the pipeline's.

    Raises `InputError` if nothing has been compared yet.
    """
    console = _console()
    if not list((folder / LEADERBOARDS).glob("*/leaderboard.csv")):
        raise InputError(f"{folder / LEADERBOARDS}: nothing compared yet; run `tidemark repro` first")
    for each in comparisons(folder):
        title = f"{each.view.task}: {each.dataset}"
        table = Table("#", title=title, box=box.SIMPLE_HEAD, title_justify="left")
        table.add_column("predictor")
        table.add_column("kind")
        for number, metric in enumerate(each.metrics):
            table.add_column(metric.name + (" [95 %]" if number == 0 else ""), justify="right")
        if each.view.limits:
            table.add_column("× limit", justify="right")
        table.add_column("parameters", justify="right")
        for row in each.rows:
            scores = [row.scores[metric.name] for metric in each.metrics]
            table.add_row(
                str(row.rank),
                row.predictor,
                row.kind,
                interval(scores[0]),
                *("" if math.isnan(score.value) else f"{score.value:.4g}" for score in scores[1:]),
                *([times(row)] if each.view.limits else []),
                f"{row.parameters:,}" if row.kind == "model" else "",
                style="bold" if row.kind == "model" else "dim",
            )
        console.print(table)
        if each.sentences:
            console.print(" ".join(each.sentences), end="\n\n", soft_wrap=True)
    if (folder / REPORT).exists():
        console.print(f"report: {REPORT}", soft_wrap=True)


def interval(score: Score) -> str:
    """A score with its interval."""
    return f"{score.value:.4g} [{score.low:.4g}, {score.high:.4g}]"


def times(row: Row) -> str:
    """Multiple of the limit's error; empty where there is none, or it is zero."""
    return "" if math.isnan(row.times_limit) else f"{row.times_limit:.2f}"


def show_models(folder: Path) -> None:
    """Print the trained models in `folder`'s pipeline, with their scores where they were evaluated."""
    described = [read_json(path) for path in sorted((folder / MODELS).glob("*/model.json"))]
    if not described:
        raise InputError(f"{folder / MODELS}: no trained model; run `tidemark repro` first")
    table = Table("model", "task", "dataset", "architecture", box=box.SIMPLE_HEAD)
    for column in ("score [95 %]", "parameters", "window", "rate"):
        table.add_column(column, justify="right")
    for model in described:
        metrics = folder / METRICS / f"{model['name']}.json"
        score = "not evaluated"
        if metrics.exists():
            name = view_of(model["task"]).headline.name
            values = read_json(metrics)["test"]["test"][name]
            score = f"{name} {interval(Score(values['value'], values['low'], values['high']))}"
        ahead = model.get("horizon", 0)
        table.add_row(
            model["name"],
            model["task"],
            model["dataset"],
            model["arch"],
            score,
            f"{model['parameters']:,}",
            f"{model['length']}" + (f" → {ahead}" if ahead else ""),
            f"{model['sampling_rate']:g}/{model['rate_unit']}",
        )
    _console().print(table)


def _console() -> Console:
    """A terminal's own width; in a file, wide enough for every column."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)
