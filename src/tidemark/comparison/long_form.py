"""Many predictors' tables as one, with columns that say whose each row is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tidemark.comparison.leaderboard import Competitor
from tidemark.core.entries import Params


def curves(
    everyone: list[Competitor], folder: Path, score: str | None = None
) -> tuple[list[str], Iterator[list[str]]]:
    """Training and validation loss by step of every model, from `folder/<model>.csv`.

    Where `score` is that of the validation estimates as well, it has a column, empty for training.
    """
    header = ["dataset", "model", "step", "split", "loss", *([score] if score else [])]
    rows = (
        [competitor.dataset, competitor.name, row["step"], split, row[split]]
        + ([row[score] if split == "validation" else ""] if score else [])
        for competitor in everyone
        if competitor.kind == "model"
        for row in _read(folder / f"{competitor.name}.csv")
        for split in ("train", "validation")
    )
    return header, rows


def stages(everyone: list[Competitor], settings: Params) -> tuple[list[str], Iterator[list[Any]]]:
    """The first step of every stage of every model's curriculum, and what of the law differs in it.

    After the last one that is named, the law holds without change.
    """
    header = ["dataset", "model", "stage", "step", "law"]
    return header, _stages(everyone, settings)


def _stages(everyone: list[Competitor], settings: Params) -> Iterator[list[Any]]:
    for competitor in everyone:
        training = settings.networks[competitor.name].training if competitor.kind == "model" else None
        if training is None or not training.curriculum:
            continue
        step = 0
        for number, stage in enumerate(training.curriculum):
            yield [competitor.dataset, competitor.name, number, step, _law(stage.law)]
            step += stage.steps
        if step < training.steps:
            yield [competitor.dataset, competitor.name, len(training.curriculum), step, ""]


def _law(changes: Mapping[str, Any]) -> str:
    """Changed keys of a law as a reader would write them: components 3–6, noise std 0.1."""

    def value(found: Any) -> str:
        return "–".join(map(value, found)) if isinstance(found, list | tuple) else str(found)

    return ", ".join(f"{key.replace('_', ' ')} {value(found)}" for key, found in changes.items())


def positions(
    everyone: list[Competitor], folder: Path, headline: str
) -> tuple[list[str], Iterator[list[str]]]:
    """Headline error by position of every predictor, from `folder/<predictor>/position.csv`."""
    header = ["dataset", "predictor", "kind", "position", headline]
    rows = (
        [competitor.dataset, competitor.name, competitor.kind, row["position"], row[headline]]
        for competitor in everyone
        for row in _read(folder / competitor.name / "position.csv")
    )
    return header, rows


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)
