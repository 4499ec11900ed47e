"""Many predictors' tables as one, with columns that say whose each row is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from tidemark.comparison.leaderboard import Competitor


def curves(everyone: list[Competitor], folder: Path) -> tuple[list[str], Iterator[list[str]]]:
    """Training and validation loss by step of every model, from `folder/<model>.csv`."""
    header = ["dataset", "model", "step", "split", "loss"]
    rows = (
        [competitor.dataset, competitor.name, row["step"], split, row[split]]
        for competitor in everyone
        if competitor.kind == "model"
        for row in _read(folder / f"{competitor.name}.csv")
        for split in ("train", "validation")
    )
    return header, rows


def positions(
    everyone: list[Competitor], folder: Path, headline: str
) -> tuple[list[str], Iterator[list[str]]]:
    """Headline error by position of every predictor, from `folder/<predictor>.csv`."""
    header = ["dataset", "predictor", "kind", "position", headline]
    rows = (
        [competitor.dataset, competitor.name, competitor.kind, row["position"], row[headline]]
        for competitor in everyone
        for row in _read(folder / f"{competitor.name}.csv")
    )
    return header, rows


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)
