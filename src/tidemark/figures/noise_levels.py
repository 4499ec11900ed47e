"""Error against noise level: how a predictor bears noise that it was not trained with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures.published import METRIC
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import (
    DASHES,
    MUTED,
    Colours,
    gathered,
    label_margin,
    label_right,
    logarithmic,
    positive_range,
    sized,
    styled,
)

IN_COLOUR = 4
"""Models in a colour of their own, the best ones."""
TRAINED_ON = "test"
"""The test set whose law, and so whose noise, is that of the training signals."""


def lines(scores: Sequence[SetScore]) -> list[tuple[SetScore, Array, Array]]:
    """One predictor each, best first: who it is, noise levels and MSE there, both (levels,).

    Test sets that differ by more than their noise are left out, and predictors with one level
    only. Best is the smallest mean of the MSE's logarithm.
    """
    found: dict[str, dict[float, SetScore]] = {}
    for row in scores:
        if row.metric == METRIC and row.noise_std > 0 and row.score.value > 0:
            found.setdefault(row.predictor, {})[row.noise_std] = row
    drawn = []
    for levels in found.values():
        noise = np.array(sorted(levels))
        values = np.array([levels[level].score.value for level in sorted(levels)])
        if len(noise) > 1:
            drawn.append((levels[float(noise[0])], noise, values))
    return sorted(drawn, key=lambda line: (-len(line[1]), float(np.log(line[2]).mean())))


def figure(scores: Sequence[SetScore], colours: Colours) -> Figure | None:
    """MSE against the noise's standard deviation, both logarithmic; baselines dashed, limits in ink.

    `scores` are one dataset's. The noise of the training signals is marked. None if no predictor was
    scored at two noise levels.
    """
    drawn = lines(scores)
    span = positive_range(float(value) for _, _, values in drawn for value in values)
    if span is None:
        return None
    models = [row.label for row, _, _ in drawn if row.kind == "model"]
    colours = colours.only(models[:IN_COLOUR])
    levels = np.unique(np.concatenate([noise for _, noise, _ in drawn]))
    with styled():
        result, [[axes]] = sized(4.9, 4.0, (0.78, label_margin(row.label for row, _, _ in drawn), 0.45, 0.26))
        axes.set_xlim(float(levels[0]) / 1.08, float(levels[-1]) * 1.03)
        axes.set_ylim(span)
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        axes.set_xticks(levels, [f"{level:g}" for level in levels])
        _training(axes, scores)
        labels, references = [], 0
        for row, noise, values in reversed(drawn):
            colour = colours.of(row.label, row.kind)
            best = row.label in models[:IN_COLOUR]
            if row.kind == "baseline":
                axes.plot(noise, values, color=colour, linewidth=1.0, zorder=2,
                          linestyle=DASHES[references % len(DASHES)])  # fmt: skip
                references += 1
            elif row.kind == "limit":
                axes.plot(noise, values, color=colour, linewidth=1.4, zorder=4)
            else:
                axes.plot(noise, values, color=colour, linewidth=1.9 if best else 1.0,
                          zorder=5 if best else 1, marker="o", markersize=4 if best else 2.5)  # fmt: skip
            labels.append((float(values[-1]), row.label, colour))
        axes.grid(axis="y")
        axes.set_xlabel("standard deviation of the noise")
        axes.set_ylabel("MSE")
        label_right(axes, gathered(labels))
        return result


def _training(axes: Axes, scores: Sequence[SetScore]) -> None:
    """Mark the noise that the models were trained with."""
    noise = next((row.noise_std for row in scores if row.test == TRAINED_ON), math.nan)
    if noise > 0:
        axes.axvline(noise, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
        axes.text(noise, 1.01, "training", transform=axes.get_xaxis_transform(), ha="center", va="bottom",
                  fontsize=8, color=MUTED)  # fmt: skip
