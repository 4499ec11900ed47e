import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from tidemark.figures.style import DIM, Colours, fixed, gathered, number, signed, spread

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


def test_a_label_has_its_colour_whatever_else_there_is() -> None:
    first, second = Colours(["rnn", "gru", "zeta"]), Colours(["zeta", "rnn"])
    assert first.of("rnn") == second.of("rnn") != first.of("gru")
    assert first.of("zeta") == second.of("zeta")


def test_twelve_labels_that_nobody_knows_have_twelve_colours() -> None:
    labels = [f"m{number}" for number in range(12)]
    assert len({Colours(labels).of(label) for label in labels}) == 12


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0135, "0.01350"),
        (1.0, "1.000"),
        (0, "0"),
        (float("nan"), "–"),
        (0.00123456, "0.001235"),
        (-1.5, "−1.500"),
        (-2e-12, "−2e-12"),
    ],
)
def test_four_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_true_minus_sign() -> None:
    assert fixed(-1.26, 1) == "−1.3"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "+0.123"), (-0.5, "−0.500"), (0, "+0"), (512.34, "+512"), (float("nan"), "–")],
)
def test_a_difference_has_its_sign(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(("heights", "mean"), [((0.1, 10.0), 1.0), ((-3.0, 1.0), -1.0)])
def test_pale_lines_share_a_label_at_their_mean(heights: tuple[float, float], mean: float) -> None:
    entries = [(height, "m", DIM) for height in heights] + [(2.0, "best", "#000000")]
    best, others = gathered(entries)
    assert best == entries[-1] and others[1:] == ("2 other models", DIM)
    assert others[0] == pytest.approx(mean)
