import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from support.scored import predictor
from tidemark.report.figures.colours import DIM, INK, MUTED, Colours
from tidemark.report.figures.labels import gathered, spread

PLACES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(PLACES)
def test_spread_keeps_order_and_distance(wanted: list[float]) -> None:
    places = np.array(spread(wanted, 0.1, 0.0, 1.0))
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(places[order]) >= 0.1 - 1e-9).all()
    assert places.min() >= -1e-9 and places.max() <= 1 + 1e-9


def test_spread_is_the_nearest_in_least_squares() -> None:
    wanted, gap = np.array([0.3, 0.32, 0.33, 0.8, 0.85]), 0.1
    result = minimize(
        lambda places: float(np.square(places - wanted).sum()), wanted,
        constraints=[{"type": "ineq", "fun": lambda places: np.diff(places) - gap}],
    )  # fmt: skip
    np.testing.assert_allclose(spread(list(wanted), gap, 0.0, 1.0), result.x, atol=1e-5)


@pytest.mark.parametrize(("heights", "mean"), [((0.1, 10.0), 1.0), ((-3.0, 1.0), -1.0)])
def test_pale_lines_share_a_label_at_their_mean(heights: tuple[float, float], mean: float) -> None:
    entries = [(height, "m", DIM) for height in heights] + [(2.0, "best", "#000000")]
    best, others = gathered(entries)
    assert best == entries[-1] and others[1:] == ("2 other models", DIM)
    assert others[0] == pytest.approx(mean)


def test_a_known_label_has_its_colour_whatever_else_there_is() -> None:
    known = {"rnn": "#d55e00", "gru": "#56b4e9"}
    first, second = Colours(["rnn", "gru", "zeta"], known), Colours(["zeta", "rnn"], known)
    rnn, gru, zeta = (predictor(label, "model", mse=1.0) for label in ("rnn", "gru", "zeta"))
    assert first.of(rnn) == second.of(rnn) == "#d55e00" != first.of(gru)
    assert first.of(zeta) == second.of(zeta) not in known.values()
    assert first.of(predictor("rnn", "baseline", mse=1.0)) == MUTED
    assert first.of(predictor("rnn", "limit", mse=1.0)) == INK
    assert first.only([rnn]).of(gru) == DIM != first.only([rnn]).of(rnn)


def test_twelve_labels_that_nobody_knows_have_twelve_colours() -> None:
    models = [predictor(f"m{number}", "model", mse=1.0) for number in range(12)]
    colours = Colours((each.label for each in models), {})
    assert len({colours.of(each) for each in models}) == 12
