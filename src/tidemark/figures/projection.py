"""What a layer of a network makes of points: its outputs in the plane, coloured by what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.core.store import Array
from tidemark.figures import cells, maps
from tidemark.figures.style import CARD, MUTED, RULE, dots, styled
from tidemark.figures.tables import Row

STEPS = 24
"""Colours of a scale."""
MOST = 1200
"""Points drawn, evenly from all."""
SIDE = 3.6
"""Of one panel, inches."""
DOT = 3.2
"""Diameter of a point, points; the second member's has a hole of half that."""
MAPS = {"position": "viridis", "value": "plasma"}
BRIGHTEST = 0.93
"""Where the scales end: beyond it they are too pale for a white page."""
BETWEEN = 1.15
"""Inches between the panels, for the first one's colour scale."""


@dataclass(frozen=True)
class Projection:
    """Points and their places in the plane; arrays (points,)."""

    position: Array
    member: Array
    """0 or 1."""
    value: Array
    first: Array
    second: Array


def read(folder: Path) -> dict[str, Projection]:
    """Projections by name, from `folder/<name>.csv`; those without a point are left out.

    Raises `InputError` naming what cannot be read, and a cell that is not a finite number.
    """
    found = {}
    names = ["x", "member", "value", "first", "second"]
    for path in sorted(folder.glob("*.csv")):
        table = cells.read(path, [], names)
        numbers = table.numbers
        for name in names:
            if name == "member":
                table.refuse(name, ~np.isin(numbers[name], (0, 1)), "0 or 1")
            else:
                table.refuse(name, ~np.isfinite(numbers[name]), "a finite number")
        if len(numbers["x"]):
            found[path.stem] = Projection(*(numbers[name] for name in names))
    return found


def of_rows(found: Mapping[str, Projection], rows: Sequence[Row]) -> list[tuple[Row, str, Projection]]:
    """Of one dataset's rows who is projected, what its name has after theirs, and the projection.

    A file is called as its predictor, or as that, a hyphen and a layer.
    """
    kept = []
    for name, each in found.items():
        owners = [row for row in rows if name == row.predictor or name.startswith(f"{row.predictor}-")]
        if owners:
            row = max(owners, key=lambda owner: len(owner.predictor))
            kept.append((row, name[len(row.predictor) + 1 :], each))
    return kept


def figure(found: Projection) -> Figure:
    """The same points twice: coloured by position, and by value. The second member's points are rings."""
    kept = np.linspace(0, len(found.first) - 1, min(MOST, len(found.first))).round().astype(int)
    with styled():
        result, axes, [boxes] = maps.grid(1, 2, (SIDE, SIDE), gap=(BETWEEN, 0))
        plane = _fitted(found.first[kept], found.second[kept])
        member = found.member[kept]
        for box, (what, name), values in zip(boxes, MAPS.items(), (found.position, found.value), strict=True):
            colours = [to_hex(each) for each in colormaps[name](np.linspace(0, BRIGHTEST, STEPS))]
            low, high = float(values.min()), float(values.max())
            step = (values[kept] - low) / ((high - low) or 1.0) * STEPS
            step = np.clip(step.astype(int), 0, STEPS - 1)
            axes.plot(*_frame(box), color=RULE, linewidth=0.8)
            across, upward = box.left + plane[0] * box.width, box.bottom + plane[1] * box.height
            for place, colour in enumerate(colours):
                for ring in (0, 1):
                    here = (step == place) & (member == ring)
                    dots(axes, across[here], upward[here], DOT, 1.0, colour, 2)
                    if ring:
                        dots(axes, across[here], upward[here], DOT / 2, 1.0, CARD, 2)
            maps.below(axes, box, (), f"coloured by {what}")
            ticks = [(0.0, low), (0.5, (low + high) / 2), (1.0, high)]
            maps.bar(
                axes,
                box,
                ListedColormap(colours),
                STEPS,
                [(place, f"{tick:.3g}".replace("-", "−")) for place, tick in ticks],
            )
        maps.finish(result, axes)
        if len({*member.tolist()}) > 1:
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
