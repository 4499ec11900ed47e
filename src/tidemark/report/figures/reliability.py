"""Reliability: how often the truth is where it was said to be, beside how often it was said to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.report.figures.colours import INK, MUTED
from tidemark.report.figures.labels import margin_for
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.style import DASHES, sized

FILE = "reliability.csv"
SHARES = ["nominal", "observed", "low", "high"]
QUARTERS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True)
class Words:
    """What a diagram and its axes are called."""

    title: str
    caption: str
    nominal: str
    observed: str
    ticks: Sequence[float] = QUARTERS
    """Written on the axis of nominal shares."""


def read(results: Results) -> dict[str, pd.DataFrame]:
    """By predictor: nominal share, observed share and its interval on the set `test`, shares of 1."""
    tables = results.details(FILE, {"test": str, **dict.fromkeys(SHARES, float)})
    on_test = {name: table[table["test"] == TEST][SHARES].clip(upper=1) for name, table in tables.items()}
    return {
        name: table.sort_values("nominal", kind="stable") for name, table in on_test.items() if len(table)
    }


def drawing(words: Words) -> Callable[[Results], Iterator[Picture]]:
    """What draws the picture, of a task that says what it is of."""

    def draw(results: Results) -> Iterator[Picture]:
        if (drawn := figure(results, read(results), words)) is not None:
            yield Picture("reliability", drawn, words.title, words.caption + results.few.shown)

    return draw


def figure(results: Results, tables: Mapping[str, pd.DataFrame], words: Words) -> Figure | None:
    """Observed against nominal share, on the diagonal where predictions are right.

    Models are bold with their intervals as bands, baselines and oracles dashed, limits in ink. The key names
    them from the most cautious to the surest. None if there is nothing to draw.
    """
    few = results.few
    drawn = [(each, tables[each.name]) for each in few.predictors if each.name in tables]
    if not drawn:
        return None
    result, [[axes]] = sized(4.9, 3.4, (0.62, margin_for(each for each, _ in drawn) + 0.3, 0.45, 0.12))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, zorder=1)
    handles, references = [], 0
    for each, table in drawn:
        colour = few.colours.of(each)
        nominal, observed, low, high = table[SHARES].to_numpy().T
        if each.kind == "model":
            axes.fill_between(nominal, low, high, color=colour, alpha=0.2, linewidth=0, zorder=2)
            look: dict[str, Any] = {"linewidth": 1.9, "marker": "o", "markersize": 3.5, "zorder": 4}
        elif each.kind in ("baseline", "oracle"):
            look = {"linewidth": 1.1, "linestyle": DASHES[references % len(DASHES)], "zorder": 3}
            references += 1
        else:
            look = {"linewidth": 1.4, "marker": "D", "markersize": 3, "zorder": 3.5}
        axes.plot(nominal, observed, color=colour, **look)
        if each.kind != "model":
            axes.vlines(nominal, low, high, color=colour, linewidth=0.8, zorder=2.5)
        handles.append(
            (float((observed - nominal).mean()), Line2D([], [], color=colour, label=each.label, **look))
        )
    handles.sort(key=lambda pair: -pair[0])
    axes.legend(
        handles=[handle for _, handle in handles], loc="center left", bbox_to_anchor=(1.0, 0.5),
        frameon=False, fontsize=8, handlelength=1.6, labelspacing=0.55, borderaxespad=0.5,
        labelcolor="linecolor",
    )  # fmt: skip
    axes.set_xticks(words.ticks, [f"{tick:.0%}" for tick in words.ticks])
    axes.set_yticks(QUARTERS, [f"{tick:.0%}" for tick in QUARTERS])
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.01)
    for x, y, side, text in [(0.02, 0.97, "left", "too cautious"), (0.99, 0.03, "right", "too sure")]:
        axes.text(x, y, text, transform=axes.transAxes, ha=side, va="top" if y > 0.5 else "bottom",
                  color=MUTED, fontsize=8, fontstyle="italic")  # fmt: skip
    axes.set_xlabel(words.nominal)
    axes.set_ylabel(words.observed)
    axes.grid(color=INK, alpha=0.08)
    return result
