"""Numbers as readers see them, the same everywhere."""

from __future__ import annotations

import math
import re

from tidemark.evaluation.comparison import Score
from tidemark.report.figures.view import Metric

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NONE = "–"
SMALL = 1e-4
"""A smaller number has an exponent."""


def number(value: float, significant: int = 4) -> str:
    """So many significant digits, without an exponent where a reader needs none."""
    if not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    if abs(value) < SMALL:
        text = re.sub(r"e-0*", "e-", f"{value:.{significant - 1}e}")
    else:
        text = f"{value:.{digits}f}" if digits >= 0 else f"{value:.{significant}g}"
    return f"−{text[1:]}" if value < 0 else text


def fixed(value: float, digits: int) -> str:
    """So many digits after the point, with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else NONE


def value(of: float, metric: Metric, significant: int = 4) -> str:
    """A value of a metric."""
    return number(of, significant) if metric.digits is None else fixed(of, metric.digits)


def bounds(score: Score, metric: Metric) -> str:
    """The interval of a score."""
    between = " to " if score.low < 0 else " – "
    return between.join(value(end, metric, 3) for end in (score.low, score.high))


def interval(score: Score, metric: Metric) -> str:
    """A score with its interval."""
    low, high = (value(end, metric, 3) for end in (score.low, score.high))
    return f"{value(score.value, metric)} [{low}, {high}]"


def heading(metric: Metric) -> str:
    """What is written above a column of a metric."""
    return f"{metric.label}, {metric.unit}" if metric.unit else metric.label


def signed(value: float, significant: int = 3) -> str:
    """A difference: its sign and so many significant digits."""
    return f"+{number(value, significant)}" if value >= 0 else number(value, significant)


def times(ratio: float) -> str:
    """A multiple, with two digits after the point where they say something."""
    if ratio < 0.1:
        return number(ratio, 2)
    return f"{ratio:.2f}" if ratio < 99.5 else f"{ratio:,.0f}" if math.isfinite(ratio) else NONE


def rounded_times(ratio: float) -> str:
    """A multiple in a sentence: two digits, and a power of ten where it is very large."""
    if ratio == math.inf:
        return "∞"
    if ratio < 10:
        return f"{ratio:.2f}" if ratio < 2 else f"{ratio:.1f}"
    rounded = float(f"{ratio:.2g}")
    return f"{rounded:,.0f}" if rounded < 1e7 else power(ratio)


def power(value: float) -> str:
    """One digit and a power of ten."""
    digit, _, exponent = f"{value:.0e}".partition("e")
    return f"{digit}·10{str(int(exponent)).translate(RAISED)}"


def tick(value: float, small: float = 1e-4) -> str:
    """A number on an axis; what is below `small`, as a power of ten."""
    return f"{value:,.10g}" if not 0 < value < small else power(value).removeprefix("1·")


def microseconds(value: float) -> str:
    """In a column of microseconds: three digits or all whole ones; a dash where nothing was measured."""
    if math.isnan(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def duration(microseconds: float) -> str:
    """In a unit that leaves a number to read, two digits or the whole units."""
    value, unit = microseconds, "µs"
    for larger in ("ms", "s"):
        if value >= 1000:
            value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"
