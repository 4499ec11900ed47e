"""Noisy signal, truth and estimate, signal by signal and predictor by predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.core.store import Array
from tidemark.figures.style import INK, MUTED, RULE, Colours, number, sized, styled
from tidemark.figures.tables import Example, Row
from tidemark.figures.units import Units

WIDEST = 29
"""Characters of a panel's title that leave room for the error beside it."""


@dataclass(frozen=True)
class Shown:
    """A predictor among the examples."""

    row: Row
    role: str
    """Why it is shown: `best model`, `limit`, …"""
    signals: Sequence[Example]


def chosen(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """Of one dataset: the best model, the plain RNN, the best baseline, the limit; those there are."""
    models = [row for row in rows if row.kind == "model"]
    plain = [row for row in models[1:] if row.label == "rnn" or row.label.startswith("rnn-")]
    picked = [(row, "best model") for row in models[:1]]
    picked += [(row, "plain RNN") for row in plain[:1]]
    picked += [(row, "best baseline") for row in rows if row.kind == "baseline"][:1]
    picked += [(row, "limit") for row in rows if row.kind == "limit"][:1]
    return picked


def figure(shown: Sequence[Shown], signals: Sequence[int], colours: Colours, units: Units) -> Figure:
    """A grid: one column for each of `signals` (numbers of examples), one row for each of `shown`."""
    with styled():
        count, width = len(signals), 3.6
        key = 0.32 if count > 1 else 0.0
        margins = (0.55, 0.1, 0.42, 0.26 + key)
        result, grid = sized(
            sum(margins[:2]) + count * width - 0.65, sum(margins[2:]) + 1.2 * len(shown), margins,
            rows=len(shown), columns=count, gap=(0.15, 0.3),
        )  # fmt: skip
        _limits(grid[0][0], [each.signals[signal] for each in shown for signal in signals])
        for line, each in zip(grid, shown, strict=True):
            for column, (axes, signal) in enumerate(zip(line, signals, strict=True)):
                colour = colours.of(each.row.label, each.row.kind)
                _panel(axes, each.signals[signal], colour, units)
                if column == 0:
                    title = f"{each.role}: {each.row.label}"
                    if len(title) > WIDEST:
                        title = each.row.label
                    axes.set_title(title, color=colour, fontweight="bold", pad=3, y=1.0)
                axes.set_title(
                    f"L1 {number(error(each.signals[signal]))}",
                    loc="right",
                    color=MUTED,
                    fontsize=8,
                    pad=3,
                    y=1.0,
                )
        for axes in grid[-1]:
            axes.set_xlabel(units.time)
        result.supylabel(units.value, fontsize=9, x=0.01, ha="left")
        if key:
            handles = [
                Line2D([], [], linestyle="none", marker="o", markersize=2.5, color=MUTED, label="noisy"),
                Line2D([], [], color=INK, linewidth=0.9, label="truth"),
                Line2D([], [], color=colours.of(shown[0].row.label), linewidth=2, label="estimate"),
            ]
            result.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=8,
                          borderaxespad=0.2)  # fmt: skip
        return result


def error(example: Example) -> float:
    """Mean absolute error where the truth is known; NaN if it is nowhere."""
    difference = np.abs(example.estimate - example.clean)
    return float(np.nanmean(difference)) if np.isfinite(difference).any() else float("nan")


def gaps(noisy: Array, position: Array) -> list[tuple[float, float]]:
    """Runs of missing samples as (start, end), half a sample wider on both sides."""
    missing = np.concatenate([[False], np.isnan(noisy), [False]])
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    half = float(np.median(np.diff(position))) / 2 if len(position) > 1 else 0.5
    return [
        (float(position[start]) - half, float(position[end - 1]) + half)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def _panel(axes: Axes, example: Example, colour: str, units: Units) -> None:
    time = example.position / units.samples
    for start, end in gaps(example.noisy, time):
        axes.axvspan(start, end, color=RULE, alpha=0.6, linewidth=0, zorder=0)
    axes.plot(time, example.noisy, linestyle="none", marker="o", markersize=1.9, color=MUTED,
              markeredgewidth=0, alpha=0.75, zorder=1)  # fmt: skip
    if colour != INK:
        axes.plot(time, example.estimate, color=colour, linewidth=2.2, zorder=2)
        axes.plot(time, example.clean, color=INK, linewidth=0.8, zorder=3)
    else:  # a limit is drawn in the truth's own colour, and so in dashes above it
        axes.plot(time, example.clean, color=INK, linewidth=0.8, zorder=2)
        axes.plot(time, example.estimate, color=colour, linewidth=2.2, linestyle=(0, (2, 1.2)), zorder=3)
    axes.margins(x=0.02)
    axes.grid(axis="y")


def _limits(axes: Axes, signals: Sequence[Example]) -> None:
    """One height for all panels; the axes share it."""
    values = np.concatenate([part for each in signals for part in (each.noisy, each.clean, each.estimate)])
    values = values[np.isfinite(values)]
    if len(values):
        low, high = float(values.min()), float(values.max())
        margin = 0.06 * (high - low) or 1.0
        axes.set_ylim(low - margin, high + margin)
