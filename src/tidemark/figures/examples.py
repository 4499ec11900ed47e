"""What is given, what is asked and the estimate, signal by signal and predictor by predictor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.figures.estimates import Example
from tidemark.figures.style import INK, MUTED, RULE, Colours, dots, number, sized, styled
from tidemark.figures.tables import Row
from tidemark.figures.units import Units
from tidemark.figures.views import View

LOOKBACK = "#56b4e9"
"""Behind what a forecast is made from."""
PITCH = 1.33
"""From one panel to the next below, in a panel's height."""
WIDEST = 29
"""Characters of a panel's title that leave room for the error beside it …"""
WIDEST_IN_ALL = 48
"""… and of both."""


@dataclass(frozen=True)
class Shown:
    """A predictor among the examples."""

    row: Row
    role: str
    """Why it is shown: `best model`, `limit`, …"""
    signals: Sequence[Example]


def chosen(rows: Sequence[Row], view: View, published: Collection[str] = ()) -> list[tuple[Row, str]]:
    """Of one dataset: the best model, a plain one, the best baseline, the limit; those there are.

    Plain is the best of the `published` predictors, or the plain network of the task.
    """
    beginning, role = view.plain
    models = [row for row in rows if row.kind == "model"]
    known = [row for row in models[1:] if row.predictor in published]
    plain = [row for row in models[1:] if row.label == beginning or row.label.startswith(f"{beginning}-")]
    picked = [(row, "best model") for row in models[:1]]
    picked += [(row, "best published") for row in known[:1]] or [(row, role) for row in plain[:1]]
    picked += [(row, "best baseline") for row in rows if row.kind == "baseline"][:1]
    picked += [(row, "limit") for row in rows if row.kind == "limit"][:1]
    return picked


def figure(
    shown: Sequence[Shown], signals: Sequence[int], colours: Colours, view: View, units: Units
) -> Figure:
    """A grid: one column for each of `signals` (numbers of examples), one row for each of `shown`."""
    with styled():
        count, width = len(signals), 3.6
        key = 0.32 if count > 1 else 0.0
        margins = (0.55, 0.1, 0.42, 0.26 + key)
        result, [columns] = sized(
            sum(margins[:2]) + count * width - 0.65, sum(margins[2:]) + 1.2 * len(shown), margins,
            columns=count, gap=(0.15, 0),
        )  # fmt: skip
        several = len({example.test for each in shown for example in each.signals}) > 1
        heights = _heights([each.signals[signal] for each in shown for signal in signals], len(shown))
        for column, (axes, signal) in enumerate(zip(columns, signals, strict=True)):
            for each, height in zip(shown, heights, strict=True):
                example = each.signals[signal]
                colour = colours.of(each.row.label, each.row.kind)
                _panel(axes, example, colour, units, height)
                top, across = height.top + 0.03, axes.get_yaxis_transform()
                test = f"{example.test}: " if count > 1 and several else ""
                beside = f"{test}{view.headline.label} {number(error(example, view))}"
                axes.text(1, top, beside, transform=across, ha="right", va="bottom", color=MUTED, fontsize=8)
                if column == 0:
                    title = f"{each.role}: {each.row.label}"
                    if len(title) > WIDEST or len(title) + len(beside) > WIDEST_IN_ALL:
                        title = each.row.label
                    axes.text(0, top, title, transform=across, color=colour, fontweight="bold", va="bottom")
            axes.margins(x=0.02)
            axes.set_ylim(heights[-1].bottom, heights[0].top)
            _frames(axes, heights, labelled=column == 0)
            axes.set_xlabel(units.time)
        result.supylabel(units.value, fontsize=9, x=0.01, ha="left")
        if key:
            given, target, estimate = view.names
            handles = [
                Line2D([], [], linestyle="-" if view.ahead else "none", linewidth=0.6, marker="o",
                       markersize=2.5, color=MUTED, label=given),
                Line2D([], [], color=INK, linewidth=0.9, label=target),
                Line2D([], [], color=colours.of(shown[0].row.label), linewidth=2, label=estimate),
            ]  # fmt: skip
            result.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=8,
                          borderaxespad=0.2)  # fmt: skip
        return result


