"""All that the report shows of a task, read from the folders that the pipeline leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tidemark.figures import (
    activities,
    estimates,
    inferred,
    looked_at,
    projection,
    reliability,
    set_scores,
    tables,
)
from tidemark.figures.drawings import TaskResults
from tidemark.figures.views import view_of

Found = TypeVar("Found")


def results(
    task: str,
    compare: Path,
    details: Path,
    learning: Path,
    speeds: Mapping[str, float],
) -> TaskResults:
    """From the folders of comparisons by task, and of details and learning by predictor.

    Projections and what is known of studies lie among the details. `speeds` are microseconds by predictor.
    Raises `InputError` naming what cannot be read.
    """
    view, own = view_of(task), compare / task
    rows = tables.leaderboard(own / "leaderboard.csv", view)

    def examples(name: str) -> Path:
        return details / name / "examples.csv"

    names = [row.predictor for row in rows]
    found = TaskResults(
        view,
        rows,
        tables.positions(own / "position.csv", view) if view.position else {},
        tables.curves(own / "curves.csv"),
        tables.stages(own / "stages.csv"),
        scores=set_scores.read(own / "tests.csv"),
        speeds=speeds,
    )
    if view.classes:
        return replace(found, activities=activities.read(rows, details, own / "curves.csv"))
    if view.pairs:
        return replace(
            found,
            inferred=_each(names, lambda name: inferred.examples(examples(name), view)),
            reliabilities=_each(names, lambda name: reliability.read(details / name / "reliability.csv")),
            looks=_each(names, lambda name: looked_at.read(learning / name)),
            projections=projection.read(details),
        )
    return replace(
        found,
        examples=_each(names, lambda name: estimates.examples(examples(name), view)),
        learnings=_each(names, lambda name: estimates.learning(learning / name, view)),
    )


def _each(names: Sequence[str], read: Callable[[str], Found | None]) -> dict[str, Found]:
    """What `read` finds of each predictor; those of which there is nothing are left out."""
    return {name: found for name in names for found in [read(name)] if found}
