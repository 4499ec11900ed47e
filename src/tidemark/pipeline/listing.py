"""What the pipeline has produced, as text for a terminal."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tidemark.core.errors import InputError
from tidemark.core.store import read_json

LEADERBOARDS = Path("plots/compare")
METRICS = Path("metrics")
MODELS = Path("models")
REPORT = Path("plots/report.html")
LOG_WIDTH = 150


def show_comparison(folder: Path) -> None:
    """Print every task's leaderboard and where the report is; `folder` is the pipeline's.

    Raises `InputError` if nothing has been compared yet.
    """
    console = _console()
    paths = sorted((folder / LEADERBOARDS).glob("*/leaderboard.csv"))
    if not paths:
        raise InputError(f"{folder / LEADERBOARDS}: nothing compared yet; run `tidemark repro` first")
    for path in paths:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        metrics = [name.removesuffix("_low") for name in rows[0] if name.endswith("_low")]
        for dataset, entries in groupby(rows, key=lambda row: row["dataset"]):
            table = Table(
                "#", title=f"{path.parent.name}: {dataset}", box=box.SIMPLE_HEAD, title_justify="left"
            )
            table.add_column("predictor")
            table.add_column("kind")
            for number, metric in enumerate(metrics):
                table.add_column(metric + (" [95 %]" if number == 0 else ""), justify="right")
            table.add_column("× limit", justify="right")
            table.add_column("parameters", justify="right")
            for row in entries:
                table.add_row(
                    row["rank"],
                    row["predictor"],
                    row["kind"],
                    *(_score(row, metric, interval=number == 0) for number, metric in enumerate(metrics)),
                    f"{float(row['times_limit']):.2f}" if row["times_limit"] else "",
                    f"{int(row['parameters']):,}" if row["kind"] == "model" else "",
                    style="bold" if row["kind"] == "model" else "dim",
                )
            console.print(table)
    if (folder / REPORT).exists():
        console.print(f"report: {REPORT}", soft_wrap=True)


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
            name, values = next(iter(read_json(metrics)["test"]["test"].items()))
            score = f"{name} {values['value']:.4g} [{values['low']:.4g}, {values['high']:.4g}]"
        table.add_row(
            model["name"],
            model["task"],
            model["dataset"],
            model["arch"],
            score,
            f"{model['parameters']:,}",
            str(model["length"]),
            f"{model['sampling_rate']:g}/{model['rate_unit']}",
        )
    _console().print(table)


def _console() -> Console:
    """A terminal's own width; in a file, wide enough for every column."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_WIDTH)


def _score(row: dict[str, str], metric: str, *, interval: bool) -> str:
    value = f"{float(row[metric]):.4g}"
    if not interval:
        return value
    return f"{value} [{float(row[metric + '_low']):.4g}, {float(row[metric + '_high']):.4g}]"
