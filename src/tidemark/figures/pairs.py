"""Pairs: what was given of both sequences, and what each predictor infers, beside the exact posterior."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.figures.inferred import Inferred
from tidemark.figures.style import CARD, INK, MUTED, Colours, dots, number, styled
from tidemark.figures.tables import Row

HALF = 0.6744897501960817
"""Standard deviations from the mean of a normal law to the ends of its central 50 % interval, …"""
MOST = 1.959963984540054
"""… and of its central 95 % interval."""
COLUMNS = 2
MARGINS = (0.78, 0.1, 0.42, 0.6)
"""Left, right, bottom, top, inches; so are all lengths below."""
WIDTH, HEIGHT = 4.65, 1.75
"""Of a panel."""
STRIP = 0.85
"""Height of the strip below each panel, which magnifies what is close to the reference."""
GAP = (0.34, 0.08, 0.36)
"""Between columns, between a panel and its strip, between lines of panels."""
BEYOND = 0.3
"""How far intervals may widen the range of values that are seen, on each side, as a share of it."""
INSIDE = 0.98
"""Share of the ends of all intervals that the strips hold."""


@dataclass(frozen=True)
class Shown:
    """A predictor among the panels."""

    row: Row
    role: str
    """Why it is shown: `best model`, `limit`, …"""
    pair: Inferred


def score(pair: Inferred) -> float:
    """Mean continuous ranked probability score of the normal laws at the known asked points; NaN if none.

    Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", Journal of the
    American Statistical Association 102, 2007, section 4.2.
    """
    known = pair.asked & np.isfinite(pair.target)
    if not known.any():
        return math.nan
    std = pair.std[known]
    z = (pair.target[known] - pair.mean[known]) / std
    twice = np.array([math.erf(each / math.sqrt(2)) for each in z])  # 2 Φ(z) − 1
    density = np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi)
    return float(np.mean(std * (z * twice + 2 * density - 1 / math.sqrt(math.pi))))


def reference(shown: Sequence[Shown]) -> tuple[str, Array] | None:
    """What the strips are relative to, and its name: a limit's mean, or the truth; None without either.

    (points,) in the order of the pair, NaN where nothing is asked.
    """
    for each in shown:
        if each.row.kind == "limit":
            return "exact mean", each.pair.mean
    truth = shown[0].pair.target
    return ("truth", truth) if np.isfinite(truth).any() else None


def figure(shown: Sequence[Shown], colours: Colours) -> Figure | None:
    """One panel for each of `shown`, all of the same pair; none if there are none.

    Points are joined in the order of their positions, each member by itself. Below each panel is the
    difference from `reference`. All panels share their axes, and so do all strips, which hold the intervals
    of the first of `shown` and of limits.
    """
    if not shown:
        return None
    base = reference(shown)
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    left, right, bottom, top = MARGINS
    block = HEIGHT + (GAP[1] + STRIP if base else 0.0)
    size = (
        left + right + columns * WIDTH + (columns - 1) * GAP[0],
        bottom + top + rows * block + (rows - 1) * GAP[2],
    )
    heights = _heights([each.pair for each in shown])
    sharp = [each.pair for each in shown if each is shown[0] or each.row.kind == "limit"]
    reach = _reach(sharp, base[1]) if base else 0.0
    with styled():
        result = Figure(figsize=size)

        def axes_at(x: float, y: float, height: float) -> Axes:
            return result.add_axes((x / size[0], y / size[1], WIDTH / size[0], height / size[1]))

        for place, each in enumerate(shown):
            line, column = divmod(place, columns)
            x = left + column * (WIDTH + GAP[0])
            y = size[1] - top - line * (block + GAP[2]) - HEIGHT
            colour = colours.of(each.row.label, each.row.kind)
            panel = axes_at(x, y, HEIGHT)
            _panel(panel, each.pair, colour, heights)
            panel.set_title(f"{each.role}: {each.row.label}", color=colour, fontweight="bold", pad=3, y=1.0)
            panel.text(1, 1.02, f"CRPS {number(score(each.pair), 3)}", transform=panel.transAxes, ha="right",
                       va="bottom", color=MUTED, fontsize=8)  # fmt: skip
            drawn = [panel]
            if base:
                strip = axes_at(x, y - GAP[1] - STRIP, STRIP)
                _strip(strip, each.pair, base[1], colour, reach)
                drawn.append(strip)
            for axes in drawn:
                axes.set_xlim(_ends(each.pair.position))
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
        _key(result, [each.pair for each in shown], colours.of(shown[0].row.label, shown[0].row.kind))
        return result


def _panel(axes: Axes, pair: Inferred, colour: str, heights: tuple[float, float]) -> None:
    """Partner, intervals, paths, mean, truth and given points of one pair, the last on top."""
    known = ~pair.asked
    axes.set_ylim(heights)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    if pair.partner is not None:
        partner = pair.of(pair.partner, known)
        dots(axes, pair.position[partner], pair.given[partner], 1.9, 0.75)
    for member in _asked_members(pair):
        asked = pair.of(member, pair.asked)
        x = pair.position[asked]
        for path in pair.paths[:, asked]:
            axes.plot(x, path, color=colour, linewidth=0.6, alpha=0.65, zorder=2)
        _law(axes, x, pair.mean[asked], pair.std[asked], pair.target[asked], colour)
        given = pair.of(member, known)
        axes.plot(pair.position[given], pair.given[given], linestyle="none", marker="o", markersize=3.6,
                  color=INK, markeredgecolor=CARD, markeredgewidth=0.6, zorder=4)  # fmt: skip


def _strip(axes: Axes, pair: Inferred, base: Array, colour: str, reach: float) -> None:
    """Intervals, mean and truth of one pair less `base`, (points,)."""
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], symmetric=True))
    for member in _asked_members(pair):
        asked = pair.of(member, pair.asked)
        of = base[asked]
        x = pair.position[asked]
        _law(axes, x, pair.mean[asked] - of, pair.std[asked], pair.target[asked] - of, colour)


def _law(axes: Axes, x: Array, mean: Array, std: Array, truth: Array, colour: str) -> None:
    """Both intervals, the mean and the truth at the same points; each array (points,)."""
    for reach, alpha in [(MOST, 0.16), (HALF, 0.28)]:
        axes.fill_between(x, mean - reach * std, mean + reach * std, color=colour, alpha=alpha, linewidth=0,
                          zorder=1.5)  # fmt: skip
    limit = colour == INK  # drawn in the truth's own colour, and so in dashes above it
    axes.plot(x, mean, color=colour, linewidth=2.0, linestyle=(0, (2, 1.2)) if limit else "-",
              zorder=3.5 if limit else 2.5)  # fmt: skip
    axes.plot(x, truth, color=INK, linewidth=0.8, zorder=3)


def _asked_members(pair: Inferred) -> list[int]:
    return sorted({int(member) for member in pair.member[pair.asked]})


def _ends(position: Array) -> tuple[float, float]:
    low, high = float(position.min()), float(position.max())
    margin = 0.015 * (high - low) or 1.0
    return low - margin, high + margin


def _heights(pairs: Sequence[Inferred]) -> tuple[float, float]:
    """Heights that hold all that is given and asked, and of wide intervals a part."""
    values = np.concatenate([pairs[0].given, pairs[0].target])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    ends = np.concatenate(
        [(each.mean + side * MOST * each.std)[each.asked] for each in pairs for side in (-1, 1)]
    )
    lowest, highest = ends.min(initial=low), ends.max(initial=high)
    return max(lowest, low - BEYOND * span) - 0.05 * span, min(highest, high + BEYOND * span) + 0.05 * span


def _reach(pairs: Sequence[Inferred], base: Array) -> float:
    """Height of the strips above and below zero: nearly all intervals of `pairs` fit."""
    far = np.concatenate([(np.abs(each.mean - base) + MOST * each.std)[each.asked] for each in pairs])
    far = far[np.isfinite(far)]
    return 1.05 * float(np.quantile(far, INSIDE)) or 1.0 if len(far) else 1.0


def _key(result: Figure, pairs: Sequence[Inferred], colour: str) -> None:
    """What the marks mean, in one line above all panels."""
    entries: list[tuple[Any, str]] = []  # a handle may be two shades side by side
    if any(pair.partner is not None for pair in pairs):
        partner = Line2D([], [], linestyle="none", marker="o", markersize=2.2, color=MUTED)
        entries.append((partner, "the partner, known"))
    if any((~pair.asked & (pair.member != pair.partner)).any() for pair in pairs):
        entries.append((Line2D([], [], linestyle="none", marker="o", markersize=4, color=INK), "given"))
    shades = tuple(Patch(color=colour, alpha=alpha, linewidth=0) for alpha in (0.42, 0.16))
    entries += [
        (Line2D([], [], color=INK, linewidth=0.9), "truth"),
        (Line2D([], [], color=colour, linewidth=2), "mean"),
        (shades, "50 % and 95 % intervals"),
    ]
    if any(np.isfinite(pair.paths).any() for pair in pairs):
        entries.append((Line2D([], [], color=colour, linewidth=0.7, alpha=0.65), "sample paths"))
    result.legend(
        [handle for handle, _ in entries], [label for _, label in entries], loc="upper right",
        ncols=len(entries), frameon=False, fontsize=8, borderaxespad=0.3, columnspacing=1.4,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
    )  # fmt: skip


def tests(pairs: Sequence[Inferred], error: Mapping[str, float]) -> list[str]:
    """The set `test`, or else the first, and of the others the one of the largest `error` (by test set)."""
    found = list(dict.fromkeys(pair.test for pair in pairs))
    first = [test for test in found if test == "test"] or found[:1]
    others = sorted((test for test in found if test not in first), key=lambda test: -error.get(test, 0.0))
    return [*first, *others[:1]]


def of_test(pairs: Sequence[Inferred], test: str) -> Inferred | None:
    """The first pair of a test set, if there is one."""
    return next((pair for pair in pairs if pair.test == test), None)


def alike(pair: Inferred, other: Inferred) -> bool:
    """Whether two predictors were asked for the same points."""
    return np.array_equal(pair.position, other.position) and np.array_equal(pair.asked, other.asked)
