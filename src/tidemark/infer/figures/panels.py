"""Pairs: the input of both sequences, and what each predictor infers, beside the exact posterior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.infer.figures import pairs
from tidemark.infer.figures.pairs import Pair
from tidemark.report.figures.colours import CARD, INK, MUTED
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results, Shown, named
from tidemark.report.figures.style import dots

HALF = 0.6744897501960817
"""Standard deviations from the mean of a normal law to the ends of its central 50 % interval, …"""
MOST = 1.959963984540054
"""… and of its central 95 % interval."""
COLUMNS = 2
MARGINS = (0.78, 0.1, 0.42, 0.6)
"""Left, right, bottom, top, inches; so are all lengths below."""
WIDTH, HEIGHT = 4.65, 1.75
"""Of a panel."""
LOWER = 0.85
"""Height of the panel below each, which magnifies what is close to the reference."""
GAP = (0.34, 0.08, 0.36)
"""Between columns, between a panel and the one below it, between lines of panels."""
BEYOND = 0.3
"""How far intervals may widen the range of values that are seen, on each side, as a share of it."""
INSIDE = 0.98
"""Share of the ends of all intervals that the lower panels hold."""
COLOURS = 160
"""Of a file with shades that lie over one another."""

Panel = tuple[Shown, Pair]
"""A predictor, and the pair as it infers it."""


def draw(results: Results) -> Iterator[Picture]:
    """What some predictors make of a pair of the set `test`, or of those asked for, and of the hardest other.

    Hardest is the set with the largest error of the first of them.
    """
    tables = {name: every for name, every in pairs.read(results).items() if every}
    chosen = results.chosen(tables)
    if not chosen:
        return
    first = chosen[0].predictor
    errors = {test: results.score(first, test).value for test in results.comparison.tests}
    asked: Sequence[int | None] = results.examples or (None,)
    wanted = [
        (test, place)
        for test in pairs.tests(tables[first.name], errors)
        for place in (asked if test == TEST else (None,))
    ]
    for test, place in wanted:
        result = [(each, pairs.of_test(tables[each.predictor.name], test, place)) for each in chosen]
        shown = [(each, pair) for each, pair in result if pair is not None]
        shown = [(each, pair) for each, pair in shown if pairs.alike(pair, shown[0][1])]
        partner = any(pair.partner is not None for _, pair in shown)
        what = "Inferred from its partner" if partner else "Inferred from the input points"
        main = test == TEST and place == asked[0]
        title = what if test == TEST else f"{what}: test set {test}"
        yield Picture(
            "pairs" if main else f"pairs-{test if place is None else place}",
            figure(results, shown),
            title if place is None else f"{title}: test signal {place}",
            _about(shown, partner),
            "wide",
            png=COLOURS if main else 0,
        )


def _about(shown: Sequence[Panel], partner: bool) -> str:
    """What is seen in the panels of a pair."""
    dots_ = "Small dots are the partner, known everywhere; large ones" if partner else "Dots are"
    base = reference(shown)
    lower = (
        f" Below each panel is the same less the {base[0]}, magnified: what is far off leaves it."
        if base
        else ""
    )
    limit = any(each.predictor.kind == "limit" for each, _ in shown)
    best = " A limit's panel is the exact posterior: nobody can say more." if limit else ""
    return (
        f"one signal as seen by {named([each for each, _ in shown])}. {dots_} the input points of the "
        "inferred sequence. The darker shade should hold half of the truth, a thin line, and both shades "
        f"95 % of it; thin coloured lines are sample paths.{lower}{best}"
    )


def reference(shown: Sequence[Panel]) -> tuple[str, Array] | None:
    """What the lower panels are relative to, and its name: a limit's mean, or the truth; None without either.

    (points,) in the order of the pair, NaN where nothing is inferred.
    """
    for each, pair in shown:
        if each.predictor.kind == "limit":
            return "exact mean", pair.mean
    truth = shown[0][1].target
    return ("truth", truth) if np.isfinite(truth).any() else None


def figure(results: Results, shown: Sequence[Panel]) -> Figure:
    """One panel for each of `shown`, all of the same pair.

    Points are joined in the order of their positions, each member by itself. Below each panel is the
    difference from `reference`. All panels share their axes, and so do all lower ones, which hold the
    intervals of the first of `shown` and of limits.
    """
    base, every = reference(shown), [pair for _, pair in shown]
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    left, right, bottom, top = MARGINS
    block = HEIGHT + (GAP[1] + LOWER if base else 0.0)
    size = (
        left + right + columns * WIDTH + (columns - 1) * GAP[0],
        bottom + top + rows * block + (rows - 1) * GAP[2],
    )
    limits = heights(every)
    sharp = [pair for each, pair in shown if pair is every[0] or each.predictor.kind == "limit"]
    height = _height(sharp, base[1]) if base else 0.0
    result = Figure(figsize=size)

    def axes_at(x: float, y: float, height: float) -> Axes:
        return result.add_axes((x / size[0], y / size[1], WIDTH / size[0], height / size[1]))

    for place, (each, pair) in enumerate(shown):
        line, column = divmod(place, columns)
        x = left + column * (WIDTH + GAP[0])
        y = size[1] - top - line * (block + GAP[2]) - HEIGHT
        colour = results.colours.of(each.predictor)
        panel = axes_at(x, y, HEIGHT)
        draw_pair(panel, pair, colour, limits)
        panel.set_title(f"{each.role}: {each.predictor.label}", color=colour, fontweight="bold", pad=3, y=1.0)
        panel.text(1, 1.02, f"CRPS {number(pairs.score(pair), 3)}", transform=panel.transAxes, ha="right",
                   va="bottom", color=MUTED, fontsize=8)  # fmt: skip
        drawn = [panel]
        if base:
            drawn.append(axes_at(x, y - GAP[1] - LOWER, LOWER))
            _difference(drawn[1], pair, base[1], colour, height)
        for axes in drawn:
            axes.set_xlim(widths(pair.position))
            axes.grid(axis="y")
            axes.tick_params(labelleft=column == 0, labelbottom=False, bottom=axes is drawn[-1])
        if column == 0:
            panel.set_ylabel("value y")
            if base:
                drawn[-1].set_ylabel(f"less the\n{base[0]}", fontsize=8)
            for axes in drawn:
                axes.yaxis.set_label_coords(-0.42 / WIDTH, 0.5)
        if place + columns >= len(shown):
            drawn[-1].tick_params(labelbottom=True)
            drawn[-1].set_xlabel("position x")
    legend(result, every, results.colours.of(shown[0][0].predictor))
    return result


def draw_pair(axes: Axes, pair: Pair, colour: str, limits: tuple[float, float]) -> None:
    """Partner, intervals, paths, mean, truth and input points of one pair, the last on top."""
    axes.set_ylim(limits)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    if pair.partner is not None:
        partner = pair.of(pair.partner, ~pair.inferred)
        dots(axes, pair.position[partner], pair.input[partner], 1.9, 0.75)
    for member in pair.members:
        inferred = pair.of(member, pair.inferred)
        x = pair.position[inferred]
        for path in pair.paths[:, inferred]:
            axes.plot(x, path, color=colour, linewidth=0.6, alpha=0.65, zorder=2)
        _law(axes, x, pair.mean[inferred], pair.std[inferred], pair.target[inferred], colour)
        known = pair.of(member, ~pair.inferred)
        axes.plot(pair.position[known], pair.input[known], linestyle="none", marker="o", markersize=3.6,
                  color=INK, markeredgecolor=CARD, markeredgewidth=0.6, zorder=4)  # fmt: skip


def _difference(axes: Axes, pair: Pair, base: Array, colour: str, height: float) -> None:
    """Intervals, mean and truth of one pair less `base`, (points,)."""
    axes.set_ylim(-height, height)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], symmetric=True))
    for member in pair.members:
        inferred = pair.of(member, pair.inferred)
        mean, truth = (each[inferred] - base[inferred] for each in (pair.mean, pair.target))
        _law(axes, pair.position[inferred], mean, pair.std[inferred], truth, colour)


def _law(axes: Axes, x: Array, mean: Array, std: Array, truth: Array, colour: str) -> None:
    """Both intervals, the mean and the truth at the same points; each array (points,)."""
    for width, alpha in [(MOST, 0.16), (HALF, 0.28)]:
        axes.fill_between(x, mean - width * std, mean + width * std, color=colour, alpha=alpha, linewidth=0,
                          zorder=1.5)  # fmt: skip
    limit = colour == INK  # drawn in the truth's own colour, and so in dashes above it
    axes.plot(x, mean, color=colour, linewidth=2.0, linestyle=(0, (2, 1.2)) if limit else "-",
              zorder=3.5 if limit else 2.5)  # fmt: skip
    axes.plot(x, truth, color=INK, linewidth=0.8, zorder=3)


def widths(position: Array) -> tuple[float, float]:
    """Ends of the axis of positions, (points,)."""
    low, high = float(position.min()), float(position.max())
    margin = 0.015 * (high - low) or 1.0
    return low - margin, high + margin


def heights(every: Sequence[Pair]) -> tuple[float, float]:
    """Heights that hold all inputs and targets, and of wide intervals a part."""
    values = np.concatenate([every[0].input, every[0].target])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    ends = np.concatenate(
        [(pair.mean + side * MOST * pair.std)[pair.inferred] for pair in every for side in (-1, 1)]
    )
    lowest, highest = ends.min(initial=low), ends.max(initial=high)
    return max(lowest, low - BEYOND * span) - 0.05 * span, min(highest, high + BEYOND * span) + 0.05 * span


def _height(every: Sequence[Pair], base: Array) -> float:
    """Height of the lower panels above and below zero: nearly all intervals of these pairs fit."""
    far = np.concatenate([(np.abs(pair.mean - base) + MOST * pair.std)[pair.inferred] for pair in every])
    far = far[np.isfinite(far)]
    return 1.05 * float(np.quantile(far, INSIDE)) or 1.0 if len(far) else 1.0


def legend(result: Figure, every: Sequence[Pair], colour: str) -> None:
    """What the marks mean, in one line above all panels."""
    entries: list[tuple[Any, str]] = []  # a handle may be two shades side by side
    if any(pair.partner is not None for pair in every):
        partner = Line2D([], [], linestyle="none", marker="o", markersize=2.2, color=MUTED)
        entries.append((partner, "the partner, known"))
    if any((~pair.inferred & (pair.member != pair.partner)).any() for pair in every):
        entries.append((Line2D([], [], linestyle="none", marker="o", markersize=4, color=INK), "input"))
    shades = tuple(Patch(color=colour, alpha=alpha, linewidth=0) for alpha in (0.42, 0.16))
    entries += [
        (Line2D([], [], color=INK, linewidth=0.9), "truth"),
        (Line2D([], [], color=colour, linewidth=2), "mean"),
        (shades, "50 % and 95 % intervals"),
    ]
    if any(np.isfinite(pair.paths).any() for pair in every):
        entries.append((Line2D([], [], color=colour, linewidth=0.7, alpha=0.65), "sample paths"))
    result.legend(
        [handle for handle, _ in entries], [label for _, label in entries], loc="upper right",
        ncols=len(entries), frameon=False, fontsize=8, borderaxespad=0.3, columnspacing=1.4,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
    )  # fmt: skip
