"""Reliability: how often the truth is where it was said to be, beside how often it was said to be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.style import DASHES, INK, MUTED, Colours, label_margin, sized, styled
from tidemark.figures.tables import Row, ordered


@dataclass(frozen=True)
class Reliability:
    """Central intervals, or confidences, of one predictor on one test set; arrays (intervals,), shares."""

    nominal: Array
    """The share that each interval should hold; the confidence of answers that are right as often."""
    observed: Array
    low: Array
    high: Array
    """The observed share's 95 % interval."""

    @property
    def excess(self) -> float:
        """Mean of observed less nominal share: positive where intervals are too wide."""
        return float(np.nanmean(self.observed - self.nominal))


ROUNDING = 1e-6
"""Of a mean of single-precision confidences."""


@dataclass(frozen=True)
class Words:
    """What the axes of a diagram are called."""

    nominal: str
    observed: str
    ticks: Sequence[float]
    """Written on the axis of nominal shares."""


INTERVALS = Words("central interval", "truths within it", (0, 0.25, 0.5, 0.75, 0.95))
CONFIDENCE = Words("confidence in the answer", "answers that are right", (0, 0.25, 0.5, 0.75, 1))


def read(path: Path) -> dict[str, Reliability]:
    """By test set, from a predictor's `reliability.csv`; empty if there is no such file.

    Raises `InputError` naming what cannot be read and a share that is not between 0 and 1.
    """
    if not path.exists():
        return {}
    names = ["nominal", "observed", "low", "high"]
    table = cells.read(path, ["test"], names)
    for name in names:
        share = (table.numbers[name] >= 0) & (table.numbers[name] <= 1 + ROUNDING)
        table.refuse(name, ~share, "a share from 0 to 1")
    return {
        test: Reliability(*(np.minimum(each, 1.0) for each in ordered(table, rows, *names)))
        for (test,), rows in table.groups("test").items()
    }


def figure(
    rows: Sequence[Row], found: Mapping[str, Reliability], colours: Colours, words: Words = INTERVALS
) -> Figure | None:
    """Observed against nominal share, on the diagonal where intervals are right; `found` by predictor.

    Models are bold with their 95 % intervals as bands, baselines dashed, limits in ink. The key names them
    from the most cautious to the surest. None if there is nothing to draw.
    """
    drawn = [(row, found[row.predictor]) for row in rows if row.predictor in found]
    if not drawn:
        return None
    with styled():
        margin = label_margin(row.label for row, _ in drawn) + 0.3
        result, [[axes]] = sized(4.9, 3.4, (0.62, margin, 0.45, 0.12))
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, zorder=1)
        handles, references = {}, 0
        for row, each in drawn:
            colour = colours.of(row.label, row.kind)
            if row.kind == "model":
                axes.fill_between(
                    each.nominal, each.low, each.high, color=colour, alpha=0.2, linewidth=0, zorder=2
                )
                look: dict[str, Any] = {"linewidth": 1.9, "marker": "o", "markersize": 3.5, "zorder": 4}
            elif row.kind == "baseline":
                look = {"linewidth": 1.1, "linestyle": DASHES[references % len(DASHES)], "zorder": 3}
                references += 1
            else:
                look = {"linewidth": 1.4, "marker": "D", "markersize": 3, "zorder": 3.5}
            axes.plot(each.nominal, each.observed, color=colour, **look)
            if row.kind != "model":
                axes.vlines(each.nominal, each.low, each.high, color=colour, linewidth=0.8, zorder=2.5)
            handles[row.predictor] = Line2D([], [], color=colour, label=row.label, **look)
        order = sorted(drawn, key=lambda each: -each[1].excess)
        key = axes.legend(
            handles=[handles[row.predictor] for row, _ in order], loc="center left",
            bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8, handlelength=1.6, labelspacing=0.55,
            borderaxespad=0.5,
        )  # fmt: skip
        for entry, (row, _) in zip(key.get_texts(), order, strict=True):
            entry.set_color(colours.of(row.label, row.kind))
        axes.set_xticks(words.ticks, [f"{tick:.0%}" for tick in words.ticks])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, 1.01)
        for x, y, side, text in [(0.02, 0.97, "left", "too cautious"), (0.99, 0.03, "right", "too sure")]:
            axes.text(x, y, text, transform=axes.transAxes, ha=side, va="top" if y > 0.5 else "bottom",
                      color=MUTED, fontsize=8, fontstyle="italic")  # fmt: skip
        axes.set_xlabel(words.nominal)
        axes.set_ylabel(words.observed)
        axes.grid(color=INK, alpha=0.08)
        return result
