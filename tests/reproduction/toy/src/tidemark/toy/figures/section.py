"""What the page shows of a dataset of the toy task."""

from __future__ import annotations

from tidemark.toy.figures.view import VIEW

from tidemark.core.drawing import Drawing
from tidemark.report.figures import curves, leaderboard
from tidemark.report.figures.results import Results
from tidemark.report.figures.view import PageTable


def tables(results: Results) -> list[PageTable]:
    law = results.info.law
    return [PageTable("A toy's law", "As it was drawn from.", list(law), [[float(law[key]) for key in law]])]


DRAWING = Drawing(view=VIEW, figures=(leaderboard.draw, curves.draw), tables=tables)
