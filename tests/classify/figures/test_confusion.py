"""Confusion matrices."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from support.figures import results
from support.scored import predictor
from tidemark.classify.figures import confusion
from tidemark.classify.figures.view import VIEW
from tidemark.report.figures.results import Shown

ROWS = "test,0,walk,walk,6\ntest,0,walk,sleep,2\ntest,1,walk,walk,8\nother,0,sleep,sleep,5\n"
CLASSES = ["sit", "sleep", "walk"]
MATRIX = np.array([[300.0, 1, 99], [0, 0, 0], [3, 0, 0]])
NET = predictor("net", "model", kappa=0.5)
SHOWN = Shown(NET, "best model")


def percents(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_text().isdigit()]


def test_windows_of_the_set_test_without_smoothing_and_with_it(tmp_path: Path) -> None:
    known = results(VIEW, NET, root=tmp_path, classes=CLASSES)
    assert confusion.read(known) == {} and list(confusion.draw(known)) == []
    path = known.details_of(NET) / "confusion.csv"
    path.parent.mkdir(parents=True)
    path.write_text("test,smoothed,true,predicted,windows\n" + ROWS)
    (found,) = confusion.read(known).values()
    assert list(found) == [0, 1]
    np.testing.assert_array_equal(found[0], [[0, 0, 0], [0, 0, 0], [0, 2, 6]])
    np.testing.assert_array_equal(found[1], [[0, 0, 0], [0, 0, 0], [0, 0, 8]])


def test_rows_sum_to_one_and_a_class_without_windows_has_none() -> None:
    found = confusion.shares(MATRIX)
    for row in range(3):
        for column in range(3):
            total = sum(MATRIX[row])
            wanted = MATRIX[row, column] / total if total else np.nan
            np.testing.assert_equal(found[row, column], wanted)


def test_numbers_are_per_cent_of_the_row_and_next_to_nothing_is_left_out() -> None:
    figure = confusion.figure([(SHOWN, {0: MATRIX})], CLASSES)
    assert percents(figure) == ["75", "25", "100"]
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert (
        texts.count("no windows") == 1 and "without smoothing" in texts and "smoothed over time" not in texts
    )
    assert {"net", "best model", *CLASSES} <= {*texts}


def test_a_line_of_matrices_without_smoothing_and_one_with_it() -> None:
    forest = Shown(predictor("forest", "baseline", kappa=0.4), "best baseline")
    figure = confusion.figure([(SHOWN, {0: MATRIX, 1: MATRIX}), (forest, {0: MATRIX})], CLASSES)
    assert len(percents(figure)) == 3 * 3
    assert [text.get_text() for text in figure.axes[0].texts].count("smoothed over time") == 2


def test_many_classes_are_drawn_smaller() -> None:
    figure = confusion.figure([(SHOWN, {0: np.eye(12)})] * 3, [f"class {number}" for number in range(12)])
    assert figure.get_size_inches()[0] < 11
