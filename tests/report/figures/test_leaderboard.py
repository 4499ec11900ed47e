import pytest

from support.figures import results
from support.scored import predictor
from tidemark.classify.figures.view import VIEW as CLASSIFY
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.report.figures import leaderboard


def test_a_higher_score_has_a_linear_axis_and_no_limit() -> None:
    known = results(
        CLASSIFY, predictor("net", "model", kappa=0.83), predictor("forest", "baseline", kappa=0.6)
    )
    figure = leaderboard.figure(known)
    assert figure is not None
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert "0.830" in texts and "κ" in texts and "× limit" not in texts
    assert axes.get_xlabel() == "Cohen's κ"
    ticks = {
        label.get_text(): place
        for label, place in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    }
    assert ticks["0.4"] - ticks["0.2"] == pytest.approx(ticks["0.6"] - ticks["0.4"])


def test_an_error_has_its_multiple_of_the_limit_and_zero_a_place() -> None:
    known = results(
        DENOISE,
        predictor("net", "model", l1=0.2),
        predictor("exact", "limit", l1=0.1),
        predictor("genie", "baseline", l1=0.0),
    )
    figure = leaderboard.figure(known)
    assert figure is not None
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert {"net", "0.2000", "2.00", "× limit", "0"} <= {*texts}
    assert texts.index("genie") < texts.index("exact") < texts.index("net")
