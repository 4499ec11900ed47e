"""Error by position: where in a signal a predictor is right, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from tidemark.core.store import Array
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
    rows: Sequence[Row], errors: Mapping[str, tuple[Array, Array]], colours: Colours, units: Units
) -> Figure | None:
    """L1 error against position; models as bold lines, baselines grey, limits in ink.

    A long signal is drawn in means over neighbours. `rows` are one dataset's, `errors` as
    `tables.positions` gives them. Zero errors, which a logarithmic axis cannot hold, leave a gap.
    None if there is nothing to draw.
    """
    drawn = [row for row in rows if row.predictor in errors]
    span = positive_range(float(value) for row in drawn for value in errors[row.predictor][1])
    if span is None:
        return None
    with styled():
        result, [[axes]] = sized(4.9, 3.4, (0.62, label_margin(row.label for row in drawn), 0.45, 0.12))
        axes.set_ylim(span)
        logarithmic(axes, "y")
        labels, references = [], 0
        for row in drawn:
            position, error = pooled(*errors[row.predictor])
            error = np.where(error >= span[0], error, np.nan)
            if not np.isfinite(error).any():
                continue
            colour = colours.of(row.label, row.kind)
            if row.kind == "model":
                axes.plot(position / units.samples, error, color=colour, linewidth=1.9, zorder=3)
            else:
                axes.plot(
                    position / units.samples, error, color=colour, linewidth=1.0, zorder=2,
                    linestyle=DASHES[references % len(DASHES)],
                )  # fmt: skip
                references += 1
            labels.append((float(error[np.isfinite(error)][-1]), row.label, colour))
        axes.margins(x=0.01)
        axes.set_xlabel(units.time)
        axes.set_ylabel(units.error)
        axes.grid(axis="y")
        label_right(axes, labels)
        return result
