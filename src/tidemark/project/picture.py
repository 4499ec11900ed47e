"""A picture of a recording: its first columns over its whole length."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tidemark.core.replacing import replacing
from tidemark.project.survey import SHOWN, Survey

FOLDER = Path("plots/recordings")
POINTS = 2000
"""Points across: of a longer recording, the least and the greatest value of each part."""


def draw(survey: Survey, name: str, root: Path = Path()) -> Path:
    """Write the picture of the recording called `name`; its path, relative to `root`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from tidemark.report.figures.style import as_label

    count = min(len(survey.columns), SHOWN)
    figure = Figure(figsize=(10, 1.2 + 1.6 * count), layout="constrained")
    FigureCanvasAgg(figure)
    for place, (column, row) in enumerate(zip(survey.columns[:count], survey.values[:count], strict=True), 1):
        axes = figure.add_subplot(count, 1, place)
        parts = np.array_split(row, min(len(row), POINTS))
        where = np.cumsum([0, *(len(part) for part in parts)])[:-1] / survey.rate
        present = [part[np.isfinite(part)] for part in parts]
        low, high = (
            [function(part) if len(part) else np.nan for part in present] for function in (np.min, np.max)
        )
        if len(parts) == len(row):
            axes.plot(where, low, linewidth=0.8)
        else:
            axes.fill_between(where, low, high, linewidth=0.4)
        axes.set_ylabel(as_label(column))
        axes.set_xlabel(survey.unit)
    path = FOLDER / f"{name}.png"
    with replacing(root / path) as temporary:
        figure.savefig(temporary, format="png", dpi=100, metadata={"Software": None})
    return path
