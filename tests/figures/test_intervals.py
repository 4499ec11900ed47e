import math

import pytest

from tidemark.figures.intervals import Scale, floor
from tidemark.figures.tables import Row, Score


def row(kind: str, value: float) -> Row:
    score = Score(value, value, value)
    return Row("d", 1, "d-x", kind, score, score, score, math.nan, "", 0)


def test_equal_ratios_are_equal_distances() -> None:
    scale = Scale.over([row("model", 0.01), row("model", 1.0)])
    assert scale is not None
    assert scale.share(0.1) - scale.share(0.01) == pytest.approx(scale.share(1.0) - scale.share(0.1))
    assert 0 < scale.share(0.01) < scale.share(1.0) < 1
    assert scale.zero is None


def test_zero_has_a_place_left_of_everything_else() -> None:
    scale = Scale.over([row("limit", 0.0), row("model", 0.02), row("baseline", 0.2)])
    assert scale is not None
    assert 0 < scale.share(0.0) < scale.share(0.02)
    assert math.isnan(scale.share(math.nan))
    assert all(scale.share(tick) > scale.share(0.0) for tick in scale.ticks())
    assert scale.ticks() == sorted(scale.ticks())


def test_no_positive_error_has_no_axis() -> None:
    assert Scale.over([row("limit", 0.0), row("model", math.nan)]) is None


def test_no_floor_where_a_limit_is_zero() -> None:
    assert floor([row("limit", 0.0), row("limit", 0.009)]) is None
    assert floor([row("limit", 2e-8), row("model", 0.2)]) is None
    assert floor([row("limit", 0.02), row("limit", 0.009), row("model", 0.001)]) == 0.009
    assert floor([row("model", 0.1)]) is None
