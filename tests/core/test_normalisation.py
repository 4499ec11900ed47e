"""A signal scaled by itself: as printed for a window, whatever its scale, gaps and all."""

import numpy as np
import pytest

from tidemark.core.normalisation import scale_of

NAN = np.nan


def test_a_window_less_its_mean_over_its_largest_absolute_value() -> None:
    past = np.random.default_rng(0).normal(5, 3, (7, 2, 50))
    level, size = scale_of(past)
    assert level.shape == size.shape == (7, 2, 1)
    for signal in range(7):
        for channel in range(2):
            values = past[signal, channel]
            moved = values - sum(values) / 50
            np.testing.assert_allclose(
                (values - level[signal, channel]) / size[signal, channel],
                moved / max(abs(moved)), rtol=0, atol=1e-12,
            )  # fmt: skip


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0.0), (1e6, -4e6), (-3.0, 7.0)])
def test_level_and_size_follow_the_unit_of_the_signal(factor: float, shift: float) -> None:
    past = np.random.default_rng(1).normal(0, 1, (4, 1, 30))
    level, size = scale_of(past)
    other_level, other_size = scale_of(factor * past + shift)
    np.testing.assert_allclose(other_level, factor * level + shift, rtol=1e-9)
    np.testing.assert_allclose(other_size, abs(factor) * size, rtol=1e-9)


def test_missing_values_are_interpolated_before() -> None:
    level, size = scale_of(np.array([[[NAN, 1.0, NAN, 3.0]]]))  # as 1, 1, 2, 3
    assert level.item() == pytest.approx(7 / 4)
    assert size.item() == pytest.approx(5 / 4)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 / 3, 1e200 / 3])
def test_a_signal_that_does_not_move_has_size_one(value: float) -> None:
    """Though the mean of a hundred times 0.1 is not 0.1."""
    past = np.full((1, 1, 100), value)
    past[0, 0, 3:6] = NAN
    level, size = scale_of(past)
    assert size.item() == 1
    assert level.item() == value


def test_a_signal_without_values_is_zero() -> None:
    level, size = scale_of(np.full((1, 1, 5), NAN))
    assert (level.item(), size.item()) == (0, 1)
