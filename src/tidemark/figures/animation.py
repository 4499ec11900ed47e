"""One signal's estimate while models train, side by side, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from tidemark.core.store import Array
from tidemark.figures.encoding import pixels
from tidemark.figures.estimates import Learning
from tidemark.figures.examples import lookback
from tidemark.figures.style import INK, MUTED, Colours, dots, sized, styled
from tidemark.figures.tables import Row
from tidemark.figures.units import Units

MOST = 6
"""Panels in one animation."""
FRAMES = 16
"""Frames in one animation."""


def frames(
    learnings: Sequence[tuple[Row, Learning]], colours: Colours, units: Units, dpi: int = 80
) -> list[Image.Image]:
    """As many frames as the longest of `learnings` has, but at most 16; none if `learnings` is empty.

    The first six are drawn. Models keep their own steps: at each frame, all are equally far
    through their training.
    """
    shown = list(learnings[:MOST])
    count = min(max((len(learning.step) for _, learning in shown), default=0), FRAMES)
    if not count:
        return []
    with styled():
        figure, panels = _still(shown, colours, units)
        figure.set_dpi(dpi)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        # What stands still is drawn once, the rest over a copy of it: ten times faster.
        still = canvas.copy_from_bbox(figure.bbox)  # type: ignore[no-untyped-call]
        images = []
        for frame in range(count):
            canvas.restore_region(still)  # type: ignore[no-untyped-call]
            for (_, learning), panel in zip(shown, panels, strict=True):
                own = round(frame * (len(learning.step) - 1) / max(count - 1, 1))
                panel.estimate.set_ydata(learning.estimate[own])
                panel.step.set_text(f"step {int(learning.step[own]):,}")
                for artist in (panel.estimate, panel.target, panel.step):
                    panel.axes.draw_artist(artist)
            images.append(pixels(canvas))
        return images


@dataclass(frozen=True)
class _Panel:
    """One model's axes and what moves in them, or is drawn above what moves."""

    axes: Axes
    estimate: Line2D
    target: Line2D
    step: Text


def _still(
    learnings: Sequence[tuple[Row, Learning]], colours: Colours, units: Units
) -> tuple[Figure, list[_Panel]]:
    """The figure before anything moves."""
    columns = min(len(learnings), 2)
    rows = math.ceil(len(learnings) / columns)
    margins = (0.55, 0.1, 0.42, 0.27)
    width = 4.6 if columns == 1 else 6.4
    height = sum(margins[2:]) + (1.9 if columns == 1 else 1.3 * rows + 0.32 * (rows - 1))
    figure, grid = sized(width, height, margins, rows=rows, columns=columns, gap=(0.15, 0.32))
    places = [axes for line in grid for axes in line]
    places[0].set_ylim(*_limits([learning for _, learning in learnings]))
    panels = []
    for axes, (row, learning) in zip(places, learnings, strict=False):
        colour = colours.of(row.label)
        time = np.arange(learning.given.size) / units.samples
        if learning.start:
            low, high = axes.get_ylim()
            lookback(axes, time, learning.start, low, high - low)
            axes.plot(time, learning.given, color=MUTED, linewidth=0.6)
        dots(axes, time, learning.given, 2.0, 0.6)
        (estimate,) = axes.plot(time, learning.estimate[-1], color=colour, linewidth=2.4, animated=True)
        (target,) = axes.plot(time, learning.target, color=INK, linewidth=0.9, animated=True)
        axes.set_title(row.label, color=colour, fontweight="bold", pad=3, y=1.0)
        step = axes.text(1, 1.025, "", transform=axes.transAxes, ha="right", va="bottom", color=MUTED,
                         animated=True)  # fmt: skip
        axes.grid(axis="y")
        axes.margins(x=0.01)
        panels.append(_Panel(axes, estimate, target, step))
    for axes in places[len(learnings) :]:
        axes.set_visible(False)
    for column in range(columns):
        lowest = [line[column] for line in grid if line[column].get_visible()][-1]
        lowest.set_xlabel(units.time)
        lowest.xaxis.set_visible(True)
        lowest.tick_params(labelbottom=True)
    figure.supylabel(units.value, fontsize=9, x=0.01, ha="left")
    return figure, panels


def _limits(learnings: Sequence[Learning]) -> tuple[float, float]:
    """Heights that hold what is given and what is asked; a wild early estimate may leave them."""
    values: Array = np.concatenate([part.ravel() for each in learnings for part in (each.given, each.target)])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.1 * (high - low) or 1.0
    return low - margin, high + margin
