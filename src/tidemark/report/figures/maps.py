"""Small maps side by side that share one colour scale, on one pair of axes laid out in inches.

Axes of their own for every map would cost many times what the maps themselves do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from tidemark.report.figures.colours import CARD, INK, MUTED

TICK = 0.04
"""Length of a tick mark, inches."""
GAP = (0.14, 0.44)
"""Space between columns and between lines of maps, inches."""
MARGINS = (0.55, 0.62, 0.44, 0.38)
"""Left, right, bottom, top, inches."""
Ticks = Sequence[tuple[float, str]]
"""Places from 0 to 1 along a map's side, and what is written there."""


@dataclass(frozen=True)
class Box:
    """Where a map lies: its lower left corner and its size, inches."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top."""
        return self.left, self.left + self.width, self.bottom, self.bottom + self.height


def grid(
    rows: int,
    columns: int,
    size: tuple[float, float],
    gap: tuple[float, float] = GAP,
    margins: tuple[float, float, float, float] = MARGINS,
) -> tuple[Figure, Axes, list[list[Box]]]:
    """A figure, its axes in inches and places for maps of `size`, (width, height), row by row."""
    left, right, bottom, top = margins
    width = left + right + columns * size[0] + (columns - 1) * gap[0]
    height = bottom + top + rows * size[1] + (rows - 1) * gap[1]
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    boxes = [
        [
            Box(left + column * (size[0] + gap[0]), height - top - size[1] - row * (size[1] + gap[1]), *size)
            for column in range(columns)
        ]
        for row in range(rows)
    ]
    return figure, axes, boxes


def finish(figure: Figure, axes: Axes) -> None:
    """Fix the axes to the figure's inches; call it last, since drawing moves limits."""
    width, height = figure.get_size_inches()
    axes.set_xlim(0, float(width))
    axes.set_ylim(0, float(height))
    axes.set_aspect("auto")


def title(axes: Axes, box: Box, label: str, colour: str) -> None:
    """A map's name above it, in at most two lines."""
    axes.text(box.left, box.bottom + box.height + 0.05, wrapped(label), color=colour, fontsize=7.5,
              fontweight="bold", va="bottom", linespacing=1.0)  # fmt: skip


def below(axes: Axes, box: Box, ticks: Ticks, label: str) -> None:
    """Ticks and a label below a map."""
    for place, text in ticks:
        x = box.left + place * box.width
        axes.plot([x, x], [box.bottom, box.bottom - TICK], color=MUTED, linewidth=0.8)
        axes.text(x, box.bottom - 0.06, text, ha="center", va="top", fontsize=8, color=MUTED)
    axes.text(box.left + box.width / 2, box.bottom - 0.23, label, ha="center", va="top", fontsize=9)


def beside(axes: Axes, box: Box, ticks: Ticks, label: str) -> None:
    """Ticks and a label left of a map."""
    for place, text in ticks:
        y = box.bottom + place * box.height
        axes.plot([box.left, box.left - TICK], [y, y], color=MUTED, linewidth=0.8)
        axes.text(box.left - 0.06, y, text, ha="right", va="center_baseline", fontsize=8, color=MUTED)
    axes.text(0.06, box.bottom + box.height / 2, label, ha="left", va="center", rotation=90, fontsize=9)


def bar(axes: Axes, box: Box, colours: Colormap, steps: int, ticks: Ticks) -> None:
    """The colour scale right of all maps, from the bottom to the top of `box`, in so many steps."""
    shown = Box(box.left + box.width + 0.12, box.bottom, 0.12, box.height)
    ramp = np.linspace(0, 1, steps)[:, None]
    axes.imshow(ramp, cmap=colours, norm=Normalize(0, 1), extent=shown.extent, origin="lower",
                interpolation="none")  # fmt: skip
    for place, text in ticks:
        y = shown.bottom + place * shown.height
        axes.plot([shown.left, shown.left + shown.width], [y, y], color=CARD, linewidth=0.6)
        axes.text(shown.left + 0.17, y, text, va="center_baseline", fontsize=8, color=INK)


def wrapped(label: str, most: int = 17) -> str:
    """A label in at most two lines, broken after the hyphen that leaves them most equal."""
    if len(label) <= most or "-" not in label:
        return label
    places = [place + 1 for place, letter in enumerate(label) if letter == "-"]
    middle = min(places, key=lambda place: abs(2 * place - len(label)))
    return f"{label[:middle]}\n{label[middle:]}"
