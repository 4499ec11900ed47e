"""Confusion matrices: what each class is predicted to be, by several predictors side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.report.figures import maps
from tidemark.report.figures.colours import INK, MUTED, RULE, class_colours
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results, Shown
from tidemark.report.figures.style import rectangles

FILE = "confusion.csv"
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
NAMES = ("without smoothing", "smoothed over time")

Matrices = Mapping[int, Array]
"""By whether smoothed (0 or 1): numbers of windows, (classes, classes), a row a true class."""


def read(results: Results) -> dict[str, Matrices]:
    """By predictor, on the set `test`; a class that no window has or is taken for has zeros."""
    columns = {"test": str, "smoothed": int, "true": str, "predicted": str, "windows": float}
    return {
        name: {
            int(str(smoothed)): own.pivot_table("windows", "true", "predicted", "sum")
            .reindex(index=[*results.info.classes], columns=[*results.info.classes])
            .fillna(0.0)
            .to_numpy()
            for smoothed, own in table[table["test"] == TEST].groupby("smoothed")
        }
        for name, table in results.details(FILE, columns).items()
    }


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if there are matrices."""
    result = {name: own for name, own in read(results).items() if own}
    shown = [(each, result[each.predictor.name]) for each in results.chosen(result)]
    if shown:
        yield Picture(
            "confusion",
            figure(shown, results.info.classes),
            "What is taken for what",
            "of all test windows annotated as a class, the share with each prediction, in per cent: a row "
            "sums to 100, what is right lies on the diagonal, and less than half a per cent is left out. "
            "Above each window by itself, below smoothed over time.",
            "wide",
        )


def shares(windows: Array) -> Array:
    """(classes, classes): each row over its sum; NaN in a row without windows."""
    total = windows.sum(axis=1, keepdims=True)
    result: Array = np.divide(windows, total, out=np.full_like(windows, np.nan), where=total > 0)
    return result


def figure(shown: Sequence[tuple[Shown, Matrices]], classes: Sequence[str]) -> Figure:
    """One column a predictor; above without smoothing, below with it. Numbers are per cent of the row."""
    kinds = [kind for kind in range(len(NAMES)) if any(kind in matrices for _, matrices in shown)]
    longest = max(map(len, classes))
    side = min(max(WIDTH / (len(shown) * len(classes)), CELL[0]), CELL[1])
    size = (side * len(classes),) * 2
    left, bottom = 0.5 + 0.068 * longest, 0.32 + 0.05 * longest
    result, axes, boxes = maps.grid(
        len(kinds), len(shown), size, gap=(0.22, 0.36), margins=(left, 0.15, bottom, 0.62)
    )
    marks = class_colours(classes)
    for line, kind in zip(boxes, kinds, strict=True):
        for box, (_, matrices) in zip(line, shown, strict=True):
            if kind in matrices:
                _matrix(axes, box, shares(matrices[kind]), side)
            axes.text(box.left, box.bottom + box.height + 0.06, NAMES[kind], fontsize=8, color=MUTED)
        first = line[0]
        for place, name in enumerate(classes):
            height = first.bottom + first.height - (place + 0.5) * side
            _mark(axes, first.left - 0.1, height, marks[name])
            axes.text(first.left - 0.18, height, name, ha="right", va="center_baseline", fontsize=8)
        axes.text(0.06, first.bottom + first.height / 2, "annotated", ha="left", va="center", rotation=90,
                  fontsize=9)  # fmt: skip
    for box, (each, _) in zip(boxes[0], shown, strict=True):
        top = box.bottom + box.height
        axes.text(box.left, top + 0.25, each.predictor.label, fontweight="bold")
        axes.text(box.left, top + 0.43, each.role, fontsize=8, color=MUTED)
    for box in boxes[-1]:
        for place, name in enumerate(classes):
            across = box.left + (place + 0.5) * side
            _mark(axes, across, box.bottom - 0.1, marks[name])
            axes.text(across + 0.06, box.bottom - 0.18, name, ha="right", va="top", rotation=35,
                      rotation_mode="anchor", fontsize=8)  # fmt: skip
        axes.text(box.left + box.width, 0.07, "predicted", ha="right", va="bottom", fontsize=9)
    maps.finish(result, axes)
    return result


def _mark(axes: Axes, across: float, upward: float, colour: str) -> None:
    """A class's colour beside its name."""
    axes.plot(across, upward, marker="s", markersize=5, color=colour, markeredgewidth=0)


def _matrix(axes: Axes, box: maps.Box, result: Array, side: float) -> None:
    """Cells of one matrix; those of one shade are one path, and those below half a per cent are empty."""
    count = len(result)
    rows, columns = np.indices(result.shape)
    lefts = np.asarray(box.left + columns * side)
    tops = np.asarray(box.bottom + box.height - rows * side)
    written: Array = np.asarray(np.nan_to_num(result) >= 0.005)
    shade: Array = np.ceil(np.nan_to_num(result) ** BEND * LEVELS).astype(int)
    for level in np.unique(shade[written]):
        here = written & (shade == level)
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
    for row, column in zip(*np.nonzero(written), strict=True):
        share = float(result[row, column])
        axes.text(lefts[row, column] + side / 2, tops[row, column] - side / 2, f"{100 * share:.0f}",
                  ha="center", va="center_baseline", fontsize=size, zorder=4,
                  color=ON_FILL if share**BEND >= OPAQUE else INK,
                  fontweight="bold" if row == column else "normal")  # fmt: skip
    for row in np.flatnonzero(np.isnan(result).any(axis=1)):
        axes.text(box.left + box.width / 2, tops[row, 0] - side / 2, "no windows", ha="center",
                  va="center_baseline", fontsize=size, color=MUTED, fontstyle="italic")  # fmt: skip
