"""Score against size: what a model's parameters buy, and how far from the best any method could do."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from tidemark.figures.intervals import floor
from tidemark.figures.style import (
    DASHES,
    DIM,
    INK,
    Colours,
    label_margin,
    label_right,
    logarithmic,
    positive_range,
    sized,
    styled,
)
from tidemark.figures.tables import Row
from tidemark.figures.units import Units


def figure(rows: Sequence[Row], colours: Colours, units: Units) -> Figure | None:
    """L1 error against number of parameters, both logarithmic; baselines and limits as lines.

    `rows` are one dataset's. None if there is no model.
    """
    models = [row for row in rows if row.kind == "model" and row.parameters > 0 and row.l1.value > 0]
    sizes = positive_range((row.parameters for row in models), margin=2.2)
    span = positive_range((row.l1.value for row in rows), margin=1.3)
    if sizes is None or span is None:
        return None
    margin = label_margin(row.label for row in rows if row.kind != "model")
    with styled():
        result, [[axes]] = sized(4.9, 3.4, (0.62, margin, 0.45, 0.12))
        axes.set_xlim(sizes)
        axes.set_ylim(span)
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        axes.grid(axis="y")
        lowest = floor(rows)
        if lowest is not None:
            axes.axhspan(span[0], lowest, color=INK, alpha=0.08, linewidth=0)
        lines = []
        for number, row in enumerate(row for row in rows if row.kind != "model" and row.l1.value >= span[0]):
            colour = colours.of(row.label, row.kind)
            axes.axhline(row.l1.value, color=colour, linewidth=1.1, linestyle=DASHES[number % len(DASHES)])
            lines.append((row.l1.value, row.label, colour))
        for row in models:
            colour = colours.of(row.label)
            above = 0 if colour == DIM else 2
            axes.plot([row.parameters] * 2, [row.l1.low, row.l1.high], color=colour, linewidth=1.6,
                      zorder=3 + above)  # fmt: skip
            axes.plot(row.parameters, row.l1.value, marker="o", markersize=8, color=colour, zorder=4 + above)
        axes.set_xlabel("parameters")
        axes.set_ylabel(units.error)
        label_right(axes, lines)
        _name_points(axes, models, colours)
        return result


def _name_points(axes: Axes, models: Sequence[Row], colours: Colours) -> None:
    """Write each model's name beside its point, at the first of eight places that is free.

    Pale points have none.
    """
    ends = [axes.transData.transform((row.parameters, row.l1.value)) for row in models]
    taken = [Bbox.from_extents(x - 7, y - 7, x + 7, y + 7) for x, y in ends]
    inside = axes.bbox
    for row, (x, y) in zip(models, ends, strict=True):
        if colours.of(row.label) == DIM:
            continue
        # Widths are estimated, not measured: the page draws the text in the reader's own typeface.
        width, height = 6.0 * len(row.label), 13.0
        places = [(9, -height / 2), (-9 - width, -height / 2), (-width / 2, 9), (-width / 2, -9 - height),
                  (7, 7), (-7 - width, 7), (7, -7 - height), (-7 - width, -7 - height)]  # fmt: skip
        boxes = [Bbox.from_bounds(x + dx, y + dy, width, height) for dx, dy in places]
        free = [
            box for box in boxes
            if box.x0 >= inside.x0 and box.x1 <= inside.x1 and box.y0 >= inside.y0 and box.y1 <= inside.y1
            and not any(box.overlaps(other) for other in taken)
        ]  # fmt: skip
        box = (free or boxes)[0]
        taken.append(box)
        left, bottom = axes.transData.inverted().transform((box.x0, box.y0 + height / 2))
        axes.text(left, bottom, row.label, color=colours.of(row.label), fontsize=8, va="center_baseline")
