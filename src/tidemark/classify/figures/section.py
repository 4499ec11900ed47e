"""What the page shows of a dataset of this task."""

from tidemark.classify.figures import (
    confusion,
    participants,
    spectrograms,
    study,
    tables,
    timeline,
)
from tidemark.classify.figures.view import VIEW
from tidemark.core.drawing import Drawing
from tidemark.report.figures import curves, leaderboard, reliability

RELIABILITY = reliability.Words(
    "Reliability of confidence",
    "how many predictions are right among those made with about the same confidence, the probability of "
    "the predicted class. On the diagonal as many as were promised, above it more, below it fewer. Bands and "
    "upright lines are 95 % intervals.",
    "confidence in the prediction",
    "predictions that are right",
)
DRAWING = Drawing(
    view=VIEW,
    figures=(
        leaderboard.draw,
        timeline.draw,
        confusion.draw,
        spectrograms.draw,
        curves.draw,
        participants.draw,
        reliability.drawing(RELIABILITY),
    ),
    tables=tables.tables,
    notes=study.notes,
    tested=participants.tested,
    made_up=study.made_up,
    details=("confusion.csv",),
)
