"""The leaderboard of one dataset as a picture: every predictor's error with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from tidemark.figures import intervals
from tidemark.figures.style import (
    CARD,
    INK,
    MUTED,
    Colours,
    fixed,
    label_margin,
    logarithmic,
    number,
    sized,
    styled,
    times,
)
from tidemark.figures.tables import Row
from tidemark.figures.units import Units
from tidemark.figures.views import View

MARKERS = {"model": "o", "baseline": "s", "limit": "D"}


def figure(rows: Sequence[Row], colours: Colours, view: View, units: Units) -> Figure | None:
    """One line a predictor, in the order of `rows`, on the axis of the metric that ranks.

    A zero error is drawn at the left end, where a logarithmic axis says 0. None without rows.
    """
    scale = intervals.scale(rows, view)
    if scale is None:
        return None
    with styled():
        names = label_margin(row.label for row in rows) + 0.2
        numbers = 1.4 if view.limits else 0.8  # inches
        result, [[axes]] = sized(6.4, 0.75 + 0.27 * len(rows), (names, numbers, 0.45, 0.3))
        beside = 1 / (6.4 - names - numbers)  # an inch, as a share of the axes' width
        axes.set_xlim(scale.low, scale.high)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        if scale.kind == "logarithmic":
            logarithmic(axes, "x")
        if scale.wide or scale.kind == "linear":
            axes.set_xticks(scale.ticks(0.14), [scale.label(tick) for tick in scale.ticks(0.14)])
        if scale.zero is not None:
            axes.axvline(scale.zero, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
            axes.text(scale.zero, -0.02, "0", transform=axes.get_xaxis_transform(), ha="center", va="top",
                      fontsize=8, color=MUTED)  # fmt: skip
        lowest = intervals.floor(rows, view.negligible)
        if lowest is not None:
            axes.axvspan(scale.low, lowest, color=INK, alpha=0.08, linewidth=0)
        for height, row in enumerate(rows):
            colour = colours.of(row.label, row.kind)
            low, value, high = (scale.inside(v) for v in (row.score.low, row.score.value, row.score.high))
            axes.plot([low, high], [height] * 2, color=colour, linewidth=1.5, marker="|", markersize=9)
            axes.plot(value, height, marker=MARKERS[row.kind], markersize=5.5 if row.kind == "model" else 4.5,
                      color=colour if row.kind == "model" else CARD, markeredgecolor=colour,
                      markeredgewidth=1.2, clip_on=False)  # fmt: skip
            weight = "bold" if row.kind == "model" else "normal"
            axes.text(-0.03, height, row.label, transform=axes.get_yaxis_transform(), ha="right",
                      va="center_baseline", color=colour, fontweight=weight)  # fmt: skip
            digits = view.headline.digits
            value_text = number(row.score.value) if digits is None else fixed(row.score.value, digits)
            for place, text in [
                (1 + 0.7 * beside, value_text),
                (1 + 1.3 * beside, times(row.times_limit)),
            ][: 2 if view.limits else 1]:
                axes.text(place, height, text, transform=axes.get_yaxis_transform(), ha="right",
                          va="center_baseline", color=colour, fontweight=weight)  # fmt: skip
        headings = [(1 + 0.7 * beside, view.headline.label), (1 + 1.3 * beside, "× limit")]
        for place, text in headings if view.limits else headings[:1]:
            axes.text(place, 1.02, text, transform=axes.transAxes, ha="right", va="bottom", color=MUTED)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_xlabel(units.error)
        return result
