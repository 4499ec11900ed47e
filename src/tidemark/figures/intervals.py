"""Where a score and its interval lie on the small axis that all rows of a table share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tidemark.figures.style import plain
from tidemark.figures.tables import Row
from tidemark.figures.views import View


def floor(rows: Sequence[Row], negligible: float) -> float | None:
    """The error that no method can go below, the lowest limit's; none if no limit, or a limit of zero.

    What is below a share `negligible` of the largest error counts as zero.
    """
    errors = [row.score.value for row in rows if math.isfinite(row.score.value)]
    lowest = min((row.score.value for row in rows if row.kind == "limit"), default=0.0)
    return lowest if lowest > negligible * max(errors, default=0.0) else None


WIDE = 1e5
"""Ratio of an axis' ends above which powers of ten alone are written on it."""


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis, with a place for zero at its left end where one is needed."""

    low: float
    high: float
    zero: float | None
    """Where zero is drawn; none if no value is zero."""
    kind: ClassVar = "logarithmic"

    @classmethod
    def over(cls, rows: Sequence[Row], negligible: float) -> Scale | None:
        """The axis that holds the errors of `rows`; none if no error is positive.

        What is below a share `negligible` of the largest error is drawn as zero.
        """
        scores = [row.score for row in rows]
        values = [v for each in scores for v in (each.value, each.low, each.high) if math.isfinite(v)]
        positive = [value for value in values if value > 0]
        if not positive:
            return None
        top = max(positive)
        kept = [value for value in positive if value > negligible * top]
        apart = 1.6 if top < WIDE * min(kept) else (top / min(kept)) ** 0.08
        zero = min(kept) / apart if len(kept) < len(values) else None
        return cls((zero or min(kept)) / 1.15, top * 1.15, zero)

    @property
    def wide(self) -> bool:
        """Whether powers of ten alone are written on it."""
        return self.high > WIDE * self.low

    def label(self, tick: float) -> str:
        """What is written at a tick."""
        return plain(tick, 0.05 if self.wide else 1e-4)

    def inside(self, value: float) -> float:
        """The value to draw at: `zero` in place of all below it, NaN stays NaN."""
        return max(value, self.zero or self.low) if math.isfinite(value) else math.nan

    def share(self, value: float) -> float:
        """Place of a value from 0 (left end) to 1 (right end); NaN stays NaN."""
        return math.log(self.inside(value) / self.low) / math.log(self.high / self.low)

    def ticks(self, least_apart: float = 0.2) -> list[float]:
        """Values among 1, 2 and 5 in each decade to write on the axis, not closer than a share of it."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        start = self.low if self.zero is None else self.zero * 1.3
        first = 0.8 * least_apart + self.share(self.zero) if self.zero and self.wide else 0.02
        kept: list[float] = []
        for decade in decades:
            for digit in (1,) if self.wide else (1, 2, 5):
                value = digit * 10.0**decade
                fits = start <= value <= self.high and first <= self.share(value) <= 0.98
                if fits and (not kept or self.share(value) - self.share(kept[-1]) >= least_apart):
                    kept.append(value)
        return kept


STEPS = (0.05, 0.1, 0.2, 0.5)
"""Distances of ticks on a linear axis."""


@dataclass(frozen=True)
class LinearScale:
    """A linear axis of a score that is at most 1."""

    low: float
    high: float
    zero: ClassVar = None
    wide: ClassVar = False
    kind: ClassVar = "linear"

    @classmethod
    def over(cls, rows: Sequence[Row]) -> LinearScale | None:
        """The axis that holds the scores of `rows`, zero and chance included; none if there is no score."""
        scores = [row.score for row in rows]
        values = [v for each in scores for v in (each.value, each.low, each.high) if math.isfinite(v)]
        if not values:
            return None
        low, high = min(*values, 0.0), max(*values, 0.0)
        margin = 0.03 * (high - low) or 0.5
        return cls(low - margin, high + margin)

    def label(self, tick: float) -> str:
        """What is written at a tick."""
        return f"{tick:.10g}".replace("-", "−")

    def inside(self, value: float) -> float:
        """The value to draw at."""
        return value

    def share(self, value: float) -> float:
        """Place of a value from 0 (left end) to 1 (right end); NaN stays NaN."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, least_apart: float = 0.2) -> list[float]:
        """Multiples of a round number to write on the axis, not closer than a share of it."""
        wanted = least_apart * (self.high - self.low)
        step = next((each for each in STEPS if each >= wanted), STEPS[-1])
        places = range(math.ceil(self.low / step), math.floor(self.high / step) + 1)
        return [round(place * step, 10) for place in places]


def scale(rows: Sequence[Row], view: View) -> Scale | LinearScale | None:
    """The axis of the metric that ranks: linear where higher is better; none if nothing has a place on it."""
    return LinearScale.over(rows) if view.better == "higher" else Scale.over(rows, view.negligible)
