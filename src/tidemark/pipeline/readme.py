"""The README's results, written from the comparison tables and never by hand."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import replacing
from tidemark.pipeline.listing import LEADERBOARDS

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


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
    for row in rows:
        score = f"{float(row['l1']):.4g} [{float(row['l1_low']):.4g}, {float(row['l1_high']):.4g}]"
        ratio = f"{float(row['times_limit']):.2f}" if row["times_limit"] else ""
        size = f"{int(row['parameters']):,}" if row["kind"] == "model" else ""
        name = f"**{row['predictor']}**" if row["kind"] == "model" else row["predictor"]
        gain = f"{float(row['snr_gain_db']):.1f} dB"
        lines.append(
            f"| {name} | {row['kind']} | {score} | {float(row['mse']):.3g} | {gain} | {ratio} | {size} |"
        )
    return "\n".join(lines)


def with_results(text: str, folder: Path) -> str:
    """`text` with the part between its two markers replaced; raises `InputError` if there are none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"README.md: no {BEGIN} … {END} to write the results between; add both lines")
    return f"{before}{BEGIN}\n{results(folder)}\n{END}{after}"


def update(folder: Path) -> None:
    """Rewrite the results in the README of the pipeline in `folder`."""
    path = folder / "README.md"
    text = with_results(path.read_text(encoding="utf-8"), folder)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
