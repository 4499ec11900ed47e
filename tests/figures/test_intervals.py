import math

import pytest

from tidemark.figures.intervals import Scale, floor
from tidemark.figures.tables import Row, Score


def row(kind: str, value: float) -> Row:
    score = Score(value, value, value)
    return Row("d", 1, "d-x", kind, {"l1": score}, math.nan, "", 0)


def test_equal_ratios_are_equal_distances() -> None:
    scale = Scale.over([row("model", 0.01), row("model", 1.0)], 1e-6)
    assert scale is not None
    assert scale.share(0.1) - scale.share(0.01) == pytest.approx(scale.share(1.0) - scale.share(0.1))
    assert 0 < scale.share(0.01) < scale.share(1.0) < 1
    assert scale.zero is None


def test_zero_has_a_place_left_of_everything_else() -> None:
    scale = Scale.over([row("limit", 0.0), row("model", 0.02), row("baseline", 0.2)], 1e-6)
    assert scale is not None
    assert 0 < scale.share(0.0) < scale.share(0.02)
    assert math.isnan(scale.share(math.nan))
    assert all(scale.share(tick) > scale.share(0.0) for tick in scale.ticks())
    assert scale.ticks() == sorted(scale.ticks())


def test_no_positive_error_has_no_axis() -> None:
    assert Scale.over([row("limit", 0.0), row("model", math.nan)], 1e-6) is None


def test_no_floor_where_a_limit_is_zero() -> None:
    assert floor([row("limit", 0.0), row("limit", 0.009)], 1e-6) is None
    assert floor([row("limit", 2e-8), row("model", 0.2)], 1e-6) is None
    assert floor([row("limit", 0.02), row("limit", 0.009), row("model", 0.001)], 1e-6) == 0.009
    assert floor([row("model", 0.1)], 1e-6) is None


def test_over_many_decades_powers_of_ten_alone_are_written_clear_of_zero() -> None:
    errors = [1e-14, 7e-10, 6e-4, 0.04, 0.5]
    scale = Scale.over([row("model", error) for error in errors], 1e-13)
    assert scale is not None and scale.wide and scale.zero is not None
    ticks = scale.ticks()
    assert len(ticks) >= 3 and all(
        math.log10(tick) == pytest.approx(round(math.log10(tick))) for tick in ticks
    )
    assert scale.share(ticks[0]) - scale.share(0.0) > 0.15
    assert [scale.label(tick) for tick in (1e-9, 1e-3, 0.1)] == ["10⁻⁹", "10⁻³", "0.1"]
    assert scale.share(0.0) < scale.share(7e-10) - 0.05


def test_what_counts_as_zero_is_the_tasks() -> None:
    rows = [row("limit", 2e-8), row("model", 0.2)]
    assert floor(rows, 1e-6) is None and floor(rows, 1e-12) == 2e-8
