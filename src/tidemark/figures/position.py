"""Error by position: where in a signal a predictor is right, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.figures.reach import reach
from tidemark.figures.style import (
    DASHES,
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

FEW = 24
"""Positions that each get a point on a model's line, at most."""
POINTS = 128
"""Largest number of points of a line."""


def pooled(position: Array, error: Array) -> tuple[Array, Array]:
    """Means over as many neighbours, at most `POINTS` of them; both arrays (length,)."""
    size = -(-len(position) // POINTS)
    kept = len(position) // size * size if size else 0
    if size <= 1:
        return position, error
    return position[:kept].reshape(-1, size).mean(1), error[:kept].reshape(-1, size).mean(1)


def figure(
    rows: Sequence[Row],
    errors: Mapping[str, tuple[Array, Array]],
    colours: Colours,
    view: View,
    units: Units,
) -> Figure | None:
    """Error against position; models as bold lines, baselines grey, limits in ink.

    What is far away from all models is but named. A long signal is drawn in means over neighbours. `rows` are
    one dataset's, `errors` as `tables.positions` gives them. Zero errors, which a logarithmic axis cannot
    hold, leave a gap.
    None if there is nothing to draw.
    """
    found = reach(rows, view)
    drawn = [row for row in found.near if row.predictor in errors]
    values = (float(value) for row in drawn for value in errors[row.predictor][1])
    span = positive_range(values, negligible=view.negligible)
    if span is None:
        return None
    with styled():
        labels, references = found.arrows(span, colours), 0
        margin = label_margin([*(row.label for row in drawn), *(label for _, label, _ in labels)])
        result, [[axes]] = sized(4.9, 3.4, (0.62, margin, 0.45, 0.12))
        axes.set_ylim(span)
        logarithmic(axes, "y")
        few = max(len(errors[row.predictor][0]) for row in drawn) <= FEW
        for row in drawn:
            position, error = pooled(*errors[row.predictor])
            position = (position + view.first_position) / units.samples
            error = np.where(error >= span[0], error, np.nan)
            if not np.isfinite(error).any():
                continue
            colour = colours.of(row.label, row.kind)
            if row.kind == "model":
                axes.plot(position, error, color=colour, linewidth=1.9, zorder=3,
                          marker="o" if few else "", markersize=3.5)  # fmt: skip
            else:
                axes.plot(
                    position, error, color=colour, linewidth=1.0, zorder=2,
                    linestyle=DASHES[references % len(DASHES)],
                )  # fmt: skip
                references += 1
            labels.append((float(error[np.isfinite(error)][-1]), row.label, colour))
        if few:
            axes.xaxis.set_major_locator(MaxNLocator(integer=units.samples == 1))
        axes.margins(x=0.03 if few else 0.01)
        axes.set_xlabel(units.position)
        axes.set_ylabel(units.error)
        axes.grid(axis="y")
        label_right(axes, labels)
        return result
