"""One signal's prediction while models are trained, side by side, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from matplotlib.figure import Figure

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import INK, MUTED
from tidemark.report.figures.examples import lookback
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import MANY, Results
from tidemark.report.figures.signals import Learned, learned
from tidemark.report.figures.style import dots, sized
from tidemark.report.figures.svg import FRAME

MOST = 6
"""Panels in one animation …"""
MOST_OF_MANY = 4
"""… and of the best of many models."""
FRAMES = 10
"""Frames in one animation, at most."""


def drawing(*, follows: bool) -> Callable[[Results], Iterator[Picture]]:
    """What draws the animation, of a task whose target `follows` its input, or is of the same samples."""

    def draw(results: Results) -> Iterator[Picture]:
        result = {
            each.name: learned(results.learning(each), results.view.arrays, follows=follows)
            for each in results.models
        }
        shown = [(each, own.shown()) for each in results.models if (own := result[each.name]) is not None]
        shown = shown[: MOST_OF_MANY if len(results.models) > MANY else MOST]
        if shown:
            names = ", ".join(each.label for each, _ in shown)
            yield Picture(
                "learning",
                figure(results, shown),
                "Learning, step by step",
                f"One validation signal ({results.view.moving}) and its prediction while {names} train.",
                place="animation",
                alt=f"Animation: the prediction for one validation signal while {names} train, from the "
                "first step to the last.",
            )

    return draw


def figure(results: Results, shown: Sequence[tuple[Predictor, Learned]]) -> Figure:
    """A panel for each of `shown`; what is of one frame only is marked as such.

    There are as many frames as the longest training has snapshots, but at most `FRAMES`. Models have
    their own steps: at each frame, all are equally far through their training.
    """
    count = min(max(len(own.step) for _, own in shown), FRAMES)
    columns, samples = min(len(shown), 2), results.units.samples
    rows = math.ceil(len(shown) / columns)
    margins = (0.55, 0.1, 0.42, 0.27)
    width = 4.6 if columns == 1 else 6.4
    height = sum(margins[2:]) + (1.9 if columns == 1 else 1.3 * rows + 0.32 * (rows - 1))
    result, grid = sized(width, height, margins, rows=rows, columns=columns, gap=(0.15, 0.32))
    places = [axes for line in grid for axes in line]
    places[0].set_ylim(*_limits([own for _, own in shown]))
    for axes, (each, own) in zip(places, shown, strict=False):
        colour, time = results.colours.of(each), np.arange(own.input.size) / samples
        if own.start:
            low, high = axes.get_ylim()
            lookback(axes, time, own.start, low, high - low)
            axes.plot(time, own.input, color=MUTED, linewidth=0.6)
        dots(axes, time, own.input, 2.0, 0.6)
        axes.plot(time, own.target, color=INK, linewidth=0.9, zorder=3)
        for frame in range(count):
            place, gid = round(frame * (len(own.step) - 1) / max(count - 1, 1)), f"{FRAME}{frame}"
            axes.plot(time, own.prediction[place], color=colour, linewidth=2.4, zorder=2.5, gid=gid)
            axes.text(1, 1.025, f"step {int(own.step[place]):,}", transform=axes.transAxes, ha="right",
                      va="bottom", color=MUTED, gid=gid)  # fmt: skip
        axes.set_title(each.label, color=colour, fontweight="bold", pad=3, y=1.0)
        axes.grid(axis="y")
        axes.margins(x=0.01)
    for axes in places[len(shown) :]:
        axes.set_visible(False)
    for column in range(columns):
        lowest = [line[column] for line in grid if line[column].get_visible()][-1]
        lowest.set_xlabel(results.units.time)
        lowest.xaxis.set_visible(True)
        lowest.tick_params(labelbottom=True)
    result.supylabel(results.units.value, fontsize=9, x=0.01, ha="left")
    return result


def _limits(signals: Sequence[Learned]) -> tuple[float, float]:
    """Heights that hold input and target; a wild early prediction may leave them."""
    values = np.concatenate([part.ravel() for each in signals for part in (each.input, each.target)])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.1 * (high - low) or 1.0
    return low - margin, high + margin
