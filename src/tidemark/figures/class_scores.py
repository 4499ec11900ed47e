"""What a predictor scores class by class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tidemark.figures import cells

METRICS = ("precision", "recall", "f1")


@dataclass(frozen=True)
class ClassScore:
    """One class of one test set; NaN where there is no number."""

    precision: float
    recall: float
    f1: float
    windows: int
    """Annotated so."""


def read(path: Path) -> dict[tuple[str, bool], dict[str, ClassScore]]:
    """(test set, smoothed) → class → scores, from a predictor's `classes.csv`; empty if no such file.

    Raises `InputError` naming what cannot be read, and a score that is not between 0 and 1.
    """
    if not path.exists():
        return {}
    table = cells.read(path, ["test", "smoothed", "class"], [*METRICS, "windows"])
    table.check("smoothed", ("0", "1"))
    table.refuse("windows", ~(table.numbers["windows"] >= 0), "a number of windows")
    for name in METRICS:
        values = table.numbers[name]
        table.refuse(name, (values < 0) | (values > 1), "a score from 0 to 1")
    found: dict[tuple[str, bool], dict[str, ClassScore]] = {}
    for (test, smoothed), rows in table.groups("test", "smoothed").items():
        columns = [table.numbers[name][rows].tolist() for name in METRICS]
        windows = table.numbers["windows"][rows].astype(int).tolist()
        names = [table.text["class"][row] for row in rows]
        found[test, smoothed == "1"] = {
            name: ClassScore(*scores) for name, *scores in zip(names, *columns, windows, strict=True)
        }
    return found
