import math
from pathlib import Path

import numpy as np

from tidemark.figures import curves, tables
from tidemark.figures.style import Colours
from tidemark.figures.tables import CurriculumStage, Curve, Row, Score

ROW = Row("d", 1, "d-net", "model", {"mse": Score(1.0, 1.0, 1.0)}, math.nan, "", 1)
STAGES = {"d-net": [CurriculumStage(0, "components 1–2"), CurriculumStage(300, "components 3–9"), CurriculumStage(900, "")]}  # fmt: skip
STEPS = np.array([10.0, 100, 1000])
LOSSES = {("d-net", split): Curve(STEPS, 1 / STEPS) for split in ("train", "validation")}


def test_an_upright_line_where_each_later_stage_begins() -> None:
    figure = curves.figure([ROW], LOSSES, Colours(["net"]), STAGES)
    assert figure is not None
    upright = [line for line in figure.axes[0].lines if list(line.get_ydata()) == [0, 1]]
    assert [line.get_xdata()[0] for line in upright] == [300, 900]
    assert {line.get_color() for line in upright} == {Colours(["net"]).of("net")}
    without = curves.figure([ROW], LOSSES, Colours(["net"]), {})
    assert without is not None and len(without.axes[0].lines) == len(figure.axes[0].lines) - 2


def test_the_caption_tells_the_stages() -> None:
    assert curves.curricula([ROW], STAGES) == (
        " Upright lines: a stage of a curriculum begins (net: from step 0 components 1–2, from step 300 components 3–9, "
        "from step 900 the whole law)."
    )
    assert curves.curricula([ROW], {}) == ""


def test_stages_are_read_by_model(tmp_path: Path) -> None:
    path = tmp_path / "stages.csv"
    path.write_text('dataset,model,stage,step,law\nd,d-net,0,0,components 1–2\nd,d-net,1,300,"a 1, b 2"\n')
    assert tables.stages(path) == {
        "d-net": [CurriculumStage(0, "components 1–2"), CurriculumStage(300, "a 1, b 2")]
    }
    assert tables.stages(tmp_path / "none.csv") == {}


def test_a_loss_below_zero_has_a_linear_axis_that_cuts_the_beginning() -> None:
    steps = np.arange(1.0, 41)
    loss = 900 * np.exp(-steps) - 1.5
    figure = curves.figure([ROW], {("d-net", "validation"): Curve(steps, loss)}, Colours(["net"]), {})
    assert figure is not None
    (axes,) = figure.axes
    low, high = axes.get_ylim()
    assert axes.get_yscale() == "linear" and low < loss.min() and loss[6] < high < loss[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), loss)
