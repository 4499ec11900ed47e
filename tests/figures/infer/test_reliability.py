"""The reliability diagram."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from support.report_inputs import assert_refused
from tidemark.figures import reliability
from tidemark.figures.reliability import Reliability
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row

HEADER = "test,nominal,observed,low,high\n"
ROWS = "test,0.95,0.9,0.88,0.93\ntest,0.5,0.4,0.35,0.45\ntail,0.5,0.1,0.05,0.2\n"
LEVELS = np.array([0.1, 0.5, 0.9])


def shifted(by: float) -> Reliability:
    return Reliability(LEVELS, LEVELS + by, LEVELS + by - 0.01, LEVELS + by + 0.01)


def test_shares_by_test_set_in_order(tmp_path: Path) -> None:
    path = tmp_path / "reliability.csv"
    assert reliability.read(path) == {}
    path.write_text(HEADER + ROWS)
    found = reliability.read(path)
    assert list(found) == ["test", "tail"]
    np.testing.assert_array_equal(found["test"].nominal, [0.5, 0.95])
    np.testing.assert_array_equal(found["test"].low, [0.35, 0.88])
    assert found["test"].excess == pytest.approx(-0.075)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + ROWS.replace("0.9,", "1.9,"), "row 2, column observed: 1.9; expected a share from 0 to 1"),
        (HEADER + ROWS.replace("0.35", ""), "row 3, column low: nan; expected a share from 0 to 1"),
        (HEADER.replace("high", "top") + ROWS, "no column high"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(reliability.read, tmp_path / "reliability.csv", text, message)


def test_lines_bands_and_the_diagonal(row: Callable[..., Row]) -> None:
    rows = [row("limit", "exact"), row("model", "net"), row("baseline", "gp"), row("baseline", "unscored")]
    found = {"d-net": shifted(-0.05), "d-gp": shifted(0.08), "d-exact": shifted(0.0)}
    figure = reliability.figure(rows, found, Colours(["net"]))
    assert figure is not None
    (axes,) = figure.axes
    diagonal, *lines = axes.lines
    np.testing.assert_array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    for line, predictor in zip(lines, ("d-exact", "d-net", "d-gp"), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), found[predictor].nominal)
        np.testing.assert_array_equal(line.get_ydata(), found[predictor].observed)
    assert lines[1].get_color() == Colours(["net"]).of("net")
    (band,) = [each for each in axes.collections if isinstance(each, PolyCollection)]
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    np.testing.assert_allclose([heights.min(), heights.max()], [0.04, 0.86])
    bars = [each for each in axes.collections if isinstance(each, LineCollection)]
    np.testing.assert_allclose([segment[:, 1] for segment in bars[0].get_segments()],
                               np.stack([LEVELS - 0.01, LEVELS + 0.01], 1))  # fmt: skip
    key = axes.get_legend()
    assert key is not None
    assert [text.get_text() for text in key.get_texts()] == ["gp", "exact", "net"]  # cautious first


def test_nothing_to_draw(row: Callable[..., Row]) -> None:
    assert reliability.figure([row("model", "net")], {}, Colours([])) is None
