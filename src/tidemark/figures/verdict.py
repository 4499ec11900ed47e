"""Whether networks or classical methods are ahead, by how much and where, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from tidemark.figures.set_scores import SetScore
from tidemark.figures.speeds import duration
from tidemark.figures.tables import Row, Score
from tidemark.figures.views import View

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
WORDS = {"model": "networks", "baseline": "classical methods"}
NOTHING = 5e-4
"""A smaller loss of score by smoothing is none that a reader sees."""


class Scored(Protocol):
    """Whoever has a score."""

    @property
    def predictor(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def score(self) -> Score: ...  # noqa: D102


@dataclass(frozen=True)
class Verdict:
    """The best network against the best classical method on the same signals."""

    first: Scored
    second: Scored
    """The better one and the other one."""
    ahead: int
    """How many of the better one's kind are ahead of all of the other kind."""
    better: str = "lower"
    """Which scores are: `lower` or `higher`."""

    @property
    def level(self) -> bool:
        """Whether their intervals overlap, so that neither is ahead."""
        first, second = self.first.score, self.second.score
        return first.high >= second.low if self.better == "lower" else first.low <= second.high

    @property
    def times(self) -> float:
        """How many times smaller the better one's error is; infinite where it has none."""
        best = self.first.score.value
        return self.second.score.value / best if best > 0 else math.inf

    @property
    def margin(self) -> str:
        """By how much, in a few signs: how many times smaller an error is, how much higher a score."""
        if self.better == "lower":
            return f"{_times(self.times)} ×"
        return f"+{self.first.score.value - self.second.score.value:.2g}"


def verdict(rows: Iterable[Scored], better: str = "lower") -> Verdict | None:
    """Who is ahead among the networks and baselines of one test set; none if either is missing."""
    finite = [row for row in rows if math.isfinite(row.score.value) and row.kind in WORDS]
    ranked = sorted(finite, key=lambda row: row.score.value, reverse=better == "higher")
    if {row.kind for row in ranked} != set(WORDS):
        return None
    best = next(iter(groupby(ranked, key=lambda row: row.kind)))[1]
    leaders = list(best)
    return Verdict(leaders[0], ranked[len(leaders)], len(leaders), better)


def sentences(
    rows: Sequence[Row], scores: Sequence[SetScore], view: View, speeds: Mapping[str, float] | None = None
) -> list[str]:
    """All there is to say of one dataset: on its own signals, by noise, by components, elsewhere, in time.

    Where a task smooths over time, what that is worth. `speeds` are microseconds an answer, by predictor.
    """
    scores = [row for row in scores if row.metric == view.headline.name]
    noise = {row.test: row.noise_std for row in scores if row.noise_std >= 0}
    components = {row.test: row.components for row in scores if row.components >= 0}
    others = dict.fromkeys(row.test for row in scores if row.test not in {"test", *noise, *components})
    found = [
        headline(rows, view.headline.label, view.better),
        smoothing(rows, view),
        by_level(scores, "noise level", noise, view.better),
        by_level(scores, "number of components", components, view.better),
        elsewhere(scores, list(others), view.better),
        speed(rows, speeds or {}, view.answer, view.better),
    ]
    return [sentence for sentence in found if sentence]


def headline(rows: Sequence[Row], metric: str, better: str = "lower") -> str:
    """Who is ahead on a dataset, by its leaderboard; empty where there is nobody to compare."""
    found = verdict(rows, better)
    if found is None:
        return ""
    first, second = found.first, found.second
    own, other = (_number(each.score.value, better) for each in (first, second))
    if found.level:
        return (
            f"Neither networks nor classical methods are ahead: {first.label} ({metric} {own}) and "
            f"{second.label} ({other}) lie within each other's 95 % interval."
        )
    margin = f", {_times(found.times)} times smaller than" if found.times < math.inf else ", below"
    if better == "higher":
        margin = f", {first.score.value - second.score.value:.2g} above"
    if first.kind == "model":
        return (
            f"A network, {first.label}, beats every classical method: its {metric} is {own}{margin} that of "
            f"the best of them, {second.label} ({other})."
        )
    others = (
        f" So do {found.ahead - 1} more." if found.ahead > 2 else " So does one more." * (found.ahead == 2)
    )
    return (
        f"A classical method, {first.label}, beats every network: its {metric} is {own}{margin} that of the "
        f"best of them, {second.label} ({other}).{others}"
    )


