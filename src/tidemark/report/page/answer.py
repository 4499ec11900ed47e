"""Which method to use on a dataset, how sure that is, what it costs and what a simpler one loses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from tidemark.evaluation.comparison import Comparison, Predictor
from tidemark.evaluation.origin import LEARNED
from tidemark.report.figures import numbers
from tidemark.report.figures.numbers import duration, rounded_times
from tidemark.report.page.section import Section
from tidemark.report.page.speeds import Speed
from tidemark.report.page.verdict import listed

SIMPLE = ("fitted to each signal, with nothing to train", "learned on many signals without a network", "")
"""What is said of a method by `_complexity`."""
FEWEST = {"windows": 30, "participants": 5}
"""With fewer test windows, or participants, scores tell methods apart badly."""


def sentences(
    comparison: Comparison,
    section: Section,
    speeds: Mapping[str, Speed],
    cpu_seconds: Callable[[Predictor], float],
) -> list[str]:
    """What to use, what is level with it, its cost, what a simpler one loses, and whether tests are too few.

    `cpu_seconds` says what a model's training took, NaN where nobody measured it. Empty where no method of a
    user's own is scored.
    """
    usable = [each for each in comparison.predictors if each.side and _value(comparison, each) is not None]
    if not usable:
        return []
    best, others = usable[0], usable[1:]
    level = [each for each in others if _overlap(comparison, best, each)]
    found = [
        _choice(comparison, section, best),
        _ties(best, level),
        _cost(best, speeds, section.view.answer, cpu_seconds(best)),
        _loss(comparison, best, [each for each in others if each not in level]),
        _few(section),
    ]
    return [sentence for sentence in found if sentence]


def _value(comparison: Comparison, each: Predictor) -> float | None:
    value = each.score(comparison.headline).value
    return value if math.isfinite(value) else None


def _overlap(comparison: Comparison, one: Predictor, other: Predictor) -> bool:
    first, second = one.score(comparison.headline), other.score(comparison.headline)
    return first.low <= second.high and second.low <= first.high


def _complexity(each: Predictor) -> int:
    """0 for what is fitted to each signal, 1 for what is learned on many, 2 for a network."""
    return 2 if each.is_network else int(each.origin.way == LEARNED)


def _choice(comparison: Comparison, section: Section, best: Predictor) -> str:
    metric = section.view.metric(comparison.headline)
    shown = numbers.interval(best.score(comparison.headline), metric)
    counts = [
        f"{count:,} test {_counted(what, count)}" for what in FEWEST if (count := section.tested.get(what))
    ]
    on = f" on {' of '.join(counts)}" if counts else ""
    return f"Which to use: {best.label} scores best, {metric.label} {shown}{on}."


def _ties(best: Predictor, level: Sequence[Predictor]) -> str:
    if not level:
        return "No other method is level with it."
    simplest = min(level, key=_complexity)
    text = f"Level with it, their 95 % intervals overlapping: {listed([each.label for each in level])}."
    if _complexity(simplest) >= _complexity(best):
        return text
    which = "the simplest of these" if len(level) > 1 else "the simpler of the two"
    return f"{text[:-1]}; {which} is {simplest.label}, {SIMPLE[_complexity(simplest)]}."


def _cost(best: Predictor, speeds: Mapping[str, Speed], answer: str, trained: float) -> str:
    parts = [f"has {best.parameters:,} parameters"] if best.parameters else []
    if math.isfinite(trained):
        parts.append(f"was trained in {duration(trained * 1e6)} of one processor core")
    if (speed := speeds.get(best.name)) is not None:
        taken = speed.batched if math.isnan(speed.alone) else speed.alone
        parts.append(f"takes {duration(taken)} for {answer}")
    return f"{best.label} {listed(parts)}." if parts else ""


def _loss(comparison: Comparison, best: Predictor, behind: Sequence[Predictor]) -> str:
    """What the best of the simpler methods that are not level with the best one loses."""
    simpler = next((each for each in behind if _complexity(each) < _complexity(best)), None)
    if simpler is None:
        return ""
    own, other = (each.score(comparison.headline).value for each in (best, simpler))
    if comparison.better[comparison.headline] == "higher":
        lost = f"scores {own - other:.2g} less"
    elif own > 0:
        lost = f"has {rounded_times(other / own)} times its error"
    else:
        return ""
    return f"The best simpler method that is behind, {simpler.label}, {lost}."


def _few(section: Section) -> str:
    """A warning where there is little to test on."""
    low = [what for what, fewest in FEWEST.items() if 0 < section.tested.get(what, 0) < fewest]
    if not low:
        return ""
    parts = [f"{section.tested[what]:,} test {_counted(what, section.tested[what])}" for what in low]
    least = [f"{FEWEST[what]} {what}" for what in low]
    return f"Too few to be sure: {listed(parts)}; with fewer than {listed(least)} take ranks for a hint."


def _counted(what: str, count: int) -> str:
    return what if count != 1 else what.removesuffix("s")
