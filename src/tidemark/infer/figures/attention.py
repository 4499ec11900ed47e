"""Where a model attends to infer a point: the points before it, as large as their weight in its attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.report.figures.colours import CARD, INK, MUTED
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.reading import array
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import dots, sized

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
"""Diameter of a point that is seen and hardly attended to, points."""
SIZE = (3.15, 2.1)
"""Of one panel, inches."""


@dataclass(frozen=True)
class Attention:
    """One pair and where the inference of each of its points attends, in the order of inference."""

    position: Array
    """(points,), as all that follows but the layers."""
    member: Array
    """0 or 1."""
    input: Array
    """NaN where a value is inferred."""
    value: Array
    """Input or true; NaN where it is not known."""
    layers: Sequence[Array]
    """(points, points) each: row t says where point t attends, and sums to 1."""

    @property
    def chosen(self) -> list[int]:
        """The first, the middle and the last of the inferred points; fewer if there are not so many."""
        inferred = np.flatnonzero(np.isnan(self.input))
        return (
            sorted({int(inferred[place]) for place in (0, len(inferred) // 2, -1)}) if len(inferred) else []
        )


def read(folder: Path) -> Attention | None:
    """From a model's snapshots; none if it does not attend, or nothing is inferred.

    Raises `InputError` for arrays that cannot be read or do not fit.
    """
    paths = [path for name in LAYERS if (path := folder / f"{name}.npy").is_file()]
    context, target = folder / "context.npy", folder / "target.npy"
    if not paths or not context.is_file() or not target.is_file():
        return None
    points, truth = array(context), array(target)
    if points.ndim != 2 or len(points) != 3:
        raise InputError(f"{context}: shape {points.shape}; expected (3, points); run `dvc repro` again")
    count = points.shape[1]
    layers = [array(path) for path in paths]
    squares = [(path, layer, (count, count)) for path, layer in zip(paths, layers, strict=True)]
    expected: list[tuple[Path, Array, tuple[int, ...]]] = [(target, truth, (count,)), *squares]
    for path, each, shape in expected:
        if each.shape != shape:
            raise InputError(f"{path}: shape {each.shape}; expected {shape}; run `dvc repro` again")
    position, member, known = points
    result = Attention(position, member, known, np.where(np.isnan(known), truth, known), layers)
    return result if result.chosen else None


def draw(results: Results) -> Iterator[Picture]:
    """The picture of the best model that attends."""
    for each in results.models:
        if (result := read(results.learning(each))) is not None:
            yield Picture(
                "attention",
                figure(result),
                f"Where attention goes: {each.label}",
                "three inferred points of a validation signal, the first, the middle and the last, and the "
                "points seen before each: the area of a dot is its share of the attention. Above each panel, "
                "how much of it goes to the point's own sequence and, if there is one, to its partner.",
                "wide",
            )
            return


def figure(attention: Attention) -> Figure:
    """A line of panels a layer, in each a panel for every chosen point; the area of a point is its weight."""
    chosen = attention.chosen
    margins, gap = (0.5, 0.1, 0.42, 0.62), (0.22, 0.34)
    rows, columns = len(attention.layers), len(chosen)
    result, grid = sized(
        sum(margins[:2]) + columns * SIZE[0] + (columns - 1) * gap[0],
        sum(margins[2:]) + rows * SIZE[1] + (rows - 1) * gap[1],
        margins, rows, columns, gap,
    )  # fmt: skip
    known = attention.value[np.isfinite(attention.value)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (-1.0, 1.0)
    span = high - low or 1.0
    grid[0][0].set_ylim(low - 0.12 * span, high + 0.12 * span)
    grid[0][0].yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    left, right = float(attention.position.min()), float(attention.position.max())
    margin = 0.03 * (right - left) or 1.0
    grid[0][0].set_xlim(left - margin, right + margin)
    inferred = np.flatnonzero(np.isnan(attention.input))
    for number, (line, layer) in enumerate(zip(grid, attention.layers, strict=True), 1):
        for axes, point in zip(line, chosen, strict=True):
            _panel(axes, attention, layer[point].astype(np.float64), point)
            place = int(np.searchsorted(inferred, point)) + 1
            axes.set_title(f"layer {number}: point {place} of {len(inferred)}", fontsize=8.5, pad=3, y=1.0)
            axes.grid(axis="y")
    for axes in grid[-1]:
        axes.set_xlabel("position x")
    result.supylabel("value y", fontsize=9, x=0.008, ha="left")
    _key(result, attention)
    return result


def shares(attention: Attention, weight: Array, point: int) -> list[tuple[str, float]]:
    """What share of the attention goes to which sequence: `own`, then `partner` if there is one."""
    own = attention.member == attention.member[point]
    total = float(weight.sum()) or 1.0
    to_own = [("own", float(weight[own].sum()) / total)]
    return to_own if own.all() else [*to_own, ("partner", float(weight[~own].sum()) / total)]


def _panel(axes: Axes, attention: Attention, weight: Array, point: int) -> None:
    """All points seen as small dots, those attended to in their sequence's colour; a star at the chosen."""
    seen = np.arange(len(weight)) <= point
    seen &= np.isfinite(attention.value) & (np.arange(len(weight)) != point)
    dots(axes, attention.position[seen], attention.value[seen], SEEN, 0.5)
    diameter = np.minimum(np.sqrt(4 * AREA / np.pi * np.where(seen, weight, 0.0)), LARGEST)
    diameter = np.round(diameter / STEP) * STEP
    for member, colour in enumerate(MEMBERS):
        own = attention.member == member
        for size in np.unique(diameter[own & (diameter > SEEN)])[::-1]:
            here = own & (diameter == size)
            dots(axes, attention.position[here], attention.value[here], float(size), 0.6, colour, 2)
    place, value = float(attention.position[point]), float(attention.value[point])
    axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5)
    if np.isfinite(value):
        axes.plot(place, value, marker="*", markersize=11, color=INK, markeredgecolor=CARD,
                  markeredgewidth=0.8, zorder=4)  # fmt: skip
    across = 1.0
    both = shares(attention, weight, point)
    for name, share in reversed(both if len(both) > 1 else []):
        colour = MEMBERS[int(attention.member[point]) if name == "own" else 1 - int(attention.member[point])]
        axes.text(across, 1.02, f"{name} {share:.0%}", transform=axes.transAxes, ha="right", va="bottom",
                  color=colour, fontsize=8)  # fmt: skip
        across -= 0.24


def _key(result: Figure, attention: Attention) -> None:
    """What the marks mean, in one line above all panels."""
    members = sorted({int(member) for member in attention.member})
    handles = [
        Line2D([], [], linestyle="none", marker="*", markersize=10, color=INK, label="the point to infer"),
        Line2D([], [], linestyle="none", marker="o", markersize=1.8, color=MUTED, label="seen before it"),
        *(
            Line2D([], [], linestyle="none", marker="o", markersize=7, alpha=0.6, markeredgewidth=0,
                   color=MEMBERS[member], label="attended to" + NAMES[member] * (len(members) > 1))
            for member in members
        ),
    ]  # fmt: skip
    result.legend(handles=handles, loc="upper right", ncols=len(handles), frameon=False, fontsize=8,
                  borderaxespad=0.3, columnspacing=1.4, handletextpad=0.4)  # fmt: skip