def smoothing(rows: Sequence[Row], view: View) -> str:
    """What smoothing over time is worth to the best network and baseline, and whom it hurts.

    Empty where nothing is smoothed.
    """
    if not view.smoothed:
        return ""
    known = [
        row for row in rows
        if row.kind in WORDS and math.isfinite(row.score.value + row.scores[view.smoothed].value)
    ]  # fmt: skip
    if not known:
        return ""
    label = view.headline.label
    best = [row for kind in WORDS for row in [row for row in known if row.kind == kind][:1]]
    parts = [
        f"{_signed(_gain(row, view))} of {label} to {row.label} "
        f"({_number(row.score.value, view.better)} → {_number(row.scores[view.smoothed].value, view.better)})"
        for row in best
    ]
    hurt = [f"{row.label} ({_signed(_gain(row, view))})" for row in known if _gain(row, view) < -NOTHING]
    every = "; it hurts no predictor" if len(known) > 1 else ""
    tail = f"; it hurts {_listed(hurt)}" if hurt else every
    top = max(known, key=lambda row: row.scores[view.smoothed].value)
    other = f" With it {top.label} is best ({_number(top.scores[view.smoothed].value, view.better)})."
    return f"Smoothing over time is worth {_listed(parts)}{tail}.{'' if top is known[0] else other}"


def _gain(row: Row, view: View) -> float:
    return row.scores[view.smoothed].value - row.score.value


def by_level(scores: Sequence[SetScore], few: str, levels: dict[str, float], better: str = "lower") -> str:
    """At which of some levels which side is ahead; `levels` by test set, `few` names what they are.

    Empty with fewer than two of them. `scores` are one dataset's.
    """
    sides: dict[str, list[tuple[str, Verdict]]] = {}
    for test in sorted(levels, key=levels.__getitem__):
        found = verdict(_on(scores, test), better)
        if found is not None:
            side = "neither side is" if found.level else f"{WORDS[found.first.kind]} are"
            sides.setdefault(side, []).append((f"{levels[test]:g}", found))
    if sum(map(len, sides.values())) < 2:
        return ""
    parts = [f"{side} ahead at {_places(found)}" for side, found in sides.items()]
    return f"By {few}, {'; '.join(parts)}."


def _places(found: Sequence[tuple[str, Verdict]]) -> str:
    """Levels with who is ahead there and how many times; said once where it is the same predictor."""
    if all(each.level for _, each in found):
        return _listed([level for level, _ in found])
    leaders = {each.first.label for _, each in found}
    if len(leaders) > 1 or len(found) == 1 or found[0][1].better == "higher":
        return _listed([f"{level} ({each.first.label}, {each.margin})" for level, each in found])
    ratios = [each.times for _, each in found]
    low, high = _times(min(ratios)), _times(max(ratios))
    span = low if low == high else f"{low} to {high}"
    return f"{_listed([level for level, _ in found])} ({leaders.pop()}, {span} ×)"


def elsewhere(scores: Sequence[SetScore], tests: Sequence[str], better: str = "lower") -> str:
    """Which side is ahead on test sets that differ by something else; empty if there are none."""
    parts = []
    for test in tests:
        found = verdict(_on(scores, test), better)
        if found is not None:
            side = "neither side is" if found.level else f"{WORDS[found.first.kind]} are"
            by = "" if found.level else f" ({found.first.label}, {found.margin})"
            parts.append(f"on the test set {test} {side} ahead{by}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def speed(rows: Sequence[Row], speeds: Mapping[str, float], answer: str, better: str = "lower") -> str:
    """How long the best network takes beside the best classical method; empty where it was not measured.

    `answer` is what they take it for, as in `a forecast`.
    """
    found = verdict(rows, better)
    if found is None:
        return ""
    classical, network = sorted((found.first, found.second), key=lambda row: row.kind)  # baseline, model
    if not all(speeds.get(row.predictor, 0) > 0 for row in (network, classical)):
        return ""
    ratio = speeds[classical.predictor] / speeds[network.predictor]
    faster, more = ("less", ratio) if ratio >= 1 else ("more", 1 / ratio)
    return (
        f"On one processor core {answer} takes {network.label} {duration(speeds[network.predictor])}, "
        f"{_times(more)} times {faster} than {classical.label} ({duration(speeds[classical.predictor])})."
    )


def _on(scores: Iterable[SetScore], test: str) -> list[SetScore]:
    return [row for row in scores if row.test == test]


def _listed(places: Sequence[str]) -> str:
    return f"{', '.join(places[:-1])} and {places[-1]}" if len(places) > 1 else places[0]


def _number(value: float, better: str = "lower") -> str:
    """Three significant digits, or of a score of at most 1 three digits after the point."""
    return f"{value:.3g}" if better == "lower" else f"{value:.3f}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.2g}".replace("-", "−")


def _times(ratio: float) -> str:
    if ratio == math.inf:
        return "∞"
    if ratio < 10:
        return f"{ratio:.2f}" if ratio < 2 else f"{ratio:.1f}"
    rounded = float(f"{ratio:.2g}")
    if rounded < 1e7:
        return f"{rounded:,.0f}"
    digit, _, power = f"{ratio:.0e}".partition("e+")
    return f"{digit}·10{str(int(power)).translate(RAISED)}"
