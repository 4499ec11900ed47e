"""What the page shows of a dataset of this task."""

from itertools import chain

from tidemark.core.drawing import Drawing
from tidemark.denoise.figures import attention, contours, initialisation, variants, without_truth
from tidemark.denoise.figures.view import VIEW
from tidemark.report.figures import animation, curves, examples, leaderboard, levels, position, scatter

DRAWING = Drawing(
    view=VIEW,
    figures=(
        leaderboard.draw,
        examples.draw,
        variants.draw,
        contours.draw,
        attention.draw,
        scatter.draw,
        levels.draw,
        position.draw,
        curves.draw,
        initialisation.draw,
        animation.drawing(follows=False),
    ),
    notes=lambda results: chain(initialisation.notes(results), without_truth.notes(results)),
    without_truth=without_truth.VIEW,
)
