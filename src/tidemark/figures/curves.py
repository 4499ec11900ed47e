"""Training and validation loss of all models of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures.style import (
    Colours,
    gathered,
    label_margin,
    label_right,
    logarithmic,
    positive_range,
    sized,
    styled,
)
from tidemark.figures.tables import CurriculumStage, Curve, Row

LATER = 0.85
"""Share of the losses, the lowest, that a linear axis holds."""


def figure(
    rows: Sequence[Row],
    losses: Mapping[tuple[str, str], Curve],
    colours: Colours,
    stages: Mapping[str, Sequence[CurriculumStage]],
) -> Figure | None:
    """Loss against step, both logarithmic; validation bold, training thin. None if there is none.

    A loss that falls below zero, as a negative log-likelihood may, has a linear axis, which cuts the
    beginning. Upright lines in a model's colour say where the stages of its curriculum begin.
    """
    names = {row.predictor for row in rows}
    drawn = {key: curve for key, curve in losses.items() if key[0] in names}
    values = np.array([float(v) for curve in drawn.values() for v in curve.loss])
    below = bool((values < 0).any())
    span = _linear(values) if below else positive_range(values, margin=1.1)
    steps = positive_range((float(v) for curve in drawn.values() for v in curve.step), margin=1.0)
    if span is None or steps is None:
        return None
    with styled():
        result, [[axes]] = sized(4.9, 3.4, (0.62, label_margin(row.label for row in rows), 0.45, 0.12))
        axes.set_ylim(span)
        axes.set_xlim(steps[0], max(steps[1], steps[0] + 1))
        logarithmic(axes, "x")
        if not below:
            logarithmic(axes, "y")
        labels = []
        _curricula(axes, rows, stages, colours)
        for row in rows:
            colour = colours.of(row.label, row.kind)
            for split, width, alpha, order in [("train", 0.8, 0.45, 2), ("validation", 1.9, 1.0, 3)]:
                curve = drawn.get((row.predictor, split))
                if curve is None:
                    continue
                kept = (curve.step > 0) & (below | (curve.loss > 0))
                axes.plot(curve.step[kept], curve.loss[kept], color=colour, linewidth=width, alpha=alpha,
                          zorder=order)  # fmt: skip
                if kept.any() and split == "validation":
                    last = (float(curve.step[kept][-1]), float(curve.loss[kept][-1]))
                    axes.plot(*last, marker="o", markersize=4, color=colour, zorder=4, clip_on=False)
                    axes.plot([last[0], axes.get_xlim()[1]], [last[1]] * 2, color=colour, linewidth=0.7,
                              linestyle=(0, (1, 2)), zorder=1)  # fmt: skip
                    labels.append((last[1], row.label, colour))
        axes.set_xlabel("training step")
        axes.set_ylabel("loss")
        axes.grid(axis="y")
        label_right(axes, gathered(labels))
        return result


def _linear(values: Array) -> tuple[float, float]:
    """Ends of a linear axis that holds the later part of losses, of which the first may be enormous."""
    low, high = float(np.nanmin(values)), float(np.nanquantile(values, LATER))
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def _curricula(
    axes: Axes, rows: Sequence[Row], stages: Mapping[str, Sequence[CurriculumStage]], colours: Colours
) -> None:
    """Upright lines at the first steps of all stages but the first."""
    low, high = axes.get_xlim()
    for row in rows:
        for stage in stages.get(row.predictor, ())[1:]:
            if low < stage.step < high:
                axes.axvline(stage.step, color=colours.of(row.label), linewidth=0.9, linestyle=(0, (3, 2)),
                             alpha=0.8, zorder=1)  # fmt: skip


def curricula(rows: Sequence[Row], stages: Mapping[str, Sequence[CurriculumStage]]) -> str:
    """What the upright lines mean; empty without a curriculum."""
    told = []
    for row in rows:
        found = stages.get(row.predictor, ())
        if found:
            parts = [f"from step {stage.step:,} {stage.law or 'the whole law'}" for stage in found]
            told.append(f"{row.label}: {', '.join(parts)}")
    return f" Upright lines: a stage of a curriculum begins ({'; '.join(told)})." if told else ""
