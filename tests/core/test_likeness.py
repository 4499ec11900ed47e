"""What training inputs are like: statistics against NumPy's and against closed forms."""

from __future__ import annotations

import numpy as np

from tidemark.core.likeness import describe, statistics


def test_mean_and_deviation_are_those_of_present_values() -> None:
    windows = np.random.default_rng(0).standard_normal((5, 2, 40))
    windows[0, 1, 3:9] = np.nan
    mean, std, _ = statistics(windows)
    np.testing.assert_allclose(mean, np.nanmean(windows, axis=-1))
    np.testing.assert_allclose(std, np.nanstd(windows, axis=-1))


def test_the_noise_level_is_that_of_white_noise_whatever_line_it_is_on() -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, 20_000)
    for signal in (noise, noise + 5 + 0.1 * np.arange(20_000)):
        assert abs(statistics(signal)[2] - 0.3) < 0.01
    smooth = np.sin(2 * np.pi * np.arange(600) / 60)
    assert statistics(smooth)[2] < 0.01


def test_windows_without_enough_values_have_no_statistics() -> None:
    assert np.isnan(statistics(np.full((2, 5), np.nan))).all()
    assert np.isnan(statistics(np.ones((1, 2)))[2]).all()


def test_the_noise_level_between_uneven_positions_is_that_of_white_noise_too() -> None:
    random = np.random.default_rng(3)
    at = np.cumsum(random.uniform(0.1, 2, 20_000))
    noise = random.normal(0, 0.3, 20_000)
    assert abs(statistics(noise + 5 - 0.2 * at, at)[2] - 0.3) < 0.01
    even = np.arange(500.0)
    np.testing.assert_allclose(statistics(noise[:500], even), statistics(noise[:500]))
    assert np.isfinite(statistics(noise[:6], np.array([0.0, 1, 1, 1, 2, 3]))[2])  # a tie is left out


def test_a_single_value_has_no_deviation() -> None:
    window = np.array([np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(statistics(window), [3, np.nan, np.nan])


def test_long_windows_are_described_by_fewer_of_them() -> None:
    windows = np.broadcast_to(np.arange(4.0)[:, None, None] + np.tile([0, 1.0], 2**21), (4, 1, 2**22))
    assert describe(windows).location.largest == [2.5]  # of windows 0 and 2


def test_ranges_are_the_smallest_the_median_and_the_largest_of_windows() -> None:
    windows = np.arange(9.0)[:, None, None] + np.zeros((9, 2, 10))
    known = describe(windows)
    ends = known.location.smallest, known.location.typical, known.location.largest
    assert ends == ([0, 0], [4, 4], [8, 8])
    assert known.scale.largest == [0, 0]
