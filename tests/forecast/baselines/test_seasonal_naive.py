"""The seasonal naive forecast, and the season it finds where none is told."""

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import seasonal_naive


def info(season, horizon):
    return DatasetInfo(
        "some", "forecast", "recorded", 1, 30, 1.0, "day", "", 0, {"test": 1}, horizon=horizon, season=season
    )


def test_repeats_the_season_of_the_options_or_of_the_dataset():
    past = np.arange(30.0)[None, None]
    of_dataset = seasonal_naive.estimate({"past": past}, info(7, 10), seasonal_naive.Options())
    np.testing.assert_array_equal(of_dataset[0, 0], [*range(23, 30), 23, 24, 25])
    chosen = seasonal_naive.estimate({"past": past}, info(7, 10), seasonal_naive.Options(season=4))
    np.testing.assert_array_equal(chosen[0, 0], [26, 27, 28, 29, 26, 27, 28, 29, 26, 27])


@pytest.mark.parametrize("noise", [0, 0.3])
def test_finds_the_season_of_each_signal(noise):
    rng = np.random.default_rng(0)
    seasons = rng.integers(5, 30, (20, 2))
    shapes = rng.normal(size=(20, 2, 30))
    place = np.arange(100) % seasons[..., None]
    past = np.take_along_axis(shapes, place, axis=-1) + noise * rng.normal(size=(20, 2, 100))
    found = seasonal_naive.find_season(past)
    assert ((found == seasons) | (found % seasons == 0)).mean() > 0.97


def test_the_autocorrelation_is_that_of_the_overlapping_samples():
    """Against correlations written out: the lag found is their largest peak."""
    rng = np.random.default_rng(1)
    for _ in range(10):
        row = rng.normal(size=40).cumsum() + 3 * np.sin(np.arange(40))
        centred = row - row.mean()
        lags = range(22)
        correlation = [
            centred[: 40 - lag]
            @ centred[lag:]
            / np.linalg.norm(centred[: 40 - lag])
            / np.linalg.norm(centred[lag:])
            for lag in lags
        ]
        peaks = [lag for lag in lags[1:-1] if correlation[lag - 1] < correlation[lag] >= correlation[lag + 1]]
        expected = max(peaks, key=lambda lag: correlation[lag]) if peaks else 1
        assert seasonal_naive.find_season(row) == expected


def test_without_a_peak_the_last_value_is_repeated():
    assert seasonal_naive.find_season(np.arange(50.0)) == 1
    assert seasonal_naive.find_season(np.zeros(50)) == 1


def test_a_season_longer_than_the_lookback_is_refused():
    with pytest.raises(InputError, match="season of 52 samples is longer than the lookback"):
        seasonal_naive.estimate({"past": np.zeros((1, 1, 30))}, info(52, 3), seasonal_naive.Options())
