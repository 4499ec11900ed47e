"""Where a score and its interval lie on the small axis that all rows of a table share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tidemark.evaluation.comparison import Score
from tidemark.report.figures.numbers import tick as written

WIDE = 1e5
"""Ratio of an axis' ends above which powers of ten alone are written on it."""


def _ends(scores: Iterable[Score]) -> list[float]:
    return [v for each in scores for v in (each.value, each.low, each.high) if math.isfinite(v)]


def floor(limits: Iterable[Score], scores: Iterable[Score], negligible: float) -> float | None:
    """The error that no method can go below, the lowest limit's; none if no limit, or a limit of zero.

    What is below a share `negligible` of the largest of `scores` counts as zero.
    """
    errors = [each.value for each in scores if math.isfinite(each.value)]
    lowest = min((each.value for each in limits), default=0.0)
    return lowest if lowest > negligible * max(errors, default=0.0) else None


@dataclass(frozen=True)
class Logarithmic:
    """An axis of errors, with a place for zero at its left end where one is needed."""

    low: float
    high: float
    zero: float | None
    """Where zero is drawn; none if no value is zero."""
    kind: ClassVar = "logarithmic"

    @classmethod
    def over(cls, scores: Sequence[Score], negligible: float) -> Logarithmic | None:
        """The axis that holds `scores`; none if no error is positive.

        What is below a share `negligible` of the largest error is drawn as zero.
        """
        values = _ends(scores)
        positive = [value for value in values if value > 0]
        if not positive:
            return None
        top = max(positive)
        shown = [value for value in positive if value > negligible * top]
        gap = 1.6 if top < WIDE * min(shown) else (top / min(shown)) ** 0.08
        zero = min(shown) / gap if len(shown) < len(values) else None
        return cls((zero or min(shown)) / 1.15, top * 1.15, zero)

    @property
    def wide(self) -> bool:
        """Whether powers of ten alone are written on it."""
        return self.high > WIDE * self.low

    def label(self, tick: float) -> str:
        """What is written at a tick."""
        return written(tick, 0.05 if self.wide else 1e-4)

    def share(self, value: float) -> float:
        """Place of a value from 0 (left end) to 1 (right end); NaN stays NaN."""
        if not math.isfinite(value):
            return math.nan
        return math.log(max(value, self.zero or self.low) / self.low) / math.log(self.high / self.low)

    def ticks(self, gap: float = 0.2) -> list[float]:
        """Values among 1, 2 and 5 in each decade to write on the axis, a share `gap` of it between them."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        start = self.low if self.zero is None else self.zero * 1.3
        first = 0.8 * gap + self.share(self.zero) if self.zero else 0.02
        chosen: list[float] = []
        for decade in decades:
            for digit in (1,) if self.wide else (1, 2, 5):
                value = digit * 10.0**decade
                fits = start <= value <= self.high and first <= self.share(value) <= 0.98
                if fits and (not chosen or self.share(value) - self.share(chosen[-1]) >= gap):
                    chosen.append(value)
        return chosen


STEPS = (0.05, 0.1, 0.2, 0.5)
"""Distances of ticks on a linear axis."""


@dataclass(frozen=True)
class Linear:
    """An axis of scores that are at most 1."""

    low: float
    high: float
    zero: ClassVar = None
    kind: ClassVar = "linear"

    @classmethod
    def over(cls, scores: Sequence[Score]) -> Linear | None:
        """The axis that holds `scores`, zero (chance) included; none if there is no score."""
        values = _ends(scores)
        if not values:
            return None
        low, high = min(*values, 0.0), max(*values, 0.0)
        margin = 0.03 * (high - low) or 0.5
        return cls(low - margin, high + margin)

    def label(self, tick: float) -> str:
        """What is written at a tick."""
        return f"{tick:.10g}".replace("-", "−")

    def share(self, value: float) -> float:
        """Place of a value from 0 (left end) to 1 (right end); NaN stays NaN."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, gap: float = 0.2) -> list[float]:
        """Multiples of a round number to write on the axis, a share `gap` of it between them."""
        wanted = gap * (self.high - self.low)
        step = next((each for each in STEPS if each >= wanted), STEPS[-1])
        places = range(math.ceil(self.low / step), math.floor(self.high / step) + 1)
        return [round(place * step, 10) for place in places]


Axis = Logarithmic | Linear


def over(scores: Sequence[Score], better: str, negligible: float) -> Axis | None:
    """The axis of a metric that ranks: linear where higher is better; none if nothing has a place on it."""
    return Linear.over(scores) if better == "higher" else Logarithmic.over(scores, negligible)
