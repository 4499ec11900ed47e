"""A signal cut into its cycles, as a contour map: what repeats lies side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures import maps
from tidemark.figures.estimates import Example
from tidemark.figures.style import INK, Colours, number, styled
from tidemark.figures.tables import Row

LEVELS = 10
COLUMNS = 7
"""Maps in a line."""
SIZE = (1.15, 1.45)
"""Of one map, inches."""
MAP = "viridis"


def cut(signal: Array, cycle: int) -> Array:
    """The whole cycles of a signal (length,) of `cycle` samples each, as columns: (cycle, cycles)."""
    cycles = len(signal) // cycle
    return signal[: cycles * cycle].reshape(cycles, cycle).T


def levels(clean: Array) -> Array:
    """Borders between the colours of all maps, evenly over what the clean signal spans."""
    low, high = float(np.nanmin(clean)), float(np.nanmax(clean))
    return np.linspace(low, high if high > low else low + 1, LEVELS + 1)


def figure(shown: Sequence[tuple[Row, Example]], cycle: int, colours: Colours) -> Figure | None:
    """Clean, noisy and each estimate of the same signal; all maps share levels and colours.

    What lies outside the clean signal's range has the colour of the range's end. None without an
    estimate, or where a signal has fewer than two cycles of `cycle` samples.
    """
    if not shown or cycle < 2 or len(shown[0][1].target) < 2 * cycle:
        return None
    first = shown[0][1]
    if not np.isfinite(first.target).any():
        return None
    panels = [("clean", INK, first.target), ("noisy", INK, first.given)]
    panels += [(row.label, colours.of(row.label), example.estimate) for row, example in shown]
    columns = min(COLUMNS, len(panels))
    shared = levels(first.target)
    cycles = len(first.target) // cycle
    across = [(place / (cycles - 1), str(place + 1)) for place in range(cycles)]
    upward = [(place / (cycle - 1), str(place)) for place in range(0, cycle, max(1, cycle // 4))]
    with styled():
        result, axes, boxes = maps.grid(math.ceil(len(panels) / columns), columns, SIZE)
        for place, (label, colour, signal) in enumerate(panels):
            box = boxes[place // columns][place % columns]
            left, right, bottom, top = box.extent
            drawn = axes.contourf(
                np.linspace(left, right, cycles), np.linspace(bottom, top, cycle),
                np.ma.masked_invalid(cut(signal, cycle)), levels=shared, cmap=MAP, extend="both",
            )  # fmt: skip
            drawn.set(edgecolor="face", linewidth=0.4)  # else the page shows through between levels
            maps.title(axes, box, label, colour)
            if place % columns == 0:
                maps.beside(axes, box, upward, "sample in the cycle")
            if place + columns >= len(panels):
                maps.below(axes, box, across, "cycle")
        ends = [(place / LEVELS, number(float(shared[place]), 2)) for place in range(0, LEVELS + 1, 2)]
        maps.bar(axes, boxes[0][-1], colormaps[MAP], LEVELS, ends)
        maps.finish(result, axes)
        return result
