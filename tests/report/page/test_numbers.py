import math

import pytest

from support.scored import score
from tidemark.report.figures import numbers
from tidemark.report.figures.view import Metric


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.09531356, "0.09531"), (0.0, "0"), (-1.3322, "−1.332"), (1e-4, "0.0001000"), (4.4938e-6, "4.494e-6"),
        (1.857e-15, "1.857e-15"), (123456.0, "1.235e+05"), (math.nan, "–"), (math.inf, "–"),
    ],
)  # fmt: skip
def test_four_digits_and_an_exponent_only_where_a_reader_needs_one(value: float, text: str) -> None:
    assert numbers.number(value) == text


def test_written_numbers_are_near_the_value() -> None:
    for exponent in range(-16, 6):
        for digit in (1.0, 2.3456, 9.9999):
            value = digit * 10.0**exponent
            assert float(numbers.number(value)) == pytest.approx(value, rel=6e-4)


def test_metrics_have_digits_of_their_own() -> None:
    plain, fixed = Metric("mse", "MSE"), Metric("nll", "NLL", 3, "nat")
    assert numbers.interval(score(0.25), plain) == "0.2500 [0.225, 0.275]"
    assert numbers.bounds(score(-0.5), fixed) == "−0.550 to −0.450"
    assert (numbers.heading(plain), numbers.heading(fixed)) == ("MSE", "NLL, nat")
    assert numbers.value(math.nan, fixed) == "–"


@pytest.mark.parametrize(
    ("ratio", "short", "told"),
    [(1.0, "1.00", "1.00"), (0.0031, "0.0031", "0.00"), (26.254, "26.25", "26"), (5123.4, "5,123", "5,100"), (5.1e12, "5,100,000,000,000", "5·10¹²"),
     (math.nan, "–", "nan"), (math.inf, "–", "∞")],
)  # fmt: skip
def test_multiples(ratio: float, short: str, told: str) -> None:
    assert numbers.times(ratio) == short
    if not math.isnan(ratio):
        assert numbers.rounded_times(ratio) == told


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [(0.5, "0.5 µs"), (14.3, "14 µs"), (593.0, "593 µs"), (1200, "1.2 ms"), (3.96e3, "4 ms"), (2.5e6, "2.5 s")],
)  # fmt: skip
def test_durations_read_well(microseconds: float, text: str) -> None:
    assert numbers.duration(microseconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.8114, "0.811"), (46.12, "46.1"), (1393.4, "1,393"), (float("nan"), "–")]
)
def test_microseconds_of_a_column(value: float, text: str) -> None:
    assert numbers.microseconds(value) == text
