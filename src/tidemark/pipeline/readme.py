"""The results in README.md and docs/published.md, written from the comparison tables and never by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import replacing
from tidemark.pipeline import published
from tidemark.pipeline.listing import LEADERBOARDS

MOST = 12
"""Predictors of one dataset in a table, besides its limits; the others are named below it."""
README = Path("README.md")
PUBLISHED = Path("docs/published.md")


def results(folder: Path) -> str:
    """Markdown tables of all leaderboards of the pipeline in `folder`, by task and dataset."""
    parts: list[str] = []
    for path in sorted((folder / LEADERBOARDS).glob("*/leaderboard.csv")):
        with path.open(newline="") as file:
            for dataset, rows in groupby(csv.DictReader(file), key=lambda row: row["dataset"]):
                parts.append(f"**{path.parent.name}: {dataset}**\n\n{_table(list(rows))}")
    return "\n\n".join(parts)


def _table(rows: list[dict[str, str]]) -> str:
    lines = [
        "| predictor | kind | L1 [95 %] | MSE | SNR gain | × limit | parameters |",
        "|---|---|---|---|---|---|---|",
    ]
    others = [row for row in rows if row["kind"] != "limit"][MOST:]
    for row in rows:
        if row in others:
            continue
        score = f"{float(row['l1']):.4g} [{float(row['l1_low']):.4g}, {float(row['l1_high']):.4g}]"
        ratio = f"{float(row['times_limit']):.2f}" if row["times_limit"] else ""
        size = f"{int(row['parameters']):,}" if row["kind"] == "model" else ""
        mse, gain = f"{float(row['mse']):.3g}", f"{float(row['snr_gain_db']):.1f} dB"
        lines.append(f"| {_name(row)} | {row['kind']} | {score} | {mse} | {gain} | {ratio} | {size} |")
    if others:
        named = ", ".join(f"{_name(row)} {float(row['l1']):.4g}" for row in others)
        lines.append(f"\nAfter these, by L1: {named}.")
    return "\n".join(lines)


def _name(row: dict[str, str]) -> str:
    return f"**{row['predictor']}**" if row["kind"] == "model" else row["predictor"]


def with_results(text: str, folder: Path) -> str:
    """README.md's `text` with its results replaced; raises `InputError` if it has no place for them."""
    return _between(text, "results", results(folder), README)


def with_published(text: str, folder: Path) -> str:
    """The same for docs/published.md."""
    return _between(text, "published", published.tables(folder), PUBLISHED)


def _between(text: str, name: str, content: str, path: Path) -> str:
    """`text` with what is between its two markers replaced."""
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise InputError(f"{path}: no {opening} … {closing} to write the results between; add both lines")
    return f"{before}{opening}\n{content}\n{closing}{after}"


def update(folder: Path) -> None:
    """Rewrite the results in the README and the docs of the pipeline in `folder`."""
    files: list[tuple[Path, Callable[[str, Path], str]]] = [
        (README, with_results),
        (PUBLISHED, with_published),
    ]
    for file, filled in files:
        path = folder / file
        if not path.exists():
            raise InputError(f"{path}: no such file; run this in the folder of a tidemark pipeline")
        text = filled(path.read_text(encoding="utf-8"), folder)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
