"""Where models look: their attention over the signal and over its spectrum."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures import maps
from tidemark.figures.estimates import ATTENTIONS, Learning
from tidemark.figures.style import Colours, styled
from tidemark.figures.tables import Row

PIXELS = 96
"""Largest number of pixels along a side of a map."""
RANGE = 1000.0
"""Largest ratio of the strongest attention to the weakest that is told apart."""
MOST = 6
"""Models shown."""
SIDE = 1.3
"""Of one map, inches."""
MAP = "magma"


def pooled(matrix: Array, most: int = PIXELS) -> Array:
    """The matrix, (length, length), as means over square blocks: at most (most, most)."""
    side = -(-len(matrix) // most)
    size = len(matrix) // side
    cut = matrix[: size * side, : size * side].astype(np.float64)
    mean: Array = cut.reshape(size, side, size, side).mean(axis=(1, 3))
    return mean


def figure(found: Sequence[tuple[Row, Learning]], colours: Colours) -> Figure | None:
    """One column a model, above what it sees of the signal, below of the spectrum.

    Attention is in multiples of what looking everywhere alike would give; each line has a
    logarithmic colour scale of its own. None if no model attends.
    """
    shown = [(row, learning) for row, learning in found if learning.attention][:MOST]
    kinds = [kind for kind in ATTENTIONS if any(kind in learning.attention for _, learning in shown)]
    if not shown:
        return None
    with styled():
        result, axes, boxes = maps.grid(len(kinds), len(shown), (SIDE, SIDE), gap=(0.14, 0.16))
        for line, kind in zip(boxes, kinds, strict=True):
            drawn = {
                place: pooled(learning.attention[kind]) * len(learning.attention[kind])
                for place, (_, learning) in enumerate(shown) if kind in learning.attention
            }  # fmt: skip
            norm = _norm(list(drawn.values()))
            for place, values in drawn.items():
                axes.imshow(values, norm=norm, cmap=MAP, extent=line[place].extent, interpolation="none")
            length = len(next(each.attention[kind] for _, each in shown if kind in each.attention))
            ticks = [(quarter / 4, str(quarter * length // 4)) for quarter in range(4)]
            maps.beside(axes, line[0], [(1 - place, text) for place, text in ticks], f"{kind}: looks from")
            if line is boxes[-1]:
                for box in line:
                    maps.below(axes, box, ticks, "looks at")
            maps.bar(axes, line[-1], colormaps[MAP], 64, _ticks(norm))
        for box, (row, _) in zip(boxes[0], shown, strict=True):
            maps.title(axes, box, row.label, colours.of(row.label))
        maps.finish(result, axes)
        return result


def _norm(values: Sequence[Array]) -> LogNorm:
    """A logarithmic scale from the weakest to the strongest attention, at most three decades."""
    strongest = max((float(np.nanmax(each)) for each in values), default=1.0)
    weakest = max(min(float(np.nanmin(each)) for each in values), strongest / RANGE)
    return LogNorm(weakest, max(strongest, weakest * 1.01), clip=True)


def _ticks(norm: LogNorm) -> list[tuple[float, str]]:
    """The two ends of a colour scale, and 1, which is looking everywhere alike, if it lies between."""
    low, high = float(norm.vmin or 0.1), float(norm.vmax or 1.0)
    alike = math.log(1 / low) / math.log(high / low)
    ends = [(0.0, f"{low:.2g}"), (1.0, f"{high:.2g}" if high < 100 else f"{high:.0f}")]
    return [ends[0], (alike, "1"), ends[1]] if 0.12 < alike < 0.88 else ends
