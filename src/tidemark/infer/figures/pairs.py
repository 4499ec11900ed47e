"""What predictors made of a few pairs: which points were the input, which were inferred, and how."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tidemark.core.store import Array
from tidemark.report.figures.results import TEST, Results

FILE = "examples.csv"
PATHS = ("path_1", "path_2", "path_3")
"""Columns of sample paths."""
COLUMNS = ("x", "member", "context", "target", "mean", "std", *PATHS)


@dataclass(frozen=True)
class Pair:
    """A pair, or one sequence, and what a predictor made of it; arrays (points,), in the order of inference.

    NaN where there is nothing: `input` where a value is inferred, all else where it is input.
    """

    test: str
    """The test set that it is of."""
    position: Array
    member: Array
    """0 or 1."""
    input: Array
    target: Array
    mean: Array
    std: Array
    paths: Array
    """(paths, points)"""
    number: int = 0
    """Its place in the test set, from 0."""

    @property
    def inferred(self) -> Array:
        """Whether a value is inferred there; (points,) bool."""
        return np.isnan(self.input)

    @property
    def members(self) -> list[int]:
        """The members of which values are inferred."""
        return sorted({int(member) for member in self.member[self.inferred]})

    @property
    def partner(self) -> int | None:
        """The member of which nothing is inferred, if there is one."""
        known = {*self.member.tolist()} - {*self.member[self.inferred].tolist()}
        return int(known.pop()) if known else None

    def of(self, member: int, which: Array) -> Array:
        """Numbers of one member's points among `which`, (points,) bool, from the lowest position up."""
        points = np.flatnonzero((self.member == member) & which)
        return points[np.argsort(self.position[points], kind="stable")]


def read(results: Results) -> dict[str, list[Pair]]:
    """By predictor: pairs by test set, in the file's order."""
    tables = results.details(FILE, {"test": str, "signal": int, **dict.fromkeys(COLUMNS, float)})
    pairs: dict[str, list[Pair]] = {}
    for predictor, table in tables.items():
        pairs[predictor] = []
        for (test, _), group in table.groupby(["test", "signal"], sort=False):
            x, member, known, target, mean, std, *paths = group[[*COLUMNS]].to_numpy().T
            pairs[predictor].append(
                Pair(
                    str(test),
                    x,
                    member,
                    known,
                    target,
                    mean,
                    std,
                    np.array(paths),
                    int(group["signal"].iloc[0]),
                )
            )
    return pairs


def tests(pairs: Sequence[Pair], error: Mapping[str, float]) -> list[str]:
    """The set `test`, or else the first, and of the others the one of the largest `error` (by test set)."""
    names = list(dict.fromkeys(pair.test for pair in pairs))
    first = [test for test in names if test == TEST] or names[:1]
    others = sorted((test for test in names if test not in first), key=lambda test: -error.get(test, 0.0))
    return [*first, *others[:1]]


def of_test(pairs: Sequence[Pair], test: str, number: int | None = None) -> Pair | None:
    """The first pair of a test set, or that of a number; None if there is none."""
    return next((pair for pair in pairs if pair.test == test and number in (None, pair.number)), None)


def alike(pair: Pair, other: Pair) -> bool:
    """Whether two predictors inferred the same points."""
    return np.array_equal(pair.position, other.position) and np.array_equal(pair.inferred, other.inferred)


def score(pair: Pair) -> float:
    """Mean continuous ranked probability score of the normal laws at the known inferred points; NaN if none.

    Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", Journal of the
    American Statistical Association 102, 2007, section 4.2.
    """
    known = pair.inferred & np.isfinite(pair.target)
    if not known.any():
        return math.nan
    std = pair.std[known]
    z = (pair.target[known] - pair.mean[known]) / std
    twice = np.array([math.erf(each / math.sqrt(2)) for each in z])  # 2 Φ(z) − 1
    density = np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi)
    return float(np.mean(std * (z * twice + 2 * density - 1 / math.sqrt(math.pi))))
