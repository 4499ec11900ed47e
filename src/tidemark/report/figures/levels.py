"""Error against a number that test sets differ in: how a predictor bears what it was not trained with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from tidemark.core.store import Array
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import MUTED, RULE
from tidemark.report.figures.labels import gathered, label_margin, label_right
from tidemark.report.figures.outlying import FAR
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.style import DASHES, logarithmic, positive_range, sized
from tidemark.report.figures.view import Sweep

IN_COLOUR = 4
"""Models in a colour of their own, the best ones."""


@dataclass(frozen=True)
class Line:
    """A predictor's errors at several levels; arrays (levels,), levels ascending."""

    predictor: Predictor
    level: Array
    error: Array


@dataclass(frozen=True)
class Levels:
    """All lines of one sweep, and what the models were trained with."""

    sweep: Sweep
    lines: Sequence[Line]
    """Those at most levels first, then the smallest mean of the error's logarithm."""
    level: float | None
    """The level of the training signals, if that is one number …"""
    span: tuple[float, float] | None
    """… and its ends, if it is a range."""
    negligible: float
    """Share of the largest error below which one is rounding."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """Of the axis of errors: all but what is far from the models'."""
        errors = [float(error) for line in self.lines for error in line.error]
        models = [float(v) for line in self.lines if line.predictor.kind == "model" for v in line.error]
        if models:
            errors = [error for error in errors if min(models) / FAR <= error <= max(models) * FAR]
        return positive_range(errors, negligible=self.negligible)

    @property
    def marks(self) -> str:
        """Sentences on what is marked in the figure, and on what leaves it."""
        text = "" if self.level is None else f" The dotted line marks {self.sweep.trained}."
        if self.span is not None and not text:
            text = f" The shaded area marks {self.sweep.trained}."
        errors = [error for line in self.lines for error in line.error]
        if self.ends and (min(errors) < self.ends[0] or max(errors) > self.ends[1]):
            text += (
                f" Lines that leave the figure are {FAR:,.0f} times below the best model, or above the worst."
            )
        return text


def read(results: Results, sweep: Sweep) -> Levels:
    """Errors of all predictors that were scored at more than one level.

    Test sets that differ by more than this number are left out, and so are zero errors.
    """
    levels = {
        test: level
        for test in results.comparison.tests
        for level in [results.law_number(sweep.key, test)] if level is not None and level >= 0
    }  # fmt: skip
    lines = []
    for each in results.predictors:
        errors = {level: each.score(results.view.by_set, test).value for test, level in levels.items()}
        points = sorted((level, error) for level, error in errors.items() if error > 0)
        if len(points) > 1:
            lines.append(Line(each, *np.array(points).T))
    lines.sort(key=lambda line: (-len(line.level), float(np.log(line.error).mean())))
    trained = results.info.law.get(sweep.key)
    both = (float(trained[0]), float(trained[1])) if isinstance(trained, list) and len(trained) == 2 else None
    return Levels(sweep, lines, levels.get(TEST), both, results.view.negligible)


def draw(results: Results) -> Iterator[Picture]:
    """A picture for each number that several test sets differ in."""
    for sweep in results.view.sweeps:
        result = read(results, sweep)
        if (drawn := figure(results, result)) is not None:
            label = results.view.metric(results.view.by_set).label
            yield Picture(
                sweep.key.replace("_", "-"),
                drawn,
                f"Error by {sweep.name}",
                f"{label} against the {sweep.label}; coloured lines are the best models, those without dots "
                f"limits, dashed ones baselines and oracles.{result.marks}",
            )


def figure(results: Results, swept: Levels) -> Figure | None:
    """Error against the level, both logarithmic; baselines and oracles dashed, limits in ink.

    What the models were trained with is marked. A level of zero has a place at the left end. Lines that go
    far below all models leave the axes. None if no predictor was scored at two levels.
    """
    lines, span = swept.lines, swept.ends
    if span is None:
        return None
    best = [line.predictor for line in lines if line.predictor.kind == "model"][:IN_COLOUR]
    colours = results.colours.only(best)
    levels = np.unique(np.concatenate([line.level for line in lines]))
    places = _places(levels)
    outside = any(not span[0] <= line.error[-1] <= span[1] for line in lines)
    margin = label_margin(("↓ " if outside else "") + line.predictor.label for line in lines)
    result, [[axes]] = sized(4.9, 4.0, (0.78, margin, 0.45, 0.26))
    axes.set_xlim(float(places[0]) / 1.08, float(places[-1]) * 1.03)
    axes.set_ylim(span)
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.set_xticks(places, [f"{level:g}" for level in levels])
    if places[0] != levels[0]:  # a scale that a zero is put beside has no ticks between
        axes.xaxis.set_minor_locator(NullLocator())
    _training(axes, float(places[0]) if swept.level == 0 else swept.level, swept.span)
    labels, references = [], 0
    for line in reversed(lines):
        each, at = line.predictor, places[np.searchsorted(levels, line.level)]
        colour, strong = colours.of(each), each in best
        if each.kind in ("baseline", "oracle"):
            dash = DASHES[references % len(DASHES)]
            axes.plot(at, line.error, color=colour, linewidth=1.0, zorder=2, linestyle=dash)
            references += 1
        elif each.kind == "limit":
            axes.plot(at, line.error, color=colour, linewidth=1.4, zorder=4)
        else:
            axes.plot(at, line.error, color=colour, linewidth=1.9 if strong else 1.0, marker="o",
                      markersize=4 if strong else 2.5, zorder=5 if strong else 1)  # fmt: skip
        last = float(line.error[-1])
        arrow = "↓ " if last < span[0] else "↑ " if last > span[1] else ""
        labels.append((last, arrow + each.label, colour))
    axes.grid(axis="y")
    axes.set_xlabel(swept.sweep.label)
    axes.set_ylabel(results.view.metric(results.view.by_set).label)
    label_right(axes, gathered(labels))
    return result


def _places(levels: Array) -> Array:
    """Where levels are drawn: at themselves, but zero left of the others."""
    positive = levels[levels > 0]
    if len(positive) == len(levels):
        return levels
    step = float(positive[1] / positive[0]) if len(positive) > 1 else 2.0
    return np.where(levels > 0, levels, float(positive[0]) / step)


def _training(axes: Axes, level: float | None, span: tuple[float, float] | None) -> None:
    """Mark what the models were trained with."""
    if level is not None:
        axes.axvline(level, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    elif span is not None:
        low, high = (min(max(end, axes.get_xlim()[0]), axes.get_xlim()[1]) for end in span)
        axes.axvspan(low, high, color=RULE, alpha=0.6, linewidth=0, zorder=0)
        level = float(np.sqrt(low * high))
    else:
        return
    axes.text(level, 1.01, "training", transform=axes.get_xaxis_transform(), ha="center", va="bottom",
              fontsize=8, color=MUTED)  # fmt: skip
