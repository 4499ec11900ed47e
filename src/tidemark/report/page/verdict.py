"""Whether networks or classical methods are ahead, by how much and where, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tidemark.evaluation.comparison import Comparison, Predictor, Score
from tidemark.evaluation.origin import LEARNED
from tidemark.report.figures.numbers import duration, rounded_times
from tidemark.report.figures.view import View
from tidemark.report.page.section import Section
from tidemark.report.page.speeds import Speed

WORDS = {"network": "networks", "classical": "classical methods"}
NOTHING = 5e-4
"""A smaller loss of score by smoothing is none that a reader sees."""


@dataclass(frozen=True)
class Verdict:
    """The best network against the best classical method on the same signals."""

    first: Predictor
    second: Predictor
    """The better one and the other one."""
    scores: tuple[Score, Score]
    """Theirs, in that order."""
    ahead: int
    """How many of the better one's side are ahead of all of the other side."""
    higher: bool
    """Whether higher scores are better."""

    @property
    def tie(self) -> bool:
        """Whether their intervals overlap, so that neither is ahead."""
        first, second = self.scores
        return first.low <= second.high if self.higher else first.high >= second.low

    @property
    def times(self) -> float:
        """How many times smaller the better one's error is; infinite where it has none."""
        first, second = (score.value for score in self.scores)
        return second / first if first > 0 else math.inf

    @property
    def margin(self) -> str:
        """By how much, in a few signs: how many times smaller an error is, how much higher a score."""
        if self.higher:
            return f"+{self.scores[0].value - self.scores[1].value:.2g}"
        return f"{rounded_times(self.times)} ×"

    @property
    def side(self) -> str:
        """Who is ahead."""
        return "neither side is" if self.tie else f"{WORDS[self.first.side]} are"


def verdict(comparison: Comparison, test: str = "test") -> Verdict | None:
    """Who is ahead among networks and classical methods on a test set; none if either is missing."""
    headline, higher = comparison.headline, _higher(comparison)
    known = [
        (each, each.score(headline, test)) for each in comparison.predictors
        if each.side and math.isfinite(each.score(headline, test).value)
    ]  # fmt: skip
    if {each.side for each, _ in known} != set(WORDS):
        return None
    ranked = sorted(known, key=lambda pair: pair[1].value, reverse=higher)
    leaders = list(next(iter(groupby(ranked, key=lambda pair: pair[0].side)))[1])
    (first, own), (second, other) = leaders[0], ranked[len(leaders)]
    return Verdict(first, second, (own, other), len(leaders), higher)


def sentences(comparison: Comparison, section: Section, speeds: Mapping[str, Speed]) -> list[str]:
    """All there is to say of one dataset: on its own signals, by level of a sweep, elsewhere, in time.

    Where a task smooths over time, what that is worth. `speeds` are by predictor.
    """
    view, sets = section.view, section.test_sets
    levels = {
        sweep.name: {
            test: sets[test][sweep.key] for test in comparison.tests if sweep.key in sets.get(test, {})
        }
        for sweep in view.sweeps
    }
    others = [
        test
        for test in comparison.tests
        if test != "test" and not any(test in each for each in levels.values())
    ]
    result = [
        headline(comparison, view),
        smoothing(comparison, view),
        *(by_level(comparison, name, each) for name, each in levels.items()),
        elsewhere(comparison, others),
        speed(comparison, speeds, view.answer),
        covered(comparison),
    ]
    return [sentence for sentence in result if sentence]


def headline(comparison: Comparison, view: View) -> str:
    """Who is ahead on a dataset's own signals; where nobody is to compare, how far the best one is.

    Of a classical method it says whether it was learned on many signals, as networks are, or fitted to each.
    """
    result = verdict(comparison)
    metric, higher = view.metric(comparison.headline).label, _higher(comparison)
    if result is None:
        best = next(iter(comparison.of_side("network")), None)
        if best is None:
            return "No network is trained on this dataset."
        own = _number(best.score(comparison.headline).value, higher)
        return f"The best network, {best.label}, has {metric} {own}."
    first, own, other = result.first, *(_number(score.value, higher) for score in result.scores)
    second = f"{result.second.label} ({other}{_way(result.second)})"
    if result.tie:
        return (
            f"Neither networks nor classical methods are ahead: the 95 % intervals of {first.label} "
            f"({metric} {own}{_way(first)}) and {second} overlap."
        )
    margin = f", {rounded_times(result.times)} times smaller than" if result.times < math.inf else ", below"
    if higher:
        margin = f", {result.scores[0].value - result.scores[1].value:.2g} above"
    if first.is_network:
        return (
            f"A network, {first.label}, beats every classical method: its {metric} is {own}{margin} that of "
            f"the best of them, {second}."
        )
    more = (
        f" So do {result.ahead - 1} more." if result.ahead > 2 else " So does one more." * (result.ahead == 2)
    )
    return (
        f"A classical method, {first.label}{_way(first)}, beats every network: its {metric} is {own}{margin} "
        f"that of the best of them, {second}.{more}"
    )


def _way(each: Predictor) -> str:
    """Of a classical method, how it comes by its answers; empty for a network, which is learned on many."""
    if each.is_network:
        return ""
    return f", {LEARNED if each.origin.way == LEARNED else 'fitted to each signal'}"


