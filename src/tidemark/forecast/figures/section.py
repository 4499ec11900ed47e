"""What the page shows of a dataset of this task."""

from tidemark.core.drawing import Drawing
from tidemark.forecast.figures import continuation, fourier
from tidemark.forecast.figures.view import VIEW
from tidemark.report.figures import animation, curves, examples, leaderboard, levels, position, scatter

DRAWING = Drawing(
    view=VIEW,
    figures=(
        leaderboard.draw,
        examples.draw,
        fourier.draw,
        continuation.draw,
        scatter.draw,
        levels.draw,
        position.draw,
        curves.draw,
        animation.drawing(follows=True),
    ),
)
