"""Trend and harmonics against statsmodels' regression and autoregression."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.tsa.ar_model import AutoReg

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import harmonic_regression

Options = harmonic_regression.Options
INFO = DatasetInfo("some", "forecast", "x", 1, 80, 1.0, "day", "", 0, {"test": 1}, horizon=6, season=12)


def terms(period: float, harmonics: int, degree: int) -> np.ndarray:
    time = np.arange(86)
    columns = [time**power for power in range(degree + 1)]
    for harmonic in range(1, harmonics + 1):
        columns += [
            np.sin(2 * np.pi * harmonic * time / period),
            np.cos(2 * np.pi * harmonic * time / period),
        ]
    return np.stack(columns, axis=1).astype(float)


@pytest.mark.parametrize(("period", "harmonics", "degree"), [(12, 2, 1), (11.3, 3, 2), (12, 1, 0)])
@pytest.mark.parametrize("order", [0, 2])
def test_it_is_least_squares_with_an_autoregression_of_the_residual(
    period: float, harmonics: int, degree: int, order: int
) -> None:
    past = np.random.default_rng(0).normal(size=(3, 1, 80)).cumsum(-1)
    options = Options(season=period, harmonics=harmonics, degree=degree, order=order)
    found = harmonic_regression.estimate({"past": past}, INFO, options)
    given = terms(period, harmonics, degree)
    for row, forecast in zip(past[:, 0], found[:, 0], strict=True):
        model = OLS(row, given[:80]).fit()
        wanted = model.predict(given[80:])
        if order:
            errors = AutoReg(model.resid, order, trend="n").fit()
            wanted = wanted + errors.predict(80, 85)
        np.testing.assert_allclose(forecast, wanted, atol=1e-6)


def test_differenced_it_is_a_regression_of_the_changes_added_up() -> None:
    past = np.random.default_rng(1).normal(size=(3, 1, 80)).cumsum(-1)
    options = Options(season=11.3, harmonics=2, degree=1, order=3, differenced=True)
    found = harmonic_regression.estimate({"past": past}, INFO, options)
    given = np.diff(terms(11.3, 2, 1)[:, 1:], axis=0)
    for row, forecast in zip(past[:, 0], found[:, 0], strict=True):
        model = OLS(np.diff(row), given[:79]).fit()
        errors = AutoReg(model.resid, 3, trend="n").fit()
        changes = model.predict(given[79:]) + errors.predict(79, 84)
        np.testing.assert_allclose(forecast, row[-1] + changes.cumsum(), atol=1e-6)


def test_what_is_made_of_its_terms_is_continued() -> None:
    wave = terms(12, 2, 1) @ np.array([1, 0.03, 2, -1, 0.5, 0.2])
    for options in (Options(), Options(differenced=True)):
        found = harmonic_regression.estimate({"past": wave[None, None, :80]}, INFO, options)
        np.testing.assert_allclose(found[0, 0], wave[80:], atol=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"harmonics": 39, "season": 100.0}, "80 terms and order 0 for 80 samples"),
        ({"harmonics": 6}, "6 harmonics of a season of 12 samples; choose fewer than 6"),
        ({"samples": 81}, "81 samples asked for, but 'some' has a lookback of 80 and a history of 0"),
    ],
)
def test_what_cannot_be_fitted_is_said(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        harmonic_regression.estimate({"past": np.zeros((1, 1, 80))}, INFO, Options.model_validate(options))
