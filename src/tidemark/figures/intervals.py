"""Where a score and its interval lie on the small axis that all rows of a table share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tidemark.figures.style import AS_GOOD_AS_ZERO
from tidemark.figures.tables import Row


def floor(rows: Sequence[Row]) -> float | None:
    """The L1 error that no method can go below, the lowest limit's; none if no limit, or a limit of zero."""
    errors = [row.l1.value for row in rows if math.isfinite(row.l1.value)]
    lowest = min((row.l1.value for row in rows if row.kind == "limit"), default=0.0)
    return lowest if lowest > AS_GOOD_AS_ZERO * max(errors, default=0.0) else None


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis, with a place for zero at its left end where one is needed."""

    low: float
    high: float
    zero: float | None
    """Where zero is drawn; none if no value is zero."""

    @classmethod
    def over(cls, rows: Sequence[Row]) -> Scale | None:
        """The axis that holds the L1 errors of `rows`; none if no error is positive."""
        values = [v for row in rows for v in (row.l1.value, row.l1.low, row.l1.high) if math.isfinite(v)]
        positive = [value for value in values if value > 0]
        if not positive:
            return None
        top = max(positive)
        kept = [value for value in positive if value > AS_GOOD_AS_ZERO * top]
        zero = min(kept) / 1.6 if len(kept) < len(values) else None
        return cls((zero or min(kept)) / 1.15, top * 1.15, zero)

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
        kept: list[float] = []
        for decade in decades:
            for digit in (1, 2, 5):
                value = digit * 10.0**decade
                fits = start <= value <= self.high and 0.02 <= self.share(value) <= 0.98
                if fits and (not kept or self.share(value) - self.share(kept[-1]) >= least_apart):
                    kept.append(value)
        return kept
