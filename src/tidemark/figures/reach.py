"""Which errors have a place on an axis that must show the models, and which lie far away from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tidemark.figures.style import Colours, number
from tidemark.figures.tables import Row
from tidemark.figures.views import View

FAR = 1e3
"""An error so many times below the best model's, or above the worst one's, would squeeze all models into one
place."""


@dataclass(frozen=True)
class Reach:
    """The rows of a dataset by where their errors lie."""

    near: Sequence[Row]
    zero: Sequence[Row]
    """As good as zero."""
    below: Sequence[Row]
    above: Sequence[Row]

    @property
    def text(self) -> str:
        """A sentence on each kind that is not drawn; empty if all are."""
        parts = []
        if self.zero:
            names = ", ".join(row.label for row in self.zero)
            parts.append(f" Below the axis, with no error to speak of: {names}.")
        for place, rows in [("below", self.below), ("above", self.above)]:
            if rows:
                names = ", ".join(f"{row.label} ({number(row.score.value, 3)})" for row in rows)
                parts.append(f" Far {place} the axis: {names}.")
        return "".join(parts)

    def arrows(self, span: tuple[float, float], colours: Colours) -> list[tuple[float, str, str]]:
        """Labels, as `label_right` takes them, that point to what is far away."""
        return [
            (end, f"{arrow} {row.label}", colours.of(row.label, row.kind))
            for end, arrow, rows in [(span[0], "↓", self.below), (span[1], "↑", self.above)]
            for row in rows
        ]


def reach(rows: Sequence[Row], view: View) -> Reach:
    """Sort the rows of one dataset by where their errors lie."""
    models = [row.score.value for row in rows if row.kind == "model" and row.score.value > 0]
    largest = max((row.score.value for row in rows if row.score.value > 0), default=0.0)
    zero = [row for row in rows if row.score.value <= view.negligible * largest]
    lowest = min(models, default=0.0) / FAR
    highest = max(models, default=math.inf) * FAR
    others = [row for row in rows if row not in zero]
    return Reach(
        near=[row for row in others if not (row.score.value < lowest or row.score.value > highest)],
        zero=zero,
        below=[row for row in others if row.score.value < lowest],
        above=[row for row in others if row.score.value > highest],
    )
