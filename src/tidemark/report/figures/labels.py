"""Labels that sit beside their lines, none over another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import DIM

Label = tuple[float, str, str]
"""Height in data units, text, colour."""


def label_margin(labels: Iterable[str]) -> float:
    """Inches that `label_right` needs beside the axes for the longest of `labels`."""
    return min(0.25 + 0.068 * max(map(len, labels), default=0), 2.2)


def margin_for(predictors: Iterable[Predictor]) -> float:
    """The same for the names of predictors."""
    return label_margin(each.label for each in predictors)


def label_right(axes: Axes, labels: Sequence[Label], size: float = 8) -> None:
    """Write labels right of the axes, none over another.

    Call it once the limits of the axes are final.
    """
    labels = [label for label in labels if math.isfinite(label[0])]
    if not labels:
        return
    box = axes.get_position()
    points = box.height * axes.figure.get_figheight() * 72  # type: ignore[union-attr]
    into_axes = axes.transData + axes.transAxes.inverted()
    heights = [float(into_axes.transform((axes.get_xlim()[0], height))[1]) for height, _, _ in labels]
    heights = [min(max(height, 0.0), 1.0) for height in heights]
    places = spread(heights, size * 1.2 / points, 0.0, 1.0)
    for (_, text, colour), height, place in zip(labels, heights, places, strict=True):
        axes.plot([1.005, 1.03], [height, place], transform=axes.transAxes, color=colour, linewidth=0.7,
                  clip_on=False)  # fmt: skip
        axes.text(1.04, place, text, transform=axes.transAxes, color=colour, fontsize=size,
                  va="center_baseline")  # fmt: skip


def gathered(labels: Sequence[Label]) -> list[Label]:
    """The labels, those of pale models as one, at the mean of their heights.

    The mean is geometric where all are positive, as on a logarithmic axis.
    """
    pale = [height for height, _, colour in labels if colour == DIM]
    if len(pale) <= 1:
        return list(labels)
    mean = np.exp(np.log(pale).mean()) if min(pale) > 0 else np.mean(pale)
    others = [label for label in labels if label[2] != DIM]
    return [*others, (float(mean), f"{len(pale)} other models", DIM)]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places nearest to `wanted` (least squares) that keep their order, at least `gap` from one to the next.

    Isotonic regression by pooling adjacent violators, then moved inside [low, high].
    """
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = wanted[index] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    highest = max(high - (len(flat) - 1) * gap, low)
    places = [0.0] * len(flat)
    for rank, index in enumerate(order):
        places[index] = min(max(flat[rank], low), highest) + rank * gap
    return places
