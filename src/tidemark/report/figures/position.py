"""Error by position: where in a signal a predictor is right, and where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.report.figures.labels import label_margin, label_right
from tidemark.report.figures.outlying import outlying
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import DASHES, logarithmic, positive_range, sized

FILE = "position.csv"
FEW = 24
"""Positions that each get a point on a model's line, at most."""
POINTS = 128
"""Largest number of points of a line."""


def read(results: Results) -> dict[str, pd.DataFrame]:
    """By predictor: position, and the error that ranks there."""
    return results.details(FILE, {"position": int, results.comparison.headline: float})


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if errors have positions."""
    if (drawn := figure(results, read(results))) is not None:
        title, places = results.view.by_position
        yield Picture(
            "position",
            drawn,
            title,
            f"{results.view.error} {places}; bold lines are models, dashed ones baselines, oracles and "
            f"limits.{results.few.shown}",
        )


def pooled(position: Array, error: Array) -> tuple[Array, Array]:
    """Means over as many neighbours, at most `POINTS` of them; both arrays (length,)."""
    size = -(-len(position) // POINTS)
    whole = len(position) // size * size if size else 0
    if size <= 1:
        return position, error
    return position[:whole].reshape(-1, size).mean(1), error[:whole].reshape(-1, size).mean(1)


def figure(results: Results, errors: Mapping[str, pd.DataFrame]) -> Figure | None:
    """Error against position; models as bold lines, baselines grey, oracles brown, limits in ink.

    What is far away from all models is but named. A long signal is drawn in means over neighbours. Zero
    errors, which a logarithmic axis cannot hold, leave a gap. None if there is nothing to draw.
    """
    view, units, few = results.view, results.units, results.few
    sorted_ = outlying(results, few.predictors)
    drawn = [
        (each, table["position"].to_numpy(), table[results.comparison.headline].to_numpy())
        for each in sorted_.near
        if (table := errors.get(each.name)) is not None
    ]
    span = positive_range((float(v) for *_, error in drawn for v in error), negligible=view.negligible)
    if span is None:
        return None
    labels, references = sorted_.arrows(span, few.colours), 0
    margin = label_margin([*(each.label for each, *_ in drawn), *(label for _, label, _ in labels)])
    result, [[axes]] = sized(4.9, 3.4, (0.72, margin, 0.45, 0.12))
    axes.set_ylim(span)
    logarithmic(axes, "y")
    dotted = max(len(position) for _, position, _ in drawn) <= FEW
    for each, place, value in drawn:
        position, error = pooled(place, value)
        position = (position + view.first_position) / units.samples
        error = np.where(error >= span[0], error, np.nan)
        if not np.isfinite(error).any():
            continue
        colour = few.colours.of(each)
        if each.kind == "model":
            axes.plot(position, error, color=colour, linewidth=1.9, zorder=3, marker="o" if dotted else "",
                      markersize=3.5)  # fmt: skip
        else:
            dash = DASHES[references % len(DASHES)]
            axes.plot(position, error, color=colour, linewidth=1.0, zorder=2, linestyle=dash)
            references += 1
        labels.append((float(error[np.isfinite(error)][-1]), each.label, colour))
    if dotted:
        axes.xaxis.set_major_locator(MaxNLocator(integer=units.samples == 1))
    axes.margins(x=0.03 if dotted else 0.01)
    axes.set_xlabel(units.position)
    axes.set_ylabel(units.error)
    axes.grid(axis="y")
    label_right(axes, labels)
    return result
