"""Score against size: what a model's parameters buy, and how far from the best any method could do."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from tidemark.figures.intervals import floor
from tidemark.figures.reach import reach
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
from tidemark.figures.views import View


def figure(rows: Sequence[Row], colours: Colours, view: View, units: Units) -> Figure | None:
    """Error against number of parameters, both logarithmic; baselines and limits as lines.

    What is far away from all models is but named. `rows` are one dataset's. None if there is no model, or
    what ranks is no error.
    """
    if view.better == "higher":
        return None
    models = [row for row in rows if row.kind == "model" and row.parameters > 0 and row.score.value > 0]
    sizes = positive_range((row.parameters for row in models), margin=2.2)
    found = reach(rows, view)
    span = positive_range((row.score.value for row in found.near), 1.3, view.negligible)
    if sizes is None or span is None:
        return None
    far = found.arrows(span, colours)
    margin = label_margin(
        [*(row.label for row in rows if row.kind != "model"), *(label for _, label, _ in far)]
    )
    references = [row for row in found.near if row.kind != "model"]
    with styled():
        result, [[axes]] = sized(4.9, 3.4, (0.62, margin, 0.45, 0.12))
        axes.set_xlim(sizes)
        axes.set_ylim(span)
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        axes.grid(axis="y")
        lowest = floor(rows, view.negligible)
        if lowest is not None and lowest > span[0]:
            axes.axhspan(span[0], lowest, color=INK, alpha=0.08, linewidth=0)
        lines = []
        for number, row in enumerate(references):
            colour = colours.of(row.label, row.kind)
            axes.axhline(row.score.value, color=colour, linewidth=1.1, linestyle=DASHES[number % len(DASHES)])
            lines.append((row.score.value, row.label, colour))
        for row in models:
            colour = colours.of(row.label)
            above = 0 if colour == DIM else 2
            axes.plot([row.parameters] * 2, [row.score.low, row.score.high], color=colour, linewidth=1.6,
                      zorder=3 + above)  # fmt: skip
            axes.plot(
                row.parameters, row.score.value, marker="o", markersize=8, color=colour, zorder=4 + above
            )
        axes.set_xlabel("parameters")
        axes.set_ylabel(units.error)
        label_right(axes, [*lines, *far])
        _name_points(axes, models, colours)
        return result


def _name_points(axes: Axes, models: Sequence[Row], colours: Colours) -> None:
    """Write each model's name beside its point, at the first of eight places that is free.

    Pale points have none.
    """
    ends = [axes.transData.transform((row.parameters, row.score.value)) for row in models]
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
