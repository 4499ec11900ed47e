"""The reliability diagram."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection

from support.figures import results
from support.scored import predictor
from tidemark.infer.figures.section import RELIABILITY
from tidemark.infer.figures.view import VIEW
from tidemark.report.figures import reliability

ROWS = "test,0.95,0.9,0.88,1.0000001\ntest,0.5,0.4,0.35,0.45\ntail,0.5,0.1,0.05,0.2\n"
LEVELS = np.array([0.1, 0.5, 0.9])
NET = predictor("net", "model", crps=0.2)


def shifted(by: float) -> pd.DataFrame:
    columns = (LEVELS, LEVELS + by, LEVELS + by - 0.01, LEVELS + by + 0.01)
    return pd.DataFrame(dict(zip(reliability.SHARES, columns, strict=True)))


def test_shares_of_the_set_test_in_order(tmp_path: Path) -> None:
    known = results(VIEW, NET, root=tmp_path)
    assert reliability.read(known) == {}
    path = known.details_of(NET) / "reliability.csv"
    path.parent.mkdir(parents=True)
    path.write_text("test,nominal,observed,low,high\n" + ROWS)
    (table,) = reliability.read(known).values()
    np.testing.assert_array_equal(table, [[0.5, 0.4, 0.35, 0.45], [0.95, 0.9, 0.88, 1.0]])


def test_lines_bands_and_the_diagonal() -> None:
    others = [predictor("exact", "limit", crps=0.1), predictor("gp", "baseline", crps=0.3),
              predictor("unscored", "baseline", crps=0.4)]  # fmt: skip
    known = results(VIEW, NET, *others)
    found = {"d-net": shifted(-0.05), "d-gp": shifted(0.08), "d-exact": shifted(0.0)}
    figure = reliability.figure(known, found, RELIABILITY)
    assert figure is not None
    (axes,) = figure.axes
    diagonal, *lines = axes.lines
    np.testing.assert_array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    for line, name in zip(lines, ("d-exact", "d-net", "d-gp"), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), found[name]["nominal"])
        np.testing.assert_array_equal(line.get_ydata(), found[name]["observed"])
    assert lines[1].get_color() == known.colours.of(NET)
    (band,) = [each for each in axes.collections if isinstance(each, PolyCollection)]
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    np.testing.assert_allclose([heights.min(), heights.max()], [0.04, 0.86])
    bars = [each for each in axes.collections if isinstance(each, LineCollection)]
    np.testing.assert_allclose([segment[:, 1] for segment in bars[0].get_segments()],
                               np.stack([LEVELS - 0.01, LEVELS + 0.01], 1))  # fmt: skip
    key = axes.get_legend()
    assert key is not None
    assert [text.get_text() for text in key.get_texts()] == ["gp", "exact", "net"]  # cautious first


def test_nothing_to_draw() -> None:
    assert reliability.figure(results(VIEW, NET), {}, RELIABILITY) is None
