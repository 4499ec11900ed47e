"""The leaderboard of one dataset as a picture: every predictor's score with its interval."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from tidemark.report.figures import axis as axes_of
from tidemark.report.figures.colours import CARD, INK, MUTED
from tidemark.report.figures.labels import margin_for
from tidemark.report.figures.numbers import fixed, number, times
from tidemark.report.figures.outlying import least_error
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.style import sized

MARKERS = {"model": "o", "baseline": "s", "oracle": "^", "limit": "D"}
WIDTH, LINE = 6.4, 0.27
"""Of the picture, and height of a line in it, inches."""


def draw(results: Results) -> Iterator[Picture]:
    """The picture, which the page has as a table."""
    if (drawn := figure(results)) is not None:
        yield Picture("leaderboard", drawn, place=None, png=64)


def figure(results: Results) -> Figure | None:
    """One line a predictor, best first, on the axis that the page's table has. None without scores."""
    view, everyone = results.view, results.predictors
    axis = axes_of.over([results.score(each) for each in everyone], view.better, view.negligible)
    if axis is None:
        return None
    ratios = any(each.times_limit for each in everyone)
    names, numbers = margin_for(everyone) + 0.2, 1.4 if ratios else 0.8
    result, [[axes]] = sized(WIDTH, 0.75 + LINE * len(everyone), (names, numbers, 0.45, 0.3))
    beside = 1 / (WIDTH - names - numbers)  # an inch, as a share of the axes' width
    columns = [(1 + 0.7 * beside, view.headline.label), (1 + 1.3 * beside, "× limit")][: 2 if ratios else 1]
    axes.set_xlim(0, 1)
    axes.set_ylim(len(everyone) - 0.4, -0.6)
    ticks = axis.ticks(0.14)
    axes.set_xticks([axis.share(tick) for tick in ticks], [axis.label(tick) for tick in ticks])
    if axis.zero is not None:
        zero = axis.share(axis.zero)
        axes.axvline(zero, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.text(zero, -0.02, "0", transform=axes.get_xaxis_transform(), ha="center", va="top", fontsize=8,
                  color=MUTED)  # fmt: skip
    lowest = least_error(results)
    if lowest is not None and view.better == "lower":
        axes.axvspan(0, axis.share(lowest), color=INK, alpha=0.08, linewidth=0)
    across = axes.get_yaxis_transform()
    for height, each in enumerate(everyone):
        colour, score, trained = results.colours.of(each), results.score(each), each.kind == "model"
        low, value, high = (axis.share(v) for v in (score.low, score.value, score.high))
        axes.plot([low, high], [height] * 2, color=colour, linewidth=1.5, marker="|", markersize=9)
        axes.plot(value, height, marker=MARKERS[each.kind], markersize=5.5 if trained else 4.5,
                  color=colour if trained else CARD, markeredgecolor=colour, markeredgewidth=1.2,
                  clip_on=False)  # fmt: skip
        digits, ratio = view.headline.digits, each.times_limit.get(TEST, float("nan"))
        texts = [number(score.value) if digits is None else fixed(score.value, digits), times(ratio)]
        for place, text in [(-0.03, each.label), *zip((x for x, _ in columns), texts, strict=False)]:
            axes.text(place, height, text, transform=across, ha="right", va="center_baseline", color=colour,
                      fontweight="bold" if trained else "normal")  # fmt: skip
    for place, text in columns:
        axes.text(place, 1.02, text, transform=axes.transAxes, ha="right", va="bottom", color=MUTED)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(results.units.error)
    return result
