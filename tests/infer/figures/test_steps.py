"""Step and offset as a picture and a table: who is in it, and that the numbers are the scores."""

from __future__ import annotations

from pathlib import Path

from matplotlib.lines import Line2D

from support.figures import results
from support.scored import predictor
from tidemark.infer.figures import steps
from tidemark.infer.figures.view import VIEW

SCORES = {"step": 0.02, "step_rms": 0.5, "offset_rms": 0.8, "step_to_partner": 0.1}
NET = predictor("net", "model", crps=0.2, fed_back_offset_rms=0.9, **SCORES)
LIMIT = predictor("posterior", "limit", crps=0.1, step_rms=0.06, offset_rms=0.03, step_to_partner=0.0)


def test_every_score_is_drawn_where_it_is(tmp_path: Path) -> None:
    (picture,) = steps.draw(results(VIEW, NET, LIMIT, root=tmp_path))
    (axes,) = picture.figure.axes
    marks = [line for line in axes.get_lines() if isinstance(line, Line2D) and len(line.get_xdata()) == 1]
    drawn = sorted(float(line.get_xdata()[0]) for line in marks)  # type: ignore[index]
    assert drawn == [0.03, 0.06, 0.5, 0.8, 0.9]
    assert [text.get_text() for text in axes.texts] == ["posterior", "net"]


def test_the_table_has_the_scores_that_there_are(tmp_path: Path) -> None:
    (table,) = steps.tables(results(VIEW, NET, LIMIT, root=tmp_path))
    assert list(table.header[1:]) == [
        "Mean step", "Step, rms", "Offset, rms", "Fed-back offset, rms", "Step to the partner",
    ]  # fmt: skip
    assert [list(row) for row in table.rows] == [
        ["posterior", None, 0.06, 0.03, None, 0.0],
        ["net", 0.02, 0.5, 0.8, 0.9, 0.1],
    ]


def test_a_dataset_without_partners_has_neither(tmp_path: Path) -> None:
    alone = predictor("net", "model", crps=0.2, step_rms=0.5, offset_rms=0.8)
    known = results(VIEW, alone, root=tmp_path)
    assert not list(steps.draw(known)) and not list(steps.tables(known))
