"""The validation score of networks as training goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.style import (
    Colours,
    gathered,
    label_margin,
    label_right,
    logarithmic,
    positive_range,
    sized,
    styled,
)
from tidemark.figures.tables import Row, ordered


def read(path: Path) -> dict[str, tuple[Array, Array]]:
    """Step and validation κ, (points,) each, by model, from the comparison's `curves.csv`.

    Empty if there is no such file; empty cells are left out. Raises `InputError` naming what cannot be read.
    """
    if not path.exists():
        return {}
    table = cells.read(path, ["model"], ["step", "kappa"])
    found = {}
    for (model,), rows in table.groups("model").items():
        rows = rows[~np.isnan(table.numbers["kappa"][rows])]
        if len(rows):
            step, kappa = ordered(table, rows, "step", "kappa")
            found[model] = (step, kappa)
    return found


def figure(rows: Sequence[Row], found: Mapping[str, tuple[Array, Array]], colours: Colours) -> Figure | None:
    """κ against training step, which is logarithmic as that of the losses; a ring marks the best.

    `rows` are models, `found` by predictor. None if there is none.
    """
    drawn = [(row, *found[row.predictor]) for row in rows if row.predictor in found]
    steps = positive_range((float(v) for _, step, _ in drawn for v in step), margin=1.0)
    if steps is None:
        return None
    with styled():
        result, [[axes]] = sized(4.9, 3.4, (0.62, label_margin(row.label for row in rows), 0.45, 0.12))
        lowest = min(float(kappa.min()) for _, _, kappa in drawn)
        axes.set_ylim(min(lowest, 0.0) - 0.01, 1.0)
        axes.set_xlim(steps[0], max(steps[1], steps[0] + 1))
        logarithmic(axes, "x")
        labels = []
        for row, step, kappa in drawn:
            colour, kept = colours.of(row.label), step > 0
            axes.plot(step[kept], kappa[kept], color=colour, linewidth=1.9, zorder=3)
            last, best = (float(step[-1]), float(kappa[-1])), int(np.argmax(kappa))
            axes.plot([last[0], axes.get_xlim()[1]], [last[1]] * 2, color=colour, linewidth=0.7,
                      linestyle=(0, (1, 2)), zorder=1)  # fmt: skip
            axes.plot(step[best], kappa[best], marker="o", markersize=6, markerfacecolor="none",
                      markeredgewidth=1.4, color=colour, zorder=4, clip_on=False)  # fmt: skip
            labels.append((last[1], row.label, colour))
        axes.set_xlabel("training step")
        axes.set_ylabel("κ of the validation windows")
        axes.grid(axis="y")
        label_right(axes, gathered(labels))
        return result
