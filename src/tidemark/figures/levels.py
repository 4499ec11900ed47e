"""Error against a number that test sets differ in: how a predictor bears what it was not trained with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from tidemark.core.store import Array
from tidemark.figures.published import METRIC
from tidemark.figures.reach import FAR
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import (
    DASHES,
    MUTED,
    RULE,
    Colours,
    gathered,
    label_margin,
    label_right,
    logarithmic,
    positive_range,
    sized,
    styled,
)
from tidemark.figures.views import View

IN_COLOUR = 4
"""Models in a colour of their own, the best ones."""
TRAINED_ON = "test"
"""The test set whose law is that of the training signals."""


@dataclass(frozen=True)
class Sweep:
    """A number of the law that test sets may differ in."""

    of: Callable[[SetScore], float]
    """That number; NaN for a set that differs by more."""
    label: str
    """Of its axis."""


NOISE = Sweep(lambda row: row.noise_std, "standard deviation of the noise")
COMPONENTS = Sweep(lambda row: row.components, "components of the signal")

Line = tuple[SetScore, Array, Array]


def lines(scores: Sequence[SetScore], sweep: Sweep) -> list[Line]:
    """One predictor each, best first: who it is, levels and MSE there, both (levels,).

    Test sets that differ by more than this number are left out, and predictors with one level only.
    Best is the smallest mean of the MSE's logarithm.
    """
    found: dict[str, dict[float, SetScore]] = {}
    for row in scores:
        if row.metric == METRIC and sweep.of(row) >= 0 and row.score.value > 0:
            found.setdefault(row.predictor, {})[sweep.of(row)] = row
    drawn = []
    for by_level in found.values():
        levels = np.array(sorted(by_level))
        values = np.array([by_level[level].score.value for level in sorted(by_level)])
        if len(levels) > 1:
            drawn.append((by_level[float(levels[0])], levels, values))
    return sorted(drawn, key=lambda line: (-len(line[1]), float(np.log(line[2]).mean())))


def figure(
    scores: Sequence[SetScore],
    sweep: Sweep,
    colours: Colours,
    view: View,
    trained: tuple[float, float] | None = None,
) -> Figure | None:
    """MSE against the level, both logarithmic; baselines dashed, limits in ink.

    `scores` are one dataset's. What the models were trained with is marked: the level of the set `test`,
    or the range `trained`. A level of zero has a place at the left end. Lines that go far below all
    models leave the axes. None if no predictor was scored at two levels.
    """
    drawn = lines(scores, sweep)
    span = _span(drawn, view)
    if span is None:
        return None
    models = [row.label for row, _, _ in drawn if row.kind == "model"]
    colours = colours.only(models[:IN_COLOUR])
    levels = np.unique(np.concatenate([levels for _, levels, _ in drawn]))
    places = _places(levels)
    outside = any(not span[0] <= values[-1] <= span[1] for _, _, values in drawn)
    margin = label_margin(("↓ " if outside else "") + row.label for row, _, _ in drawn)
    with styled():
        result, [[axes]] = sized(4.9, 4.0, (0.78, margin, 0.45, 0.26))
        axes.set_xlim(float(places[0]) / 1.08, float(places[-1]) * 1.03)
        axes.set_ylim(span)
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        axes.set_xticks(places, [f"{level:g}" for level in levels])
        if len(places) and places[0] != levels[0]:  # a scale that a zero is put beside has no ticks between
            axes.xaxis.set_minor_locator(NullLocator())
        own = _level(scores, sweep)
        _training(axes, float(places[0]) if own == 0 else own, trained)
        labels, references = [], 0
        for row, levels_of, values in reversed(drawn):
            colour, at = colours.of(row.label, row.kind), places[np.searchsorted(levels, levels_of)]
            best = row.label in models[:IN_COLOUR]
            if row.kind == "baseline":
                axes.plot(at, values, color=colour, linewidth=1.0, zorder=2,
                          linestyle=DASHES[references % len(DASHES)])  # fmt: skip
                references += 1
            elif row.kind == "limit":
                axes.plot(at, values, color=colour, linewidth=1.4, zorder=4)
            else:
                axes.plot(at, values, color=colour, linewidth=1.9 if best else 1.0,
                          zorder=5 if best else 1, marker="o", markersize=4 if best else 2.5)  # fmt: skip
            arrow = "↓ " if values[-1] < span[0] else "↑ " if values[-1] > span[1] else ""
            labels.append((float(values[-1]), arrow + row.label, colour))
        axes.grid(axis="y")
        axes.set_xlabel(sweep.label)
        axes.set_ylabel("MSE")
        label_right(axes, gathered(labels))
        return result


def marks(
    scores: Sequence[SetScore],
    sweep: Sweep,
    view: View,
    what: str,
    trained: tuple[float, float] | None = None,
) -> str:
    """Sentences on what is marked in the figure, which is `what`, and on what leaves it."""
    drawn = lines(scores, sweep)
    span = _span(drawn, view)
    text = f" The dotted line marks {what}." if _level(scores, sweep) >= 0 else ""
    if trained is not None and not text:
        text = f" The shaded area marks {what}."
    values = [value for _, _, found in drawn for value in found]
    if span and (min(values) < span[0] or max(values) > span[1]):
        text += f" Lines that leave the figure are {FAR:,.0f} times below the best model, or above the worst."
    return text


def _level(scores: Sequence[SetScore], sweep: Sweep) -> float:
    """The level that the models were trained with; NaN if that is not one number."""
    return next((sweep.of(row) for row in scores if row.test == TRAINED_ON), np.nan)


def _span(drawn: Sequence[Line], view: View) -> tuple[float, float] | None:
    """Ends of the axis of errors: all but what is as good as zero, or far from the models'."""
    values = [float(value) for _, _, found in drawn for value in found]
    models = [float(value) for row, _, found in drawn if row.kind == "model" for value in found]
    if models:
        values = [value for value in values if min(models) / FAR <= value <= max(models) * FAR]
    return positive_range(values, negligible=view.negligible)


def _places(levels: Array) -> Array:
    """Where levels are drawn: at themselves, but zero left of the others."""
    positive = levels[levels > 0]
    if len(positive) == len(levels):
        return levels
    step = float(positive[1] / positive[0]) if len(positive) > 1 else 2.0
    return np.where(levels > 0, levels, float(positive[0]) / step)


def _training(axes: Axes, level: float, span: tuple[float, float] | None) -> None:
    """Mark what the models were trained with."""
    if level > 0:
        axes.axvline(level, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    elif span is not None:
        low, high = (min(max(end, axes.get_xlim()[0]), axes.get_xlim()[1]) for end in span)
        axes.axvspan(low, high, color=RULE, alpha=0.6, linewidth=0, zorder=0)
        level = float(np.sqrt(low * high))
    else:
        return
    axes.text(level, 1.01, "training", transform=axes.get_xaxis_transform(), ha="center", va="bottom",
              fontsize=8, color=MUTED)  # fmt: skip
