"""What the page shows of a dataset of this task."""

from tidemark.core.drawing import Drawing
from tidemark.infer.figures import attention, example, panels, projection, steps
from tidemark.infer.figures.view import VIEW
from tidemark.report.figures import curves, leaderboard, levels, position, reliability, scatter

RELIABILITY = reliability.Words(
    "Reliability of intervals",
    "how many of the truths lie within central intervals that should hold so many. On the diagonal they "
    "do; above it intervals are too wide, below it too narrow. Bands and upright lines are 95 % "
    "intervals.",
    "central interval",
    "truths within it",
    (0, 0.25, 0.5, 0.75, 0.95),
)
DRAWING = Drawing(
    view=VIEW,
    figures=(
        leaderboard.draw,
        panels.draw,
        steps.draw,
        attention.draw,
        projection.draw,
        scatter.draw,
        levels.draw,
        position.draw,
        reliability.drawing(RELIABILITY),
        curves.draw,
    ),
    tables=steps.tables,
    example=example.figure,
)
