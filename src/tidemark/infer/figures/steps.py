"""Who breaks off: step and offset where inferred values follow the given ones, as a picture and a table."""

from __future__ import annotations

import math
from collections.abc import Iterator

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import CARD, INK, MUTED
from tidemark.report.figures.labels import margin_for
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.style import sized
from tidemark.report.figures.view import PageTable

MARKS = {"step_rms": ("o", "step at the first inferred value"),
         "offset_rms": ("s", "offset of those after it, each by itself"),
         "fed_back_offset_rms": ("x", "the same, predictions fed back")}  # fmt: skip
"""Scores, their markers and what they are."""
COLUMNS = {
    "step": "Mean step",
    "step_rms": "Step, rms",
    "offset_rms": "Offset, rms",
    "fed_back_offset_rms": "Fed-back offset, rms",
    "step_to_partner": "Step to the partner",
    "offset_to_partner": "Offset to the partner",
}
ABOUT = (
    "Step is the error of the first inferred value, offset the mean error of a signal's other ones: what a "
    "prediction leaves the given values by beyond the truth's own step. An exact posterior has those that "
    "nobody can avoid. "
)
WIDTH, LINE = 6.4, 0.27
"""Of the picture, and height of a line in it, inches."""


def draw(results: Results) -> Iterator[Picture]:
    """The picture of a dataset of pairs: there the given values come right before the first inferred one."""
    shown = [each for each in results.predictors if _value(each, "step_to_partner") is not None]
    if not shown:
        return
    about = ABOUT + "Lines are 95 % intervals, the dotted ones the limit's values."
    yield Picture("steps", figure(results, shown), "Step and offset after the given values", about, png=64)


def figure(results: Results, shown: list[Predictor]) -> Figure:
    """A line a predictor, best first by the score that ranks, on one logarithmic axis."""
    result, [[axes]] = sized(WIDTH, 1.05 + LINE * len(shown), (margin_for(shown) + 0.2, 0.15, 0.45, 0.6))
    axes.set_xscale("log")
    axes.set_ylim(len(shown) - 0.4, -0.6)
    across = axes.get_yaxis_transform()
    for height, each in enumerate(shown):
        colour, trained = results.colours.of(each), each.kind == "model"
        for place, (name, (marker, _)) in enumerate(MARKS.items()):
            score, y = each.score(name, TEST), height + 0.22 * (place - 1)
            if not math.isfinite(score.value):
                continue
            axes.plot([score.low, score.high], [y] * 2, color=colour, linewidth=1.2)
            axes.plot(score.value, y, marker=marker, markersize=4.5, color=colour,
                      markerfacecolor=colour if marker == "o" else CARD)  # fmt: skip
            if each.kind == "limit":
                axes.axvline(score.value, color=INK, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0.5)
        axes.text(-0.03, height, each.label, transform=across, ha="right", va="center_baseline",
                  color=colour, fontweight="bold" if trained else "normal")  # fmt: skip
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("root mean square over test signals")
    keys = [
        Line2D([], [], linestyle="none", marker=marker, color=MUTED, label=label,
               markerfacecolor=MUTED if marker == "o" else CARD, markersize=4.5)
        for marker, label in MARKS.values()
    ]  # fmt: skip
    result.legend(handles=keys, loc="upper right", ncols=2, frameon=False, fontsize=7.5)
    return result


def tables(results: Results) -> Iterator[PageTable]:
    """The same and its signed means in numbers; those scores that there are."""
    there = [name for name in COLUMNS if any(_value(each, name) is not None for each in results.predictors)]
    if "step_to_partner" not in there:
        return
    rows = [[each.label, *(_value(each, name) for name in there)] for each in results.predictors]
    about = ABOUT + (
        "Signed means are zero unless predictions lean one way. To the partner is the share of the way from "
        "the last given value to the other sequence's level that predictions have drifted."
    )
    header = ["predictor", *(COLUMNS[name] for name in there)]
    yield PageTable("Step and offset after the given values", about, header, rows)


def _value(predictor: Predictor, name: str) -> float | None:
    value = predictor.score(name, TEST).value
    return value if math.isfinite(value) else None
