import math

import pytest

from support.scored import score
from tidemark.report.figures import axis
from tidemark.report.figures.axis import Linear, Logarithmic


def over(*values: float, negligible: float = 1e-6) -> Logarithmic | None:
    return Logarithmic.over([score(value, 0) for value in values], negligible)


def test_equal_ratios_are_equal_distances() -> None:
    scale = over(0.01, 1.0)
    assert scale is not None and scale.zero is None
    assert scale.share(0.1) - scale.share(0.01) == pytest.approx(scale.share(1.0) - scale.share(0.1))
    assert 0 < scale.share(0.01) < scale.share(1.0) < 1


def test_zero_has_a_place_left_of_everything_else() -> None:
    scale = over(0.0, 0.02, 0.2)
    assert scale is not None
    assert 0 < scale.share(0.0) < scale.share(0.02)
    assert math.isnan(scale.share(math.nan))
    assert all(scale.share(tick) > scale.share(0.0) for tick in scale.ticks())
    assert scale.ticks() == sorted(scale.ticks())


def test_no_positive_error_has_no_axis() -> None:
    assert over(0.0, math.nan) is None


def test_no_floor_where_a_limit_is_zero() -> None:
    def floor(limits: list[float], others: list[float], negligible: float = 1e-6) -> float | None:
        scores = [[score(value) for value in values] for values in (limits, limits + others)]
        return axis.floor(*scores, negligible)

    assert floor([0.0, 0.009], []) is None
    assert floor([2e-8], [0.2]) is None
    assert floor([2e-8], [0.2], 1e-12) == 2e-8
    assert floor([0.02, 0.009], [0.001]) == 0.009
    assert floor([], [0.1]) is None


def test_over_many_decades_powers_of_ten_alone_are_written_clear_of_zero() -> None:
    scale = over(1e-14, 7e-10, 6e-4, 0.04, 0.5, negligible=1e-13)
    assert scale is not None and scale.wide and scale.zero is not None
    ticks = scale.ticks()
    assert len(ticks) >= 3 and all(
        math.log10(tick) == pytest.approx(round(math.log10(tick))) for tick in ticks
    )
    assert scale.share(ticks[0]) - scale.share(0.0) > 0.15
    assert [scale.label(tick) for tick in (1e-9, 1e-3, 0.1)] == ["10⁻⁹", "10⁻³", "0.1"]
    assert scale.share(0.0) < scale.share(7e-10) - 0.05


def test_a_linear_axis_holds_chance_and_every_interval() -> None:
    scale = axis.over([score(0.83), score(0.6)], "higher", 0)
    assert isinstance(scale, Linear) and scale.zero is None
    assert scale.low < 0 and scale.high > 0.9 and math.isnan(scale.share(math.nan))
    assert scale.share(0.4) - scale.share(0.2) == pytest.approx(scale.share(0.8) - scale.share(0.6))
    assert scale.ticks() == [0, 0.2, 0.4, 0.6, 0.8] and scale.label(0.2) == "0.2"
    below = axis.over([score(-0.3)], "higher", 0)
    assert below is not None and below.low < -0.32 and "−0.2" in [below.label(tick) for tick in below.ticks()]
    assert axis.over([score(math.nan)], "higher", 0) is None
