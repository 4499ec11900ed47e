"""Which errors have a place on an axis that must show the models, and which lie far away from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.axis import floor
from tidemark.report.figures.colours import Colours
from tidemark.report.figures.labels import Label
from tidemark.report.figures.numbers import number
from tidemark.report.figures.results import Results

FAR = 1e3
"""An error so many times below the best model's, or above the worst one's, would squeeze all models into one
place."""


@dataclass(frozen=True)
class Outlying:
    """Predictors and their errors, by where those lie."""

    near: Sequence[Predictor]
    zero: Sequence[Predictor]
    """As good as zero."""
    below: Sequence[tuple[Predictor, float]]
    above: Sequence[tuple[Predictor, float]]

    @property
    def text(self) -> str:
        """A sentence on each kind that is not drawn; empty if all are."""
        parts = []
        if self.zero:
            names = ", ".join(each.label for each in self.zero)
            parts.append(f" Below the axis, with no error to speak of: {names}.")
        for place, pairs in [("below", self.below), ("above", self.above)]:
            if pairs:
                names = ", ".join(f"{each.label} ({number(error, 3)})" for each, error in pairs)
                parts.append(f" Far {place} the axis: {names}.")
        return "".join(parts)

    def arrows(self, span: tuple[float, float], colours: Colours) -> list[Label]:
        """Labels that point to what is far away, at the ends of an axis."""
        return [
            (end, f"{arrow} {each.label}", colours.of(each))
            for end, arrow, pairs in [(span[0], "↓", self.below), (span[1], "↑", self.above)]
            for each, _ in pairs
        ]


def outlying(results: Results, predictors: Sequence[Predictor] | None = None) -> Outlying:
    """Sort predictors, all unless some are named, by where their errors lie."""
    pairs = [(each, results.score(each).value) for each in predictors or results.predictors]
    models = [error for each, error in pairs if each.kind == "model" and error > 0]
    largest = max((error for _, error in pairs if error > 0), default=0.0)
    zero = [each for each, error in pairs if error <= results.view.negligible * largest]
    lowest = min(models, default=0.0) / FAR
    highest = max(models, default=math.inf) * FAR
    others = [(each, error) for each, error in pairs if each not in zero]
    return Outlying(
        near=[each for each, error in others if not (error < lowest or error > highest)],
        zero=zero,
        below=[(each, error) for each, error in others if error < lowest],
        above=[(each, error) for each, error in others if error > highest],
    )


def least_error(results: Results) -> float | None:
    """The error that no method can go below; none if there is no limit, or a limit of zero."""
    limits = map(results.score, results.comparison.of_kind("limit"))
    return floor(limits, map(results.score, results.predictors), results.view.negligible)
