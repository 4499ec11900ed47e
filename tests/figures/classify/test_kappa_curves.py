"""κ while training."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from support.report_inputs import assert_refused
from tidemark.figures import kappa_curves
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row

HEADER = "dataset,model,step,split,loss,kappa\n"


def test_steps_without_a_score_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    assert kappa_curves.read(path) == {}
    path.write_text(
        HEADER + "d,d-net,1,train,2.0,\nd,d-net,50,validation,1.2,0.4\nd,d-net,20,validation,1.6,0.1\n"
    )
    found = kappa_curves.read(path)
    assert list(found) == ["d-net"]
    np.testing.assert_array_equal(found["d-net"], [[20, 50], [0.1, 0.4]])
    path.write_text(HEADER + "d,d-net,1,train,2.0,\n")
    assert kappa_curves.read(path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace(",kappa", "") + "d,d-net,1,train,2\n", "no column kappa"),
        (HEADER + "d,d-net,1,train,2.0,x\n", "row 2, column kappa: 'x'"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(kappa_curves.read, tmp_path / "curves.csv", text, message)


def test_a_line_a_model_and_a_ring_at_its_best(row: Callable[..., Row]) -> None:
    rows = [row("model", "net"), row("model", "plain")]
    found = {"d-net": (np.array([1.0, 10.0, 100.0]), np.array([-0.1, 0.8, 0.7]))}
    figure = kappa_curves.figure(rows, found, Colours(["net", "plain"]))
    assert figure is not None
    (axes,) = figure.axes
    (ring,) = [line for line in axes.lines if line.get_markersize() == 6 and line.get_marker() == "o"]
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([10.0], [0.8])
    assert axes.get_ylim()[0] < -0.1 and axes.get_xscale() == "log" and axes.get_yscale() == "linear"
    assert "net" in {text.get_text() for text in axes.texts} and "plain" not in {
        text.get_text() for text in axes.texts
    }
    assert kappa_curves.figure(rows, {}, Colours([])) is None