def smoothing(comparison: Comparison, view: View) -> str:
    """What smoothing over time is worth to the best network and classical method, and whom it hurts.

    Empty where nothing is smoothed.
    """

    def values(each: Predictor) -> tuple[float, float]:
        return each.score(comparison.headline).value, each.score(view.smoothed).value

    def gain(each: Predictor) -> float:
        own, smoothed = values(each)
        return smoothed - own

    known = [
        each for each in comparison.predictors if each.side and view.smoothed and math.isfinite(gain(each))
    ]
    if not known:
        return ""
    label, higher = view.metric(comparison.headline).label, _higher(comparison)
    best = [each for side in WORDS for each in [each for each in known if each.side == side][:1]]
    parts = []
    for each in best:
        own, smoothed = (_number(value, higher) for value in values(each))
        parts.append(f"{_signed(gain(each))} of {label} to {each.label} ({own} → {smoothed})")
    hurt = [f"{each.label} ({_signed(gain(each))})" for each in known if gain(each) < -NOTHING]
    every = "; it hurts no predictor" if len(known) > 1 else ""
    tail = f"; it hurts {listed(hurt)}" if hurt else every
    top = max(known, key=lambda each: values(each)[1])
    other = f" With it {top.label} is best ({_number(values(top)[1], higher)})."
    return f"Smoothing over time is worth {listed(parts)}{tail}.{'' if top is known[0] else other}"


def by_level(comparison: Comparison, few: str, levels: Mapping[str, float]) -> str:
    """At which of some levels which side is ahead; `levels` by test set, `few` names what they are.

    Empty with fewer than two of them.
    """
    sides: dict[str, list[tuple[str, Verdict]]] = {}
    for test in sorted(levels, key=levels.__getitem__):
        result = verdict(comparison, test)
        if result is not None:
            sides.setdefault(result.side, []).append((f"{levels[test]:g}", result))
    if sum(map(len, sides.values())) < 2:
        return ""
    parts = [f"{side} ahead at {_places(result)}" for side, result in sides.items()]
    return f"By {few}, {'; '.join(parts)}."


def _places(result: Sequence[tuple[str, Verdict]]) -> str:
    """Levels with who is ahead there and how many times; said once where it is the same predictor."""
    if all(each.tie for _, each in result):
        return listed([level for level, _ in result])
    leaders = {each.first.label for _, each in result}
    if len(leaders) > 1 or len(result) == 1 or result[0][1].higher:
        return listed([f"{level} ({each.first.label}, {each.margin})" for level, each in result])
    ratios = [each.times for _, each in result]
    low, high = rounded_times(min(ratios)), rounded_times(max(ratios))
    span = low if low == high else f"{low} to {high}"
    return f"{listed([level for level, _ in result])} ({leaders.pop()}, {span} ×)"


def elsewhere(comparison: Comparison, tests: Sequence[str]) -> str:
    """Which side is ahead on test sets that differ by something else; empty if there are none."""
    parts = []
    for test in tests:
        result = verdict(comparison, test)
        if result is not None:
            by = "" if result.tie else f" ({result.first.label}, {result.margin})"
            parts.append(f"on the test set {test} {result.side} ahead{by}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def speed(comparison: Comparison, speeds: Mapping[str, Speed], answer: str) -> str:
    """How long the best network takes beside the best classical method; empty where it was not measured.

    `answer` is what they take it for, as in `a forecast`: alone, where that was measured, and one of many.
    """
    result = verdict(comparison)
    if result is None:
        return ""
    classical, network = sorted((result.first, result.second), key=lambda each: each.side)
    if not all(each.name in speeds for each in (network, classical)):
        return ""
    own, other, than = speeds[network.name], speeds[classical.name], f" than {classical.label}"
    if not math.isnan(own.alone + other.alone):
        alone = _beside(own.alone, other.alone, than)
        parts = f"alone takes {network.label} {alone}", _beside(own.batched, other.batched)
        return f"On one processor core {answer} {'; one of many at once, '.join(parts)}."
    batched = _beside(own.batched, other.batched, than)
    return f"On one processor core {answer}, one of many at once, takes {network.label} {batched}."


def _beside(own: float, other: float, than: str = "") -> str:
    """A duration, and how many times less or more than another it is; both in microseconds, above zero."""
    less, ratio = ("less", other / own) if other >= own else ("more", own / other)
    return f"{duration(own)}, {rounded_times(ratio)} times {less}{than} ({duration(other)})"


def covered(comparison: Comparison) -> str:
    """What the models' intervals cover; empty where there is no model."""
    models = comparison.of_kind("model")
    once = [each.label for each in models if each.seeds == 1]
    if not models:
        return ""
    if len(once) == len(models):
        return "Intervals cover test items, not seeds: each model was trained once."
    trainings = max(each.seeds for each in models)
    but = f", but for {listed(once)}, trained once" if once else ""
    return f"Intervals cover test items and, of trained models, seeds ({trainings} trainings{but})."


def _higher(comparison: Comparison) -> bool:
    return comparison.better[comparison.headline] == "higher"


def listed(places: Sequence[str]) -> str:
    """Words in a row, `a, b and c`."""
    return f"{', '.join(places[:-1])} and {places[-1]}" if len(places) > 1 else places[0]


def _number(value: float, higher: bool) -> str:
    """Three significant digits, or of a score of at most 1 three digits after the point."""
    return f"{value:.3f}".replace("-", "−") if higher else f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.2g}".replace("-", "−")
