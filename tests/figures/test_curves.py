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
