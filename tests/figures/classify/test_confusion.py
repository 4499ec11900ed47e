"""Confusion matrices."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from support.report_inputs import assert_refused
from tidemark.figures import confusion
from tidemark.figures.confusion import Confusion, Shown
from tidemark.figures.tables import Row

HEADER = "test,smoothed,true,predicted,windows\n"
ROWS = "test,0,walk,walk,6\ntest,0,walk,sleep,2\ntest,1,walk,walk,8\nother,0,sleep,sleep,5\n"
MATRIX = Confusion(
    {("sit", "sit"): 300.0, ("sit", "walk"): 99.0, ("sit", "sleep"): 1.0, ("walk", "sit"): 3.0}
)
CLASSES = ["sit", "sleep", "walk"]


def percents(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_text().isdigit()]


def test_windows_by_test_set_and_smoothing(tmp_path: Path) -> None:
    path = tmp_path / "confusion.csv"
    assert confusion.read(path) == {}
    path.write_text(HEADER + ROWS)
    found = confusion.read(path)
    assert list(found) == [("test", False), ("test", True), ("other", False)]
    assert found["test", False].classes == ["sleep", "walk"]
    np.testing.assert_array_equal(found["test", False].table(["walk", "sleep"]), [[6, 2], [0, 0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + ROWS.replace("test,1", "test,yes"), "row 4, column smoothed: 'yes'; expected one of 0, 1"),
        (HEADER + ROWS.replace(",2\n", ",-2\n"), "row 3, column windows: -2; expected a number of windows"),
        (HEADER.replace("true", "truth") + ROWS, "no column true"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(confusion.read, tmp_path / "confusion.csv", text, message)


def test_rows_sum_to_one_and_a_class_without_windows_has_none() -> None:
    windows = MATRIX.table(CLASSES)
    found = confusion.shares(windows)
    for row in range(3):
        for column in range(3):
            total = sum(windows[row])
            wanted = windows[row, column] / total if total else np.nan
            np.testing.assert_equal(found[row, column], wanted)


def test_numbers_are_per_cent_of_the_row_and_next_to_nothing_is_left_out(row: Callable[..., Row]) -> None:
    shown = [Shown(row("model", "net"), "best model", {False: MATRIX})]
    figure = confusion.figure(shown, CLASSES)
    assert figure is not None
    assert percents(figure) == ["75", "25", "100"]
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert (
        texts.count("no windows") == 1 and "without smoothing" in texts and "smoothed over time" not in texts
    )
    assert {"net", "best model", *CLASSES} <= {*texts}


def test_a_line_of_matrices_without_smoothing_and_one_with_it(row: Callable[..., Row]) -> None:
    shown = [
        Shown(row("model", "net"), "best model", {False: MATRIX, True: MATRIX}),
        Shown(row("baseline", "forest"), "best baseline", {False: MATRIX}),
        Shown(row("baseline", "nothing"), "plain", {}),
    ]
    figure = confusion.figure(shown, CLASSES)
    assert figure is not None
    assert len(percents(figure)) == 3 * 3
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("smoothed over time") == 2 and "nothing" not in texts


def test_many_classes_are_drawn_smaller(row: Callable[..., Row]) -> None:
    names = [f"class {number}" for number in range(12)]
    many = Confusion({(name, name): 1.0 for name in names})
    shown = [Shown(row("model", "net"), "best model", {False: many})] * 3
    figure = confusion.figure(shown, names)
    assert figure is not None and figure.get_size_inches()[0] < 11


def test_nothing_to_draw(row: Callable[..., Row]) -> None:
    assert confusion.figure([], CLASSES) is None
    assert confusion.figure([Shown(row("model", "net"), "best model", {})], CLASSES) is None
