"""Autoregression by statsmodels against least squares written out, and on a process whose order is known."""

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import autoregression


def info(lookback, horizon):
    return DatasetInfo(
        "some", "forecast", "x", 1, lookback, 1.0, "sample", "", 0, {"test": 1}, horizon=horizon
    )


def simulated(count=20, length=400):
    """x(t) = 2 + 1.2 x(t−1) − 0.6 x(t−2) + noise."""
    rng = np.random.default_rng(0)
    signals = np.zeros((count, length))
    for t in range(2, length):
        signals[:, t] = 2 + 1.2 * signals[:, t - 1] - 0.6 * signals[:, t - 2] + rng.normal(size=count)
    return signals


def by_definition(row, highest, horizon):
    """The order of least n log σ² + 2 · coefficients, all fitted to the same equations; then carried on."""
    wanted, best = row[highest:], (np.inf, 0)
    for order in range(highest + 1):
        lags = [row[highest - lag : len(row) - lag] for lag in range(1, order + 1)]
        given = np.column_stack([np.ones(len(wanted)), *lags])
        residual = np.square(wanted - given @ np.linalg.lstsq(given, wanted)[0]).mean()
        best = min(best, (len(wanted) * np.log(residual) + 2 * (order + 1), order))
    order = best[1]
    lags = [row[order - lag : len(row) - lag] for lag in range(1, order + 1)]
    given = np.column_stack([np.ones(len(row) - order), *lags])
    weights = np.linalg.lstsq(given, row[order:])[0]
    values = list(row)
    for _ in range(horizon):
        values.append(weights[0] + sum(weights[lag] * values[-lag] for lag in range(1, order + 1)))
    return values[len(row) :]


def test_equals_least_squares_of_the_order_that_the_criterion_chooses():
    past = simulated(6, 120)[:, None]
    estimate = autoregression.estimate({"past": past}, info(120, 5), autoregression.Options(highest=6))
    expected = [by_definition(row, 6, 5) for row in past[:, 0]]
    np.testing.assert_allclose(estimate[:, 0], expected, atol=1e-8)


def test_the_first_step_is_as_good_as_the_process_allows():
    signals = simulated(200, 301)
    estimate = autoregression.estimate(
        {"past": signals[:, None, :300]}, info(300, 1), autoregression.Options(highest=6)
    )
    exact = 2 + 1.2 * signals[:, 299] - 0.6 * signals[:, 298]
    assert np.square(estimate[:, 0, 0] - exact).mean() < 0.05  # the noise has variance 1


def test_an_order_too_high_for_the_lookback_is_refused():
    with pytest.raises(InputError, match="choose highest up to 14"):
        autoregression.estimate({"past": np.zeros((1, 1, 30))}, info(30, 2), autoregression.Options())
