"""The pooled process: its likelihood against SciPy's, its forecast against scikit-learn's, its fit on a known law."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, ExpSineSquared, Matern, WhiteKernel

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import structural_process

Options = structural_process.Options
INFO = DatasetInfo("some", "forecast", "x", 1, 40, 1.0, "day", "", 0, {"test": 1}, horizon=5, season=8)
VALUES = np.log([0.4, 12.0, 0.2, 3.0, 0.05, 0.8, 60.0, 1.2, 8.3])


def value(parameters: np.ndarray, moments: np.ndarray) -> float:
    return float(structural_process._negative_log_likelihood(parameters, moments)[0])


def slope(parameters: np.ndarray, moments: np.ndarray) -> np.ndarray:
    return structural_process._negative_log_likelihood(parameters, moments)[1]


def test_the_likelihood_is_scipys_and_its_gradient_that_of_differences() -> None:
    windows = np.random.default_rng(0).normal(size=(6, 30))
    moments = windows.T @ windows / 6
    covariance = structural_process.covariance(VALUES, 30)
    wanted = -np.mean([multivariate_normal.logpdf(row, cov=covariance) for row in windows])
    found = value(VALUES, moments) + 15 * np.log(2 * np.pi)
    assert found == pytest.approx(wanted, rel=1e-7)
    steps = 1e-4 * np.eye(len(VALUES))
    differences = [(value(VALUES + step, moments) - value(VALUES - step, moments)) / 2e-4 for step in steps]
    np.testing.assert_allclose(slope(VALUES, moments), differences, rtol=1e-3, atol=1e-5)


def test_the_kernels_are_scikit_learns_and_the_forecast_is_its_posterior_mean() -> None:
    v = np.exp(VALUES)
    kernel = (
        ConstantKernel(v[0]) * RBF(v[1])
        + ConstantKernel(v[2]) * Matern(v[3], nu=0.5)
        + WhiteKernel(v[4])
        + ConstantKernel(v[5]) * RBF(v[6]) * ExpSineSquared(v[7], v[8])
    )
    time = np.arange(45.0)[:, None]
    line = np.linspace(-1, 1, 45)
    whole = kernel(time) + structural_process.VAGUE * (1 + np.outer(line, line))
    np.testing.assert_allclose(structural_process.covariance(VALUES, 45), whole, rtol=1e-9)
    past = np.random.default_rng(1).normal(size=(2, 1, 40))
    past[0, 0, [0, 7, 20]] = np.nan
    found = structural_process.estimate(
        {"past": past}, INFO, Options(), structural_process.Process(VALUES, 1.0)
    )
    for row, forecast in zip(past[:, 0], found[:, 0], strict=True):
        known = np.flatnonzero(~np.isnan(row))
        level = row[known].mean()
        weights = np.linalg.solve(whole[np.ix_(known, known)], row[known] - level)
        np.testing.assert_allclose(forecast, level + whole[40:, known] @ weights, atol=1e-8)


def test_the_law_that_made_the_windows_is_found() -> None:
    wanted = np.log([0.4, 12.0, 1e-6, 1.0, 0.05, 0.8, 60.0, 1.2, 8.3])
    random = np.random.default_rng(2)
    level = structural_process.covariance(wanted, 45) - structural_process._vague(45)
    windows = (np.linalg.cholesky(level) @ random.normal(size=(45, 400))).T[:, None]
    train = {"past": windows[..., :40], "future": windows[..., 40:]}
    found = structural_process.learn(train, {}, INFO, Options())
    values = np.exp(found.parameters)
    assert values[8] == pytest.approx(8.3, rel=0.02)
    assert values[4] * found.size**2 == pytest.approx(0.05, rel=0.3)
    exact = structural_process.Process(wanted, 1.0)
    test = {"past": windows[:, :, :40]}
    error = [
        np.mean(np.square(structural_process.estimate(test, INFO, Options(), each) - windows[..., 40:]))
        for each in (exact, found)
    ]
    assert error[1] < 1.02 * error[0]


def test_windows_that_are_all_broken_are_named() -> None:
    nothing = np.full((3, 1, 40), np.nan)
    with pytest.raises(InputError, match="no training window of 'some' is whole and moves"):
        structural_process.learn({"past": nothing, "future": nothing[..., :5]}, {}, INFO, Options())
