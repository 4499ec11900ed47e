"""Confusion matrices: what each class is taken for, by several predictors side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures import cells, maps
from tidemark.figures.rectangles import rectangles
from tidemark.figures.style import INK, MUTED, RULE, class_colours, styled
from tidemark.figures.tables import Row

FILL = "#005a8c"
"""Of a cell, the more opaque the larger its share of the row is: seen on a light page and on a dark one."""
ON_FILL = "#fdfdfd"
"""Of the number in an opaque cell."""
BEND = 0.7
"""Power of the share that is the opacity: small shares, the mistakes, are to be seen."""
OPAQUE = 0.68
"""Opacity from which numbers are white."""
LEVELS = 25
"""Of opacity."""
WIDTH = 8.2
"""Of all matrices together, inches."""
CELL = (0.2, 0.42)
"""Least and largest side of a cell, inches."""
NAMES = {False: "without smoothing", True: "smoothed over time"}


@dataclass(frozen=True)
class Confusion:
    """Windows by what they are and what they are taken for."""

    windows: Mapping[tuple[str, str], float]
    """(true, predicted) → number."""

    @property
    def classes(self) -> list[str]:
        """All that occur, sorted."""
        return sorted({name for pair in self.windows for name in pair})

    def table(self, classes: Sequence[str]) -> Array:
        """(classes, classes): numbers of windows, a row a true class."""
        return np.array([[self.windows.get((true, told), 0.0) for told in classes] for true in classes])


Confusions = Mapping[tuple[str, bool], Confusion]
"""By test set, without and with smoothing."""


@dataclass(frozen=True)
class Shown:
    """A predictor, why it is shown, and its matrices on one test set: without smoothing, and with it."""

    row: Row
    role: str
    matrices: Mapping[bool, Confusion]


def read(path: Path) -> Confusions:
    """From a predictor's `confusion.csv`; empty if there is no such file.

    Raises `InputError` naming what cannot be read.
    """
    if not path.exists():
        return {}
    table = cells.read(path, ["test", "smoothed", "true", "predicted"], ["windows"])
    table.check("smoothed", ("0", "1"))
    table.refuse("windows", ~(table.numbers["windows"] >= 0), "a number of windows")
    found = {}
    for (test, smoothed), rows in table.groups("test", "smoothed").items():
        pairs = zip(
            *(np.array(table.text[name])[rows].tolist() for name in ("true", "predicted")), strict=True
        )
        windows = dict(zip(pairs, table.numbers["windows"][rows].tolist(), strict=True))
        found[test, smoothed == "1"] = Confusion(windows)
    return found


def shares(windows: Array) -> Array:
    """(classes, classes): each row over its sum; NaN in a row without windows."""
    total = windows.sum(axis=1, keepdims=True)
    found: Array = np.divide(windows, total, out=np.full_like(windows, np.nan), where=total > 0)
    return found


def figure(shown: Sequence[Shown], classes: Sequence[str]) -> Figure | None:
    """One column a predictor; above without smoothing, below with it. Numbers are per cent of the row.

    None without matrices.
    """
    shown = [each for each in shown if each.matrices]
    if not shown or not classes:
        return None
    kinds = [kind for kind in NAMES if any(kind in each.matrices for each in shown)]
    longest = max(map(len, classes))
    side = min(max(WIDTH / (len(shown) * len(classes)), CELL[0]), CELL[1])
    size = (side * len(classes),) * 2
    left, bottom = 0.5 + 0.068 * longest, 0.32 + 0.05 * longest
    with styled():
        result, axes, boxes = maps.grid(
            len(kinds), len(shown), size, gap=(0.22, 0.36), margins=(left, 0.15, bottom, 0.62)
        )
        marks = class_colours(classes)
        for line, kind in zip(boxes, kinds, strict=True):
            for box, each in zip(line, shown, strict=True):
                if kind in each.matrices:
                    _matrix(axes, box, shares(each.matrices[kind].table(classes)), side)
                axes.text(box.left, box.bottom + box.height + 0.06, NAMES[kind], fontsize=8, color=MUTED)
            first = line[0]
            for place, name in enumerate(classes):
                height = first.bottom + first.height - (place + 0.5) * side
                _mark(axes, first.left - 0.1, height, marks[name])
                axes.text(first.left - 0.18, height, name, ha="right", va="center_baseline", fontsize=8)
            axes.text(0.06, first.bottom + first.height / 2, "annotated", ha="left", va="center", rotation=90,
                      fontsize=9)  # fmt: skip
        for box, each in zip(boxes[0], shown, strict=True):
            top = box.bottom + box.height
            axes.text(box.left, top + 0.25, each.row.label, fontweight="bold")
            axes.text(box.left, top + 0.43, each.role, fontsize=8, color=MUTED)
        for box in boxes[-1]:
            for place, name in enumerate(classes):
                across = box.left + (place + 0.5) * side
                _mark(axes, across, box.bottom - 0.1, marks[name])
                axes.text(across + 0.06, box.bottom - 0.18, name, ha="right", va="top", rotation=35,
                          rotation_mode="anchor", fontsize=8)  # fmt: skip
            axes.text(box.left + box.width, 0.07, "answer", ha="right", va="bottom", fontsize=9)
        maps.finish(result, axes)
        return result


def _mark(axes: Axes, across: float, upward: float, colour: str) -> None:
    """A class's colour beside its name."""
    axes.plot(across, upward, marker="s", markersize=5, color=colour, markeredgewidth=0)


def _matrix(axes: Axes, box: maps.Box, found: Array, side: float) -> None:
    """Cells of one matrix; those of one shade are one path, and those below half a per cent are empty."""
    count = len(found)
    rows, columns = np.indices(found.shape)
    lefts = np.asarray(box.left + columns * side)
    tops = np.asarray(box.bottom + box.height - rows * side)
    told: Array = np.asarray(np.nan_to_num(found) >= 0.005)
    shade: Array = np.ceil(np.nan_to_num(found) ** BEND * LEVELS).astype(int)
    for level in np.unique(shade[told]):
        here = told & (shade == level)
        rectangles(axes, lefts[here], tops[here] - side, side, side, facecolor=FILL,
                   alpha=level / LEVELS)  # fmt: skip
    for place in range(count + 1):
        frame = place in (0, count)
        look: dict[str, Any] = {
            "color": MUTED if frame else RULE,
            "linewidth": 0.8 if frame else 0.5,
            "zorder": 3,
        }
        axes.plot([box.left + place * side] * 2, [box.bottom, box.bottom + box.height], **look)
        axes.plot([box.left, box.left + box.width], [box.bottom + place * side] * 2, **look)
    size = min(8.0, 22 * side)
    for row, column in zip(*np.nonzero(told), strict=True):
        share = float(found[row, column])
        axes.text(lefts[row, column] + side / 2, tops[row, column] - side / 2, f"{100 * share:.0f}",
                  ha="center", va="center_baseline", fontsize=size, zorder=4,
                  color=ON_FILL if share**BEND >= OPAQUE else INK,
                  fontweight="bold" if row == column else "normal")  # fmt: skip
    for row in np.flatnonzero(np.isnan(found).any(axis=1)):
        axes.text(box.left + box.width / 2, tops[row, 0] - side / 2, "no windows", ha="center",
                  va="center_baseline", fontsize=size, color=MUTED, fontstyle="italic")  # fmt: skip
