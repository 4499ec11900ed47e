"""Scores by participant and by class."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.figures import results
from support.scored import predictor
from tidemark.classify.figures import participants, tables
from tidemark.classify.figures.view import VIEW
from tidemark.report.figures.results import Results

NAN = np.nan
NET = predictor("net", "model", kappa=0.9)
FOREST, WORSE = predictor("forest", "baseline", kappa=0.7), predictor("worse", "baseline", kappa=0.1)
PEOPLE = "test,participant,windows,kappa,smoothed_kappa,balanced_accuracy,macro_f1\n"
CLASSES = "test,smoothed,class,precision,recall,f1,windows\n"


def people(kappa: list[float], smoothed: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"kappa": kappa, "smoothed_kappa": smoothed})


def write(known: Results, name: str, file: str, text: str) -> None:
    path = known.details_of(known.comparison[name]) / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_participants_of_the_set_test_with_gaps(tmp_path: Path) -> None:
    known = results(VIEW, NET, root=tmp_path)
    assert participants.read(known) == {}
    rows = "test,P1,100,0.5,0.6,0.7,0.8\ntest,P2,80,,,1.0,1.0\nother,P1,3,0.1,0.1,0.1,0.1\n"
    write(known, "d-net", "participants.csv", PEOPLE + rows)
    (table,) = participants.read(known).values()
    assert table["participant"].tolist() == ["P1", "P2"]
    np.testing.assert_array_equal(table["kappa"], [0.5, NAN])
    np.testing.assert_array_equal(table["macro_f1"], [0.8, 1.0])


def test_helped_are_counted_among_those_that_change() -> None:
    assert participants.helped(people([0.5, 0.5, 0.5, NAN], [0.6, 0.5, 0.4, NAN])) == (1, 2)


def test_dots_and_medians() -> None:
    known = results(VIEW, NET, FOREST, WORSE)
    found = {"d-net": people([0.5, NAN, 0.7], [0.6, NAN, 0.9]), "d-forest": people([-0.2], [0.1])}
    figure = participants.figure(known, found)
    assert figure is not None
    (axes,) = figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [list(dots[place].get_xdata()) for place in (0, 1)] == [[0.5, 0.7], [0.6, 0.9]]
    assert float(dots[0].get_ydata()[0]) < 0 < float(dots[1].get_ydata()[0]) < 0.5
    medians = [line.get_xdata()[0] for line in axes.lines if line.get_linewidth() == 1.8]
    assert medians == pytest.approx([0.6, 0.75, -0.2, 0.1])
    assert axes.get_xlim()[0] < -0.2
    assert [text.get_text() for text in axes.texts] == ["net", "forest"]
    assert participants.figure(known, {}) is None
    assert participants.figure(known, {"d-net": people([NAN], [NAN])}) is None


def test_what_one_predictor_lacks_is_missing_in_the_tables(tmp_path: Path) -> None:
    known = results(VIEW, NET, FOREST, WORSE, root=tmp_path)
    assert list(tables.tables(known)) == []
    rows = "test,0,sit,0.4,0.5,0.6,9\ntest,1,sit,0.4,0.5,0.7,9\ntest,0,walk,0.1,,0.3,7\nother,0,run,1,1,1,1\n"
    write(known, "d-net", "classes.csv", CLASSES + rows)
    for name, names in {"d-net": ("P1", "P2"), "d-forest": ("P0", "P2"), "d-worse": ("P9",)}.items():
        lines = [f"test,{who},{10 * place},{place / 10},0.5,0.5,0.5\n" for place, who in enumerate(names)]
        write(known, name, "participants.csv", PEOPLE + "".join(lines))
    by_class, by_participant = tables.tables(known)
    assert by_class.header == ["Class", "Windows", "Precision", "Recall", "F1", "F1, smoothed"]
    np.testing.assert_equal(by_class.rows, [["sit", 9, 0.4, 0.5, 0.6, 0.7], ["walk", 7, 0.1, NAN, 0.3, NAN]])
    assert [(group.label, group.columns) for group in by_participant.groups] == [("net", 4), ("forest", 4)]
    nothing, half = [NAN] * 4, [0.5] * 3
    np.testing.assert_equal(by_participant.rows, [
        ["P1", 0, 0.0, *half, *nothing], ["P2", 10, 0.1, *half, 0.1, *half], ["P0", 0, *nothing, 0.0, *half],
    ])  # fmt: skip
