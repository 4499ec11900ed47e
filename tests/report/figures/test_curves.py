import json
from pathlib import Path

import numpy as np
import pandas as pd

from support.figures import model, results, write_csv
from support.scored import predictor
from tidemark.forecast.figures.view import VIEW
from tidemark.report.figures import curves

NET = predictor("net", "model", mse=1.0)
KNOWN = results(VIEW, NET)
STAGES = {"d-net": [(0, "components 1–2"), (300, "components 3–9"), (900, "")]}
STEPS = np.array([10.0, 100, 1000])
LOSSES = {"d-net": pd.DataFrame({"step": STEPS, "train": 1 / STEPS, "validation": 1 / STEPS})}


def test_an_upright_line_where_each_later_stage_begins() -> None:
    figure = curves.figure(KNOWN, LOSSES, STAGES)
    assert figure is not None
    upright = [line for line in figure.axes[0].lines if list(line.get_ydata()) == [0, 1]]
    assert [line.get_xdata()[0] for line in upright] == [300, 900]
    assert {line.get_color() for line in upright} == {KNOWN.colours.of(NET)}
    without = curves.figure(KNOWN, LOSSES, {})
    assert without is not None and len(without.axes[0].lines) == len(figure.axes[0].lines) - 2
    assert curves.figure(KNOWN, {}, {}) is None


def test_curves_and_curricula_are_read_and_described(tmp_path: Path) -> None:
    known = results(VIEW, NET, root=tmp_path)
    write_csv(
        model(tmp_path, NET) / "curve.csv",
        "step,train,validation,skill",
        [[1, 0.7, np.nan, np.nan], [2, 0.5, 0.6, 0.1]],
    )
    parts = [{"steps": 300, "law": {"components": [1, 2]}}, {"steps": 600, "law": {"components": [3, 9]}}]
    training = {"curriculum": parts, "steps": 1000}
    (model(tmp_path, NET) / "training.json").write_text(json.dumps({"training": training}))
    (table,) = curves.read(known).values()
    assert list(table.columns) == ["step", "train", "validation", "skill"]
    np.testing.assert_array_equal(table["validation"], [np.nan, 0.6])
    assert curves.curricula(known) == STAGES
    picture, score = curves.draw(known)
    assert (score.name, score.title) == ("skill", "Skill while training")
    assert picture.caption.endswith(
        " Upright lines: a stage of a curriculum begins (net: from step 0 components 1–2, from step 300 components "
        "3–9, from step 900 the whole law)."
    )
    training["curriculum"] = []
    (model(tmp_path, NET) / "training.json").write_text(json.dumps({"training": training}))
    assert curves.curricula(known) == {} and "Upright" not in next(curves.draw(known)).caption


def test_a_loss_below_zero_has_a_linear_axis_that_cuts_the_beginning() -> None:
    steps = np.arange(1.0, 41)
    loss = 900 * np.exp(-steps) - 1.5
    table = pd.DataFrame({"step": steps, "train": np.nan, "validation": loss})
    figure = curves.figure(KNOWN, {"d-net": table}, {})
    assert figure is not None
    (axes,) = figure.axes
    low, high = axes.get_ylim()
    assert axes.get_yscale() == "linear" and low < loss.min() and loss[6] < high < loss[0]
    assert any(np.array_equal(np.asarray(line.get_ydata()), loss) for line in axes.lines)


def test_a_score_has_a_line_a_model_and_a_ring_at_its_best() -> None:
    plain = predictor("plain", "model", mse=2.0)
    known = results(VIEW, NET, plain)
    table = pd.DataFrame({"step": [1, 5, 10, 100], "skill": [-0.1, np.nan, 0.8, 0.7]})
    figure = curves.score_figure(known, {"d-net": table, "d-plain": pd.DataFrame({"step": [1]})}, "skill")
    assert figure is not None
    (axes,) = figure.axes
    (ring,) = [line for line in axes.lines if line.get_markersize() == 6 and line.get_marker() == "o"]
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([10.0], [0.8])
    assert axes.get_ylim()[0] < -0.1 and axes.get_xscale() == "log" and axes.get_yscale() == "linear"
    texts = {text.get_text() for text in axes.texts}
    assert "net" in texts and "plain" not in texts
    assert curves.score_figure(known, {}, "skill") is None
