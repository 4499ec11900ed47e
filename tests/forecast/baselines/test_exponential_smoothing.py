"""Exponential smoothing on series that it continues exactly."""

import numpy as np
import pytest

from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import exponential_smoothing

Options = exponential_smoothing.Options
SHAPE = np.array([3.0, -1, 0, 2, -4])


def info(lookback, horizon, season=1):
    return DatasetInfo(
        "some", "forecast", "x", 1, lookback, 1.0, "day", "", 0, {"test": 1}, horizon=horizon, season=season
    )


@pytest.mark.parametrize("slope", [0, 0.3])
def test_a_line_with_a_season_is_continued(slope):
    time = np.arange(47)
    signal = 10 + slope * time + SHAPE[time % 5]
    split = {"past": signal[None, None, :40]}
    estimate = exponential_smoothing.estimate(split, info(40, 7, 5), Options(damped=False))
    np.testing.assert_allclose(estimate[0, 0], signal[40:], atol=0.01)


def test_a_level_alone_is_a_weighted_mean_of_the_past():
    """level = α x + (1 − α) level: of a random walk under noise, α between 0 and 1, the same for all steps."""
    past = np.random.default_rng(0).normal(size=(3, 1, 80)) + 5
    estimate = exponential_smoothing.estimate({"past": past}, info(80, 4), Options(trend=False))
    assert np.ptp(estimate, axis=-1).max() < 1e-9
    np.testing.assert_allclose(estimate[..., 0], past.mean(-1), atol=0.3)


def test_a_damped_trend_fades():
    signal = np.arange(40.0)[None, None] + np.random.default_rng(0).normal(0, 0.1, 40)
    steps = np.diff(exponential_smoothing.estimate({"past": signal}, info(40, 30), Options())[0, 0])
    assert (steps > 0).all()
    assert (np.diff(steps) <= 1e-12).all()


def test_first_values_are_averages_or_fitted():
    time = np.arange(47)
    signal = 10 + 0.3 * time + SHAPE[time % 5]
    options = Options(damped=False, initial="heuristic")
    estimate = exponential_smoothing.estimate({"past": signal[None, None, :40]}, info(40, 7, 5), options)
    np.testing.assert_allclose(estimate[0, 0], signal[40:], atol=0.05)
