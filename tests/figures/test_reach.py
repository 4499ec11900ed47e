import math

import numpy as np

from tidemark.figures import position, scatter
from tidemark.figures.reach import reach
from tidemark.figures.style import INK, Colours, plain
from tidemark.figures.tables import Row, Score
from tidemark.figures.units import units
from tidemark.figures.views import DENOISE, FORECAST


def row(label: str, kind: str, value: float) -> Row:
    return Row("d", 1, f"d-{label}", kind, {"mse": Score(value, value, value)}, math.nan, "", 100)


ROWS = [
    row("genie", "limit", 1e-15), row("ar", "baseline", 7e-10), row("net", "model", 1e-3), row("rnn", "model", 0.02),
    row("last", "baseline", 0.2), row("wild", "baseline", 900.0),
]  # fmt: skip


def test_rows_by_where_they_lie() -> None:
    found = reach(ROWS, FORECAST)
    labels = [[each.label for each in part] for part in (found.near, found.zero, found.below, found.above)]
    assert labels == [["net", "rnn", "last"], ["genie"], ["ar"], ["wild"]]
    assert found.text == (
        " Below the axis, with no error to speak of: genie. Far below the axis: ar (7e-10)."
        " Far above the axis: wild (900)."
    )
    assert found.arrows((0.1, 2.0), Colours([])) == [
        (0.1, "↓ ar", Colours([]).of("ar", "baseline")),
        (2.0, "↑ wild", Colours([]).of("wild", "baseline")),
    ]


def test_without_models_nothing_is_far() -> None:
    assert len(reach([row("a", "baseline", 1e-9), row("b", "limit", 1.0)], FORECAST).near) == 2
    assert [each.label for each in reach(ROWS, DENOISE).zero] == ["genie", "ar"]  # a coarser zero


def test_axes_hold_the_models_and_name_what_is_far() -> None:
    errors = {each.predictor: (np.arange(5.0), np.full(5, each.score.value)) for each in ROWS}
    drawn = [
        scatter.figure(ROWS, Colours([]), FORECAST, units(FORECAST)),
        position.figure(
            ROWS,
            errors,
            Colours([]),
            FORECAST,
            units(FORECAST),
        ),
    ]
    for figure in drawn:
        assert figure is not None
        (axes,) = figure.axes
        low, high = axes.get_ylim()
        assert 1e-4 < low < 1e-3 and 0.2 < high < 1
        assert {"↓ ar", "↑ wild"} <= {text.get_text() for text in axes.texts}
        assert not any(line.get_color() == INK for line in axes.lines)
    assert drawn[1] is not None
    first = next(line for line in drawn[1].axes[0].lines if line.get_marker() == "o")
    assert list(first.get_xdata()) == [1, 2, 3, 4, 5]  # the first step ahead is 1


def test_small_numbers_on_an_axis_are_powers_of_ten() -> None:
    assert [plain(value) for value in (1e-10, 5e-5, 0.0001, 1000.0)] == ["10⁻¹⁰", "5·10⁻⁵", "0.0001", "1,000"]
