"""What predictors made of a few pairs: which points were given, which asked for, and what was inferred."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.views import View

PATHS = ("path_1", "path_2", "path_3")
"""Columns of sample paths."""
ESTIMATED = ("mean", "std", *PATHS)


@dataclass(frozen=True)
class Inferred:
    """A pair, or one sequence, and what a predictor made of it; arrays (points,), in the order of inference.

    NaN where there is nothing: `given` where a value is asked for, all else where it is given.
    """

    test: str
    """The test set that it is of."""
    position: Array
    member: Array
    """0 or 1."""
    given: Array
    target: Array
    mean: Array
    std: Array
    paths: Array
    """(paths, points)"""

    @property
    def asked(self) -> Array:
        """Whether a value was asked for; (points,) bool."""
        return np.isnan(self.given)

    @property
    def partner(self) -> int | None:
        """The member of which nothing is asked, if there is one."""
        known = {*self.member.tolist()} - {*self.member[self.asked].tolist()}
        return int(known.pop()) if known else None

    def of(self, member: int, which: Array) -> Array:
        """Numbers of one member's points among `which`, (points,) bool, from the lowest position up."""
        found = np.flatnonzero((self.member == member) & which)
        return found[np.argsort(self.position[found], kind="stable")]


def examples(path: Path, view: View) -> list[Inferred]:
    """Pairs of an infer task's `examples.csv`, by test set in the file's order; none if no file.

    Raises `InputError` naming what cannot be read, a member that is neither 0 nor 1, and an asked point
    without a mean or with a standard deviation that is not positive.
    """
    if not path.exists():
        return []
    table = cells.read(path, ["test", "signal"], ["x", "member", view.given, view.target, *ESTIMATED])
    numbers = table.numbers
    asked = np.isnan(numbers[view.given])
    for column, wrong, expected in [
        ("x", ~np.isfinite(numbers["x"]), "a finite number"),
        ("member", ~np.isin(numbers["member"], (0, 1)), "0 or 1"),
        ("mean", asked & ~np.isfinite(numbers["mean"]), "a finite number where no value is given"),
        ("std", asked & ~(numbers["std"] > 0), "a positive number where no value is given"),
    ]:
        table.refuse(column, wrong, expected)
    names = ["x", "member", view.given, view.target, "mean", "std"]
    found = []
    for (test, _), rows in table.groups("test", "signal").items():
        position, member, given, target, mean, std = (numbers[name][rows] for name in names)
        paths = np.stack([numbers[name][rows] for name in PATHS])
        found.append(Inferred(test, position, member, given, target, mean, std, paths))
    return found
