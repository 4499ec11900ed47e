"""What holds for every baseline: shapes, signals that do not touch each other, gaps, scale."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tidemark.core import registry
from tidemark.core.method import Method
from tidemark.core.store import DatasetInfo
from tidemark.forecast.laws import harmonics

LAW = harmonics.Law(lookback=60, horizon=4, period=(2, 20), noise_std=0.05)
INFO = DatasetInfo(
    "some",
    "forecast",
    "harmonics",
    1,
    60,
    1.0,
    "sample",
    "",
    0,
    {"test": 1},
    LAW.model_dump(),
    horizon=4,
    season=7,
)
METHODS = registry.names("forecast/baselines")
OPTIONS = {
    "sparse_periods": {"exchanges": 1, "highest": 30},
    "linear_prediction": {"ridge": 0.01},
    "autoregression": {"highest": 5},
    "period_ridge": {"penalty": 0.5},
    "sparse_bayes": {"longest": 30, "rounds": 3},
}


def draw(count, seed=0):
    drawn = harmonics.generate(LAW, count, torch.Generator().manual_seed(seed))
    return {key: value.numpy() for key, value in drawn.items()}


def forecast(method, split):
    found = registry.load("forecast/baselines", method, "method", Method)
    options = found.options(**OPTIONS.get(method, {}))
    fitted = [found.fit(draw(500, 1), draw(100, 2), INFO, options)] if found.fit else []
    return found.predict(split, INFO, options, *fitted)


@pytest.mark.parametrize("method", METHODS)
def test_each_signal_and_channel_is_forecast_by_itself(method):
    past = draw(6)["past"]
    together = forecast(method, {"past": past})
    assert together.shape == (6, 1, 4)
    assert together.dtype == np.float64
    alone = np.concatenate([forecast(method, {"past": past[i : i + 1]}) for i in range(6)])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    as_channels = forecast(method, {"past": past.reshape(3, 2, 60)})
    np.testing.assert_allclose(as_channels, together.reshape(3, 2, 4), atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_gaps_are_bridged_and_the_empty_and_the_constant_signal_give_numbers(method):
    past = draw(4)["past"]
    past[0, 0, 10:14] = np.nan
    past[1, 0, -1] = np.nan
    past[2] = np.nan
    past[3] = 0.5
    estimate = forecast(method, {"past": past})
    assert np.isfinite(estimate).all()
    np.testing.assert_allclose(estimate[2], 0, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_scaled_past_has_a_scaled_forecast(method):
    past = draw(5)["past"]
    given, scaled = forecast(method, {"past": past}), forecast(method, {"past": 8 * past})
    # The weights of exponential smoothing come from a numerical search.
    np.testing.assert_allclose(scaled, 8 * given, atol=1e-2 if method == "exponential_smoothing" else 1e-5)


@pytest.mark.parametrize("method", sorted({*METHODS} - {"last_value"}))
def test_a_wave_that_fits_the_window_is_continued(method):
    """Period 12 in a lookback of 60; the season that the dataset names is left out."""
    found = registry.load("forecast/baselines", method, "method", Method)
    wave = np.sin(2 * np.pi * np.arange(64) / 12 + 1)[None, None]
    if method in (
        "exponential_smoothing",
        "seasonal_naive",
        "harmonic_regression",
        "seasonal_decomposition",
        "theta",
    ):
        options = found.options(season=12)
        estimate = found.predict({"past": wave[..., :60]}, INFO, options)
    elif method in ("linear_map", "structural_process"):
        phases = np.random.default_rng(0).uniform(0, 2 * np.pi, (200, 1, 1))
        waves = np.sin(2 * np.pi * np.arange(64) / 12 + phases)
        info, options = replace(INFO, season=12), found.options()
        learned = found.fit({"past": waves[..., :60], "future": waves[..., 60:]}, {}, info, options)
        estimate = found.predict({"past": wave[..., :60]}, info, options, learned)
    else:
        options = {
            "period_ridge": {"highest": 30, "penalty": 1e-8},
            "autoregression": {"highest": 5},
            "sparse_bayes": {"longest": 30, "rounds": 40},
        }.get(method, {})
        estimate = found.predict({"past": wave[..., :60]}, INFO, found.options(**options))
    np.testing.assert_allclose(estimate, wave[..., 60:], atol=0.01)
