"""Split conformal intervals against their definition, rank by rank."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tidemark.core.conformal import at_level, half_widths, pooled_half_widths
from tidemark.core.errors import InputError


def test_the_half_width_is_the_residual_of_the_rank_that_the_theorem_names() -> None:
    residuals = np.random.default_rng(0).standard_normal((57, 2, 3))
    widths = half_widths(residuals)
    for level in (0.5, 0.68, 0.9, 0.95):
        found = at_level(widths, level)
        for channel in range(2):
            for step in range(3):
                ordered = sorted(abs(residuals[:, channel, step]))
                expected = ordered[math.ceil(58 * round(level * 100) / 100 - 1e-9) - 1]
                assert found[channel, step] == pytest.approx(expected, rel=1e-6)


def test_missing_targets_have_no_residual() -> None:
    residuals = np.arange(1.0, 100.0)[:, None, None]
    hidden = np.concatenate([residuals, np.full((50, 1, 1), np.nan)])
    np.testing.assert_array_equal(half_widths(hidden), half_widths(residuals))
    assert at_level(half_widths(residuals), 0.9) == 90  # ⌈100 · 0.9⌉


def test_a_level_between_two_hundredths_gets_the_larger() -> None:
    widths = half_widths(np.arange(1.0, 1000.0)[:, None, None])
    assert at_level(widths, 0.901) == at_level(widths, 0.91) > at_level(widths, 0.9)


def test_pooled_values_of_one_signal_each_are_those_of_the_theorem() -> None:
    residuals = np.random.default_rng(1).standard_normal((57, 1))
    np.testing.assert_array_equal(pooled_half_widths(residuals), half_widths(residuals[..., None]))


def test_pooled_signals_weigh_the_same_and_their_number_decides_which_levels_there_are() -> None:
    residuals = np.full((19, 100), np.nan)
    residuals[:, 0] = np.arange(1, 20)
    widths = pooled_half_widths(residuals)
    residuals[:9] = np.arange(1, 10)[:, None]  # a hundred times the same values
    np.testing.assert_array_equal(pooled_half_widths(residuals), widths)
    assert at_level(widths, 0.95) == 19
    with pytest.raises(InputError, match=r"support at most 0.95;"):
        at_level(widths, 0.96)


def test_pooled_intervals_cover_values_of_further_signals() -> None:
    random = np.random.default_rng(2)
    draw = random.standard_normal((4000, 1)) + random.standard_normal((4000, 30))  # alike within a signal
    for level in (0.5, 0.9):
        half = at_level(pooled_half_widths(draw[:2000]), level)
        assert abs((np.abs(draw[2000:]) <= half).mean() - level) < 0.02


@pytest.mark.parametrize("level", [0.4, 0.995, 1.0, 90.0, float("nan")])
def test_levels_that_mean_nothing_are_refused(level: float) -> None:
    with pytest.raises(InputError, match=r"^--interval .*: expected a level from 0.5 to 0.99$"):
        at_level(half_widths(np.ones((200, 1, 1))), level)


def test_too_few_residuals_are_refused_with_the_level_that_they_support() -> None:
    # 19 residuals: ⌈20 · level⌉ ≤ 19 up to 0.95.
    widths = half_widths(np.ones((19, 1, 2)))
    assert at_level(widths, 0.95).shape == (1, 2)
    with pytest.raises(InputError, match="^--interval 0.96: .* support at most 0.95; "):
        at_level(widths, 0.96)
    with pytest.raises(InputError, match="support none"):
        at_level(half_widths(np.full((5, 1, 1), np.nan)), 0.5)
