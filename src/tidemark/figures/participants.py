"""Scores by participant: how far apart the same predictor's scores lie from one person to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.style import CARD, INK, MUTED, RULE, Colours, label_margin, sized, styled
from tidemark.figures.tables import Row

MOST = 10
"""Predictors drawn."""
SMALL = 25
"""With more participants than this, dots are smaller."""
APART = 0.17
"""Of the two lines of dots of a predictor, in the distance of two predictors."""
METRICS = ("kappa", "smoothed_kappa", "balanced_accuracy", "macro_f1")


@dataclass(frozen=True)
class Participants:
    """One predictor's scores; arrays (participants,), NaN where there is nothing."""

    names: Sequence[str]
    windows: Array
    kappa: Array
    """NaN of a participant with windows of one class only."""
    smoothed_kappa: Array
    balanced_accuracy: Array
    macro_f1: Array

    @property
    def helped(self) -> tuple[int, int]:
        """How many participants smoothing helps, and how many it does not leave as they are."""
        gain = self.smoothed_kappa - self.kappa
        gain = gain[np.isfinite(gain) & (gain != 0)]
        return int((gain > 0).sum()), len(gain)


def read(path: Path) -> dict[str, Participants]:
    """By test set, from a predictor's `participants.csv`; empty if there is no such file.

    Raises `InputError` naming what cannot be read, and a score above 1.
    """
    if not path.exists():
        return {}
    table = cells.read(path, ["test", "participant"], ["windows", *METRICS])
    table.refuse("windows", ~(table.numbers["windows"] >= 0), "a number of windows")
    for name in METRICS:
        table.refuse(name, table.numbers[name] > 1, "a score of at most 1")
    return {
        test: Participants(
            [table.text["participant"][row] for row in rows],
            table.numbers["windows"][rows],
            *(table.numbers[name][rows] for name in METRICS),
        )
        for (test,), rows in table.groups("test").items()
    }


def figure(rows: Sequence[Row], found: Mapping[str, Participants], colours: Colours) -> Figure | None:
    """A dot a participant, one line of rings without smoothing and one of dots with it for each predictor.

    Upright marks are medians. `rows` are best first, `found` by predictor; the first ten are drawn. None if
    there is no κ.
    """
    drawn = [(row, found[row.predictor]) for row in rows if row.predictor in found][:MOST]
    values = [each[np.isfinite(each)] for _, one in drawn for each in (one.kappa, one.smoothed_kappa)]
    if not any(len(each) for each in values):
        return None
    lowest = min(float(each.min()) for each in values if len(each))
    with styled():
        left = label_margin(row.label for row, _ in drawn) + 0.1
        result, [[axes]] = sized(4.9, max(0.85 + 0.42 * len(drawn), 3.4), (left, 0.15, 0.45, 0.3))
        axes.set_ylim(len(drawn) - 0.5, -0.5)
        axes.set_xlim(min(lowest, 0.0) - 0.03, 1.02)
        axes.grid(axis="x")
        for height, (row, one) in enumerate(drawn):
            colour = colours.of(row.label, row.kind)
            size = 4.8 if len(one.names) <= SMALL else 3.2
            axes.axhline(height + 0.5, color=RULE, linewidth=0.6)
            for place, scores, fill in [
                (height - APART, one.kappa, CARD),
                (height + APART, one.smoothed_kappa, colour),
            ]:
                if not np.isfinite(scores).any():
                    continue
                axes.plot([np.nanmedian(scores)] * 2, [place - 0.14, place + 0.14], color=colour,
                          linewidth=1.8, zorder=2)  # fmt: skip
                axes.plot(scores, np.full(len(scores), place), linestyle="none", marker="o", markersize=size,
                          markerfacecolor=fill, markeredgecolor=colour, markeredgewidth=1.0, alpha=0.75,
                          zorder=3, clip_on=False)  # fmt: skip
            axes.text(-0.03, height, row.label, transform=axes.get_yaxis_transform(), ha="right",
                      va="center_baseline", color=colour, fontsize=8.5,
                      fontweight="bold" if row.kind == "model" else "normal")  # fmt: skip
        handles = [
            Line2D([], [], linestyle="none", marker="o", markersize=4.8, markeredgecolor=MUTED, label=label,
                   markerfacecolor=fill)
            for label, fill in [("a participant, without smoothing", CARD), ("smoothed", MUTED)]
        ]  # fmt: skip
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="|",
                markersize=8,
                color=INK,
                markeredgewidth=1.8,
                label="median",
            )
        )
        result.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=8,
                      borderaxespad=0.1, handletextpad=0.1, columnspacing=0.9)  # fmt: skip
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("κ of one participant's windows")
        return result
