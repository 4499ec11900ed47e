"""What a model looks at to infer a point: the points before it, as large as their weight in its attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.figures.estimates import array
from tidemark.figures.style import CARD, INK, MUTED, dots, sized, styled

LAYERS = ("attention_layer_1", "attention_layer_2")
MEMBERS = ("#0072b2", "#d55e00")
"""The colours of the two sequences …"""
NAMES = (", first sequence", ", second sequence")
"""… and their names."""
AREA = 1600.0
"""Of all points of a panel together, square points: a point's area is its share of the attention …"""
LARGEST = 16.0
"""… up to this diameter, points."""
STEP = 0.5
"""Diameters are multiples of it: points of one diameter are one path, far smaller than one each."""
SEEN = 1.2
"""Diameter of a point that is seen and hardly looked at, points."""
SIZE = (3.15, 2.1)
"""Of one panel, inches."""


@dataclass(frozen=True)
class Looks:
    """One pair and where each of its points looks, in the order of inference."""

    position: Array
    """(points,), as all that follows but the layers."""
    member: Array
    """0 or 1."""
    given: Array
    """NaN where a value is asked for."""
    value: Array
    """Given or true; NaN where it is not known."""
    layers: Sequence[Array]
    """(points, points) each: row t says where point t looks, and sums to 1."""

    @property
    def chosen(self) -> list[int]:
        """The first, the middle and the last of the points asked for; fewer if there are not so many."""
        asked = np.flatnonzero(np.isnan(self.given))
        return sorted({int(asked[place]) for place in (0, len(asked) // 2, -1)}) if len(asked) else []


def read(folder: Path) -> Looks | None:
    """From `plots/learning/<model>/`; none if the model has no attention there, or nothing is asked for.

    Raises `InputError` for arrays that cannot be read or do not fit.
    """
    files = [folder / f"{name}.npy" for name in LAYERS]
    context, target = folder / "context.npy", folder / "target.npy"
    found = [path for path in files if path.is_file()]
    if not found or not context.is_file() or not target.is_file():
        return None
    points, asked = array(context), array(target)
    if points.ndim != 2 or len(points) != 3:
        raise InputError(f"{context}: shape {points.shape}; expected (3, points); run `dvc repro` again")
    count = points.shape[1]
    layers = [array(path) for path in found]
    maps = zip(found, layers, [(count, count)] * len(layers), strict=True)
    expected: list[tuple[Path, Array, tuple[int, ...]]] = [(target, asked, (count,)), *maps]
    for path, each, shape in expected:
        if each.shape != shape:
            raise InputError(f"{path}: shape {each.shape}; expected {shape}; run `dvc repro` again")
    position, member, given = points
    looks = Looks(position, member, given, np.where(np.isnan(given), asked, given), layers)
    return looks if looks.chosen else None


def figure(looks: Looks) -> Figure:
    """A line of panels a layer, in each a panel for every chosen point; the area of a point is its weight."""
    chosen = looks.chosen
    margins, gap = (0.5, 0.1, 0.42, 0.62), (0.22, 0.34)
    rows, columns = len(looks.layers), len(chosen)
    with styled():
        result, grid = sized(
            sum(margins[:2]) + columns * SIZE[0] + (columns - 1) * gap[0],
            sum(margins[2:]) + rows * SIZE[1] + (rows - 1) * gap[1],
            margins, rows, columns, gap,
        )  # fmt: skip
        known = looks.value[np.isfinite(looks.value)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (-1.0, 1.0)
        span = high - low or 1.0
        grid[0][0].set_ylim(low - 0.12 * span, high + 0.12 * span)
        grid[0][0].yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        left, right = float(looks.position.min()), float(looks.position.max())
        margin = 0.03 * (right - left) or 1.0
        grid[0][0].set_xlim(left - margin, right + margin)
        asked = np.flatnonzero(np.isnan(looks.given))
        for number, (line, layer) in enumerate(zip(grid, looks.layers, strict=True), 1):
            for axes, point in zip(line, chosen, strict=True):
                _panel(axes, looks, layer[point].astype(np.float64), point)
                place = int(np.searchsorted(asked, point)) + 1
                axes.set_title(f"layer {number}: point {place} of {len(asked)}", fontsize=8.5, pad=3, y=1.0)
                axes.grid(axis="y")
        for axes in grid[-1]:
            axes.set_xlabel("position x")
        result.supylabel("value y", fontsize=9, x=0.008, ha="left")
        _key(result, looks)
        return result


def shares(looks: Looks, weight: Array, point: int) -> list[tuple[str, float]]:
    """What share of the attention goes to which sequence: `own`, then `partner` if there is one."""
    own = looks.member == looks.member[point]
    total = float(weight.sum()) or 1.0
    found = [("own", float(weight[own].sum()) / total)]
    return found if own.all() else [*found, ("partner", float(weight[~own].sum()) / total)]


def _panel(axes: Axes, looks: Looks, weight: Array, point: int) -> None:
    """All points seen as small dots, those looked at in their sequence's colour; a star at the chosen one."""
    seen = np.arange(len(weight)) <= point
    seen &= np.isfinite(looks.value) & (np.arange(len(weight)) != point)
    dots(axes, looks.position[seen], looks.value[seen], SEEN, 0.5)
    diameter = np.minimum(np.sqrt(4 * AREA / np.pi * np.where(seen, weight, 0.0)), LARGEST)
    diameter = np.round(diameter / STEP) * STEP
    for member, colour in enumerate(MEMBERS):
        own = looks.member == member
        for size in np.unique(diameter[own & (diameter > SEEN)])[::-1]:
            here = own & (diameter == size)
            dots(axes, looks.position[here], looks.value[here], float(size), 0.6, colour, 2)
    place, value = float(looks.position[point]), float(looks.value[point])
    axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5)
    if np.isfinite(value):
        axes.plot(place, value, marker="*", markersize=11, color=INK, markeredgecolor=CARD,
                  markeredgewidth=0.8, zorder=4)  # fmt: skip
    across = 1.0
    found = shares(looks, weight, point)
    for name, share in reversed(found if len(found) > 1 else []):
        colour = MEMBERS[int(looks.member[point]) if name == "own" else 1 - int(looks.member[point])]
        axes.text(across, 1.02, f"{name} {share:.0%}", transform=axes.transAxes, ha="right", va="bottom",
                  color=colour, fontsize=8)  # fmt: skip
        across -= 0.24


def _key(result: Figure, looks: Looks) -> None:
    """What the marks mean, in one line above all panels."""
    members = sorted({int(member) for member in looks.member})
    handles = [
        Line2D([], [], linestyle="none", marker="*", markersize=10, color=INK, label="the point to infer"),
        Line2D([], [], linestyle="none", marker="o", markersize=1.8, color=MUTED, label="seen before it"),
        *(
            Line2D([], [], linestyle="none", marker="o", markersize=7, alpha=0.6, markeredgewidth=0,
                   color=MEMBERS[member], label="looked at" + NAMES[member] * (len(members) > 1))
            for member in members
        ),
    ]  # fmt: skip
    result.legend(handles=handles, loc="upper right", ncols=len(handles), frameon=False, fontsize=8,
                  borderaxespad=0.3, columnspacing=1.4, handletextpad=0.4)  # fmt: skip
