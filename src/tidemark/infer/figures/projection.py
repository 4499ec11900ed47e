"""What a layer of a network makes of points: its outputs in the plane, coloured by what they stand for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.core.store import Array
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures import maps, reading
from tidemark.report.figures.colours import CARD, MUTED, RULE
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import dots

COLUMNS = ["x", "member", "value", "first", "second"]
STEPS = 24
"""Colours of a scale."""
MOST = 1200
"""Points drawn, evenly from all."""
SIDE = 3.6
"""Of one panel, inches."""
DOT = 3.2
"""Diameter of a point, points; the second member's has a hole of half that."""
MAPS = {"x": ("position", "viridis"), "value": ("value", "plasma")}
"""Columns that colour a panel: what they are, and with which colours."""
BRIGHTEST = 0.93
"""Where the scales end: beyond it they are too pale for a white page."""
BETWEEN = 1.15
"""Inches between the panels, for the first one's colour scale."""


def read(results: Results) -> list[tuple[Predictor, str, pd.DataFrame]]:
    """Whose layer is projected, the layer's name, and points with their places in the plane.

    A file is called as its model, or as that, a hyphen and a layer. Tables without a point are left out.
    """
    result = []
    for path in sorted((results.folder / "projections").glob("*.csv"), key=lambda path: path.stem):
        owners = [
            each for each in results.models if path.stem == each.name or path.stem.startswith(f"{each.name}-")
        ]
        table = reading.table(path, dict.fromkeys(COLUMNS, float))
        if owners and len(table):
            owner = max(owners, key=lambda each: len(each.name))
            result.append((owner, path.stem[len(owner.name) + 1 :], table))
    return result


def draw(results: Results) -> Iterator[Picture]:
    """A picture for each projected layer."""
    for model, layer, table in read(results):
        of = f"{model.label}, {layer.replace('-', ' ').replace('_', ' ')}" if layer else model.label
        yield Picture(
            f"projection-{model.label}-{layer}".rstrip("-"),
            figure(table),
            f"What a layer separates: {of}",
            "a layer's output for each point, brought into the plane so that neighbours stay neighbours "
            "(t-SNE); distances between clusters mean nothing.",
            "wide",
        )


def figure(table: pd.DataFrame) -> Figure:
    """The same points twice: coloured by position, and by value. The second member's points are rings."""
    chosen = np.linspace(0, len(table) - 1, min(MOST, len(table))).round().astype(int)
    shown = table.iloc[chosen]
    result, axes, [boxes] = maps.grid(1, 2, (SIDE, SIDE), gap=(BETWEEN, 0), margins=(0.55, 0.75, 0.44, 0.38))
    plane = _fitted(shown["first"].to_numpy(), shown["second"].to_numpy())
    for box, (column, (what, name)) in zip(boxes, MAPS.items(), strict=True):
        colours = [to_hex(each) for each in colormaps[name](np.linspace(0, BRIGHTEST, STEPS))]
        low, high = float(table[column].min()), float(table[column].max())
        step = (shown[column].to_numpy() - low) / ((high - low) or 1.0) * STEPS
        step = np.clip(step.astype(int), 0, STEPS - 1)
        axes.plot(*_frame(box), color=RULE, linewidth=0.8)
        across, upward = box.left + plane[0] * box.width, box.bottom + plane[1] * box.height
        for place, colour in enumerate(colours):
            for ring in (0, 1):
                here = (step == place) & (shown["member"].to_numpy() == ring)
                dots(axes, across[here], upward[here], DOT, 1.0, colour, 2)
                if ring:
                    dots(axes, across[here], upward[here], DOT / 2, 1.0, CARD, 2)
        maps.below(axes, box, (), f"coloured by {what}")
        ticks = [(0.0, low), (0.5, (low + high) / 2), (1.0, high)]
        written = [(place, f"{tick:.3g}".replace("-", "−")) for place, tick in ticks]
        maps.bar(axes, box, ListedColormap(colours), STEPS, written)
    maps.finish(result, axes)
    if table["member"].nunique() > 1:
        handles = [
            Line2D([], [], linestyle="none", marker="o", color=MUTED, markersize=size, label=label,
                   markerfacecolor=fill, markeredgewidth=1.3)
            for label, size, fill in [("first sequence", 3.5, MUTED), ("second sequence", 4.0, "none")]
        ]  # fmt: skip
        result.legend(handles=handles, loc="upper right", ncols=2, frameon=False, fontsize=8,
                      borderaxespad=0.3, handletextpad=0.3)  # fmt: skip
    return result


def _fitted(first: Array, second: Array) -> tuple[Array, Array]:
    """Both coordinates from 0 to 1, with one scale for both and a margin around them."""
    side = 1.06 * max(float(np.ptp(first)), float(np.ptp(second))) or 1.0
    across, upward = (0.5 + (each - (each.min() + each.max()) / 2) / side for each in (first, second))
    return across, upward


def _frame(box: maps.Box) -> tuple[list[float], list[float]]:
    left, right, bottom, top = box.extent
    return [left, right, right, left, left], [bottom, bottom, top, top, bottom]
