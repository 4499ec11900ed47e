"""Scores by participant: how much the same predictor's scores differ from one person to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.report.figures.colours import CARD, INK, MUTED, RULE
from tidemark.report.figures.labels import margin_for
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.style import sized

FILE = "participants.csv"
METRICS = ("kappa", "smoothed_kappa", "balanced_accuracy", "macro_f1")
MOST = 10
"""Predictors drawn."""
SMALL = 25
"""With more participants than this, dots are smaller."""
OFFSET = 0.17
"""Of the two lines of dots of a predictor from their middle, in the distance of two predictors."""


def read(results: Results) -> dict[str, pd.DataFrame]:
    """By predictor: participant, windows and scores on the set `test`; NaN where there is no score."""
    columns = {"test": str, "participant": str, "windows": int, **dict.fromkeys(METRICS, float)}
    return {name: table[table["test"] == TEST] for name, table in results.details(FILE, columns).items()}


def tested(results: Results) -> Mapping[str, int]:
    """How many participants there are to test on; empty where no predictor says it."""
    counts = [table["participant"].nunique() for table in read(results).values()]
    return {"participants": max(counts)} if counts else {}


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if there are scores."""
    tables = read(results)
    if (drawn := figure(results, tables)) is not None:
        yield Picture(
            "participants",
            drawn,
            "From one participant to the next",
            "the κ of each test participant's own windows. Rings are without smoothing, dots with it, "
            f"upright marks medians.{_helped(results, tables)}",
        )


def helped(table: pd.DataFrame) -> tuple[int, int]:
    """How many participants smoothing helps, and how many it does not leave as they are."""
    gain = (table["smoothed_kappa"] - table["kappa"]).dropna()
    return int((gain > 0).sum()), int((gain != 0).sum())


def _helped(results: Results, tables: Mapping[str, pd.DataFrame]) -> str:
    """Of how many participants smoothing helps the best model."""
    for each in [model for model in results.models if model.name in tables][:1]:
        better, changed = helped(tables[each.name])
        if changed:
            return f" Smoothing helps {each.label} with {better} of {changed}."
    return ""


def figure(results: Results, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
    """A dot a participant, one line of rings without smoothing and one of dots with it for each predictor.

    Upright marks are medians. The best ten predictors are drawn. None if there is no κ.
    """
    few = results.few
    drawn = [(each, tables[each.name]) for each in few.predictors if each.name in tables][:MOST]
    scores = (
        pd.concat([table[["kappa", "smoothed_kappa"]] for _, table in drawn]) if drawn else pd.DataFrame()
    )
    lowest = float(scores.min().min()) if len(scores) else np.nan
    if np.isnan(lowest):
        return None
    left = margin_for(each for each, _ in drawn) + 0.1
    result, [[axes]] = sized(4.9, max(0.85 + 0.42 * len(drawn), 3.4), (left, 0.15, 0.45, 0.3))
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.set_xlim(min(lowest, 0.0) - 0.03, 1.02)
    axes.grid(axis="x")
    for height, (each, table) in enumerate(drawn):
        colour = few.colours.of(each)
        axes.axhline(height + 0.5, color=RULE, linewidth=0.6)
        for place, column, fill in [
            (height - OFFSET, "kappa", CARD),
            (height + OFFSET, "smoothed_kappa", colour),
        ]:
            kappa = table[column].dropna().to_numpy()
            if not len(kappa):
                continue
            axes.plot([np.median(kappa)] * 2, [place - 0.14, place + 0.14], color=colour, linewidth=1.8,
                      zorder=2)  # fmt: skip
            axes.plot(kappa, np.full(len(kappa), place), linestyle="none", marker="o",
                      markersize=4.8 if len(table) <= SMALL else 3.2, markerfacecolor=fill,
                      markeredgecolor=colour, markeredgewidth=1.0, alpha=0.75, zorder=3,
                      clip_on=False)  # fmt: skip
        axes.text(-0.03, height, each.label, transform=axes.get_yaxis_transform(), ha="right",
                  va="center_baseline", color=colour, fontsize=8.5,
                  fontweight="bold" if each.kind == "model" else "normal")  # fmt: skip
    handles = [
        Line2D([], [], linestyle="none", marker="o", markersize=4.8, markeredgecolor=MUTED, label=label,
               markerfacecolor=fill)
        for label, fill in [("a participant, without smoothing", CARD), ("smoothed", MUTED)]
    ]  # fmt: skip
    handles.append(
        Line2D(
            [], [], linestyle="none", marker="|", markersize=8, color=INK, markeredgewidth=1.8, label="median"
        )
    )
    result.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=8,
                  borderaxespad=0.1, handletextpad=0.1, columnspacing=0.9)  # fmt: skip
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("κ of one participant's windows")
    return result
