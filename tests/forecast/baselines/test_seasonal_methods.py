"""Methods by statsmodels that need whole seasons: what they continue exactly, the history, and what they refuse."""

import numpy as np
import pytest
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.forecasting.stl import STLForecast
from statsmodels.tsa.forecasting.theta import ThetaModel

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.method import Method
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import seasonal_decomposition, theta

INFO = DatasetInfo("some", "forecast", "x", 1, 20, 1.0, "day", "", 0, {"test": 1}, horizon=5, season=12)
METHODS = ("exponential_smoothing", "seasonal_decomposition", "theta")


def random(samples: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    return (
        10
        + np.sin(2 * np.pi * np.arange(samples) / 12)
        + generator.normal(0, 0.3, (2, 1, samples)).cumsum(-1)
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_season_longer_than_half_of_what_is_known_is_refused(method: str) -> None:
    found = registry.load("forecast/baselines", method, "x", Method)
    split = {"past": random(20)}
    with pytest.raises(
        InputError, match=f"{method}: a season of 12 samples takes 2 of them .* more samples of its history"
    ):
        found.predict(split, INFO, found.options())
    with pytest.raises(
        InputError, match="60 samples asked for, but 'some' has a lookback of 20 and a history"
    ):
        found.predict(split, INFO, found.options(samples=60))
    assert np.isfinite(found.predict(split, INFO, found.options(season=1))).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_history_is_used_as_if_it_were_part_of_the_past(method: str) -> None:
    found = registry.load("forecast/baselines", method, "x", Method)
    series = random(60)
    split = {"history": series[..., :40], "past": series[..., 40:]}
    with_history = found.predict(split, INFO, found.options(samples=50))
    np.testing.assert_array_equal(
        with_history, found.predict({"past": series[..., 10:]}, INFO, found.options())
    )
    # Before a recording begins there is nothing, and nothing is made up.
    unknown = np.full((2, 1, 30), np.nan)
    split = {"history": np.concatenate([unknown, series[..., :30]], -1), "past": series[..., 30:]}
    np.testing.assert_array_equal(
        found.predict(split, INFO, found.options(samples=80)),
        found.predict({"past": series}, INFO, found.options()),
    )


def test_they_are_statsmodels() -> None:
    series = random(60)
    options = theta.Options(season=12)
    wanted = [
        ThetaModel(row, period=12, use_test=False, method="additive").fit().forecast(5)
        for row in series[:, 0]
    ]
    np.testing.assert_allclose(theta.estimate({"past": series}, INFO, options)[:, 0], wanted)
    autoregression = {"lags": 3, "trend": "ct"}
    for degree in (0, 1):
        wanted = [
            STLForecast(row, AutoReg, model_kwargs=autoregression, period=12, seasonal_deg=degree)
            .fit()
            .forecast(5)
            for row in series[:, 0]
        ]
        chosen = seasonal_decomposition.Options.model_validate({"degree": degree})
        found = seasonal_decomposition.estimate({"past": series}, INFO, chosen)
        np.testing.assert_allclose(found[:, 0], wanted)
