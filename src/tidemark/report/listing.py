"""Results as text for a terminal."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from tidemark.core import paths
from tidemark.core.errors import InputError, printable
from tidemark.core.store import DatasetInfo, read_json
from tidemark.report.figures import numbers
from tidemark.report.page import results, trained
from tidemark.report.page.results import Result

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LOG_WIDTH = 180
MOST = 7
"""Metrics in a table."""


def show_all(root: Path = Path()) -> None:
    """Print every dataset's table, and where the report is.

    Raises `InputError` if nothing is scored yet.
    """
    for each in results.read_all(root):
        _show(each)
    if (root / paths.REPORT).exists():
        _console().print(f"report: {paths.REPORT}", soft_wrap=True)


def show_named(dataset: str, root: Path = Path()) -> None:
    """Print the table of the dataset of that name; raises `InputError` if it is not scored."""
    for each in results.find(root, dataset):
        _show(each)


def show_dataset(task: str, dataset: str, root: Path = Path()) -> None:
    """Print the table of one dataset; raises `InputError` if it is not scored."""
    _show(results.read(root, task, dataset))


def _show(each: Result) -> None:
    from rich import box
    from rich.table import Table

    metrics = each.metrics[:MOST]
    table = Table(
        "#", title=printable(f"{each.task}: {each.title}"), box=box.SIMPLE_HEAD, title_justify="left"
    )
    table.add_column("predictor")
    table.add_column("kind")
    for number, metric in enumerate(metrics):
        heading = numbers.heading(metric) + (" [95 %]" if number == 0 else "")
        table.add_column(printable(heading), justify="right")
    if each.has_ratios:
        table.add_column("× limit", justify="right")
    table.add_column("parameters", justify="right")
    for rank, predictor in enumerate(each.comparison.predictors, 1):
        first, *others = [predictor.score(metric.name) for metric in metrics]
        ratio = predictor.times_limit.get("test", math.nan)
        table.add_row(
            str(rank),
            predictor.name,
            trained.kind(predictor),
            numbers.interval(first, metrics[0]),
            *(numbers.value(score.value, metric) for score, metric in zip(others, metrics[1:], strict=True)),
            *([numbers.times(ratio)] if each.has_ratios else []),
            f"{predictor.parameters:,}" if predictor.kind == "model" else "",
            style="bold" if predictor.kind == "model" else "dim",
        )
    console = _console()
    console.print(table)
    console.print(_trained(each))
    words = " ".join([*each.sentences, *each.section.notes])
    console.print(printable(words, len(words)), end="\n\n", soft_wrap=True)


def _trained(each: Result) -> Table:
    """What each predictor was told, fitted to or learned from: a line each, those alike together."""
    from rich import box
    from rich.table import Table

    together: dict[str, list[str]] = {}
    for row in trained.rows(each):
        together.setdefault(row.text, []).append(row.predictor.label)
    table = Table("trained on", "predictors", box=box.SIMPLE_HEAD)
    for text, labels in together.items():
        table.add_row(text, ", ".join(labels))
    return table


def show_models(root: Path = Path()) -> None:
    """Print the trained models, with their scores where they were evaluated; raises `InputError` if none."""
    from rich import box
    from rich.table import Table

    described = [read_json(path) for path in sorted((root / paths.MODELS).glob("*/*/model.json"))]
    if not described:
        raise InputError(f"{root / paths.MODELS}: no trained model; run `tidemark repro` first")
    table = Table("model", "task", "dataset", "architecture", box=box.SIMPLE_HEAD)
    for column in ("score [95 %]", "parameters", "window", "rate"):
        table.add_column(column, justify="right")
    there = (root / paths.METRICS).glob("*/*.json")
    collected = {(each.task, each.name): each for each in results.read_all(root)} if any(there) else {}
    for model in described:
        info = DatasetInfo(**model["dataset"])
        result = collected.get((info.task, info.name))
        table.add_row(
            *map(printable, (model["name"], info.task, result.title if result else info.name, model["arch"])),
            (_score(result, model["name"]) if result else "") or "not evaluated",
            f"{model['parameters']:,}",
            f"{info.length}" + (f" → {info.horizon}" if info.horizon else ""),
            printable(f"{info.sampling_rate:g}/{info.rate_unit}"),
        )
    _console().print(table)


def _score(result: Result, name: str) -> str:
    """A predictor's score in the metric that ranks; empty where it has none."""
    metric, known = result.view.headline, {each.name: each for each in result.comparison.predictors}
    return f"{metric.label} {numbers.interval(result.headline(known[name]), metric)}" if name in known else ""


def _console() -> Console:
    """A terminal's own width; in a file, wide enough for every column; brackets are text."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = LOG_WIDTH
    return console
