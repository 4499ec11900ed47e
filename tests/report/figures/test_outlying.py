import numpy as np
import pandas as pd

from support.figures import results
from support.scored import predictor
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.evaluation.comparison import Predictor
from tidemark.forecast.figures.view import VIEW as FORECAST
from tidemark.report.figures import position, scatter
from tidemark.report.figures.colours import INK
from tidemark.report.figures.outlying import least_error, outlying

ERRORS = {
    "genie": ("limit", 1e-15), "ar": ("baseline", 7e-10), "net": ("model", 1e-3), "rnn": ("model", 0.02),
    "last": ("baseline", 0.2), "wild": ("baseline", 900.0),
}  # fmt: skip


def everyone(metric: str) -> list[Predictor]:
    return [predictor(label, kind, **{metric: error}) for label, (kind, error) in ERRORS.items()]


def labels(predictors: list[Predictor]) -> list[str]:
    return [each.label for each in predictors]


def test_predictors_by_where_they_lie() -> None:
    known = results(FORECAST, *everyone("mse"))
    found = outlying(known)
    assert labels(list(found.near)) == ["net", "rnn", "last"] and labels(list(found.zero)) == ["genie"]
    assert [(each.label, error) for each, error in (*found.below, *found.above)] == [
        ("ar", 7e-10),
        ("wild", 900),
    ]
    assert found.text.startswith(
        " Below the axis, with no error to speak of: genie. Far below the axis: ar (7"
    )
    assert found.text.endswith(" Far above the axis: wild (900).")
    ar, wild = known.comparison["d-ar"], known.comparison["d-wild"]
    assert found.arrows((0.1, 2.0), known.colours) == [
        (0.1, "↓ ar", known.colours.of(ar)), (2.0, "↑ wild", known.colours.of(wild)),
    ]  # fmt: skip


def test_without_models_nothing_is_far() -> None:
    two = results(FORECAST, predictor("a", "baseline", mse=1e-9), predictor("b", "limit", mse=1.0))
    assert len(outlying(two).near) == 2
    assert labels(list(outlying(results(DENOISE, *everyone("l1"))).zero)) == ["genie", "ar"]  # a coarser zero


def test_axes_hold_the_models_and_name_what_is_far() -> None:
    known = results(FORECAST, *everyone("mse"))
    errors = {
        each.name: pd.DataFrame({"position": np.arange(5), "mse": np.full(5, known.score(each).value)})
        for each in known.predictors
    }
    drawn = [scatter.figure(known), position.figure(known, errors)]
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


def test_no_method_goes_below_a_limit_that_is_not_zero() -> None:
    net = predictor("net", "model", mse=0.5)
    assert least_error(results(FORECAST, net)) is None
    assert least_error(results(FORECAST, net, predictor("exact", "limit", mse=0.1))) == 0.1
    assert least_error(results(FORECAST, net, predictor("exact", "limit", mse=1e-20))) is None


def test_a_higher_score_has_no_size_figure_of_its_own_axis() -> None:
    assert scatter.figure(results(FORECAST, predictor("ar", "baseline", mse=0.5))) is None
