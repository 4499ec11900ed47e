"""Scores by participant."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from support.report_inputs import assert_refused
from tidemark.figures import participants
from tidemark.figures.participants import Participants
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row

HEADER = "test,participant,windows,kappa,smoothed_kappa,balanced_accuracy,macro_f1\n"
ROWS = "test,P1,100,0.5,0.6,0.7,0.8\ntest,P2,80,,,1.0,1.0\nother,P1,3,0.1,0.1,0.1,0.1\n"
NAN = np.nan


def people(kappa: list[float], smoothed: list[float]) -> Participants:
    scores = np.array(kappa), np.array(smoothed)
    return Participants(
        [f"P{number}" for number in range(len(kappa))], np.full(len(kappa), 9.0), *scores, *scores
    )


def test_by_test_set_with_gaps(tmp_path: Path) -> None:
    path = tmp_path / "participants.csv"
    assert participants.read(path) == {}
    path.write_text(HEADER + ROWS)
    found = participants.read(path)
    assert list(found) == ["test", "other"] and found["test"].names == ["P1", "P2"]
    np.testing.assert_array_equal(found["test"].kappa, [0.5, NAN])
    np.testing.assert_array_equal(found["test"].macro_f1, [0.8, 1.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEADER + ROWS.replace("0.6", "1.6"),
            "row 2, column smoothed_kappa: 1.6; expected a score of at most 1",
        ),
        (HEADER + ROWS.replace("80", "-1"), "row 3, column windows: -1; expected a number of windows"),
        (HEADER.replace("windows", "n") + ROWS, "no column windows"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(participants.read, tmp_path / "participants.csv", text, message)


def test_helped_are_counted_among_those_that_change() -> None:
    assert people([0.5, 0.5, 0.5, NAN], [0.6, 0.5, 0.4, NAN]).helped == (1, 2)


def test_dots_and_medians(row: Callable[..., Row]) -> None:
    rows = [row("model", "net"), row("baseline", "forest"), row("baseline", "unscored")]
    found = {"d-net": people([0.5, NAN, 0.7], [0.6, NAN, 0.9]), "d-forest": people([-0.2], [0.1])}
    figure = participants.figure(rows, found, Colours(["net"]))
    assert figure is not None
    (axes,) = figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(
        [dots[0].get_xdata(), dots[1].get_xdata()], [[0.5, NAN, 0.7], [0.6, NAN, 0.9]]
    )
    assert float(dots[0].get_ydata()[0]) < 0 < float(dots[1].get_ydata()[0]) < 0.5
    medians = [line.get_xdata()[0] for line in axes.lines if line.get_linewidth() == 1.8]
    assert medians == pytest.approx([0.6, 0.75, -0.2, 0.1])
    assert axes.get_xlim()[0] < -0.2
    assert [text.get_text() for text in axes.texts] == ["net", "forest"]


def test_nothing_to_draw(row: Callable[..., Row]) -> None:
    rows = [row("model", "net")]
    assert participants.figure(rows, {}, Colours([])) is None
    assert participants.figure(rows, {"d-net": people([NAN], [NAN])}, Colours([])) is None
