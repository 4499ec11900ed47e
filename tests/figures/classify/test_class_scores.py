"""Scores class by class."""

from pathlib import Path

import pytest

from support.report_inputs import assert_refused
from tidemark.figures import class_scores
from tidemark.figures.class_scores import ClassScore

HEADER = "test,smoothed,class,precision,recall,f1,windows\n"
ROWS = "test,0,walk,0.5,1.0,0.67,8\ntest,1,walk,0.6,1.0,0.75,8\n"


def test_by_test_set_smoothing_and_class(tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    assert class_scores.read(path) == {}
    path.write_text(HEADER + ROWS)
    found = class_scores.read(path)
    assert found["test", False] == {"walk": ClassScore(0.5, 1.0, 0.67, 8)}
    assert found["test", True]["walk"].f1 == 0.75


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + ROWS.replace("0.67", "1.67"), "row 2, column f1: 1.67; expected a score from 0 to 1"),
        (HEADER + ROWS.replace("test,1", "test,2"), "row 3, column smoothed: '2'; expected one of 0, 1"),
        (HEADER.replace("class", "label") + ROWS, "no column class"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(class_scores.read, tmp_path / "classes.csv", text, message)