def error(example: Example, view: View) -> float:
    """The task's error where the truth is known; NaN if it is nowhere."""
    difference = np.abs(example.estimate - example.target)
    if view.difference == "squared":
        difference = np.square(difference)
    return float(np.nanmean(difference)) if np.isfinite(difference).any() else float("nan")


def gaps(given: Array, position: Array) -> list[tuple[float, float]]:
    """Runs of missing samples as (start, end), half a sample wider on both sides."""
    missing = np.concatenate([[False], np.isnan(given), [False]])
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    half = float(np.median(np.diff(position))) / 2 if len(position) > 1 else 0.5
    return [
        (float(position[start]) - half, float(position[end - 1]) + half)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def lookback(axes: Axes, time: Array, start: int, bottom: float, height: float) -> None:
    """Shade the first `start` samples, which are given, up to half a sample before what follows."""
    end = (float(time[start - 1]) + float(time[start])) / 2
    first = float(time[0]) - (float(time[start]) - end)
    axes.add_artist(Rectangle((first, bottom), end - first, height, color=LOOKBACK, linewidth=0, alpha=0.14,
                             zorder=0))  # fmt: skip


@dataclass(frozen=True)
class _Height:
    """Where one panel lies on the axes that all panels of a column share: bottom + 1 is its top."""

    bottom: float
    low: float
    high: float
    """Values at the panel's bottom and top."""

    @property
    def top(self) -> float:
        return self.bottom + 1

    def of(self, values: Array) -> Array:
        """Values of the signal as heights in the column."""
        return self.bottom + (values - self.low) / (self.high - self.low)


def _heights(signals: Sequence[Example], count: int) -> list[_Height]:
    """`count` panels, the first on top, all with the same range of values.

    Panels share one pair of axes, since axes of their own would cost more than all that is in them.
    """
    values = np.concatenate([part for each in signals for part in (each.given, each.target, each.estimate)])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    margin = 0.06 * (high - low) or 1.0
    return [_Height((count - 1 - place) * PITCH, low - margin, high + margin) for place in range(count)]


def _panel(axes: Axes, example: Example, colour: str, units: Units, height: _Height) -> None:
    time = example.position / units.samples
    given = example.start or len(time)
    if example.start:
        lookback(axes, time, example.start, height.bottom, 1)
        axes.plot(time, height.of(example.given), color=MUTED, linewidth=0.6, zorder=1)
    for start, end in gaps(example.given[:given], time[:given]):
        axes.add_artist(Rectangle((start, height.bottom), end - start, 1, color=RULE, alpha=0.6, linewidth=0,
                                 zorder=0))  # fmt: skip
    dots(axes, time, height.of(example.given), 1.9, 0.75)
    target, estimate = height.of(example.target), height.of(example.estimate)
    points = 2.0 if example.start else 0.0
    if colour != INK:
        axes.plot(time, estimate, color=colour, linewidth=2.2, zorder=2)
        axes.plot(
            time, target, color=INK, linewidth=0.8, zorder=3, marker="o" if points else "", markersize=points
        )
    else:  # a limit is drawn in the truth's own colour, and so in dashes above it
        axes.plot(
            time, target, color=INK, linewidth=0.8, zorder=2, marker="o" if points else "", markersize=points
        )
        axes.plot(time, estimate, color=colour, linewidth=2.2, linestyle=(0, (2, 1.2)), zorder=3)


def _frames(axes: Axes, heights: Sequence[_Height], labelled: bool) -> None:
    """Each panel's two sides, its grid lines and, in the first column, its ticks."""
    across = axes.get_yaxis_transform()
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_yticks([])
    first = heights[0]
    ticks = [
        tick
        for tick in MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(first.low, first.high)
        if first.low < tick < first.high
    ]
    for height in heights:
        for tick, place in zip(ticks, height.of(np.array(ticks)), strict=True):
            axes.plot([0, 1], [place, place], color=RULE, linewidth=0.6, zorder=0.5, transform=across)
            if labelled:
                axes.text(-0.015, place, f"{tick:g}".replace("-", "−"), ha="right", va="center_baseline",
                          fontsize=8, color=MUTED, transform=across)  # fmt: skip
        axes.plot([0, 0, 1], [height.top, height.bottom, height.bottom], color=MUTED, linewidth=0.8,
                  transform=across, clip_on=False)  # fmt: skip
