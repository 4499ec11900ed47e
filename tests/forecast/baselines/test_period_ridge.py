"""Ridge regression on all periods against augmented least squares, and the penalties' published scores."""

import numpy as np
import pytest
import torch

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import period_ridge
from tidemark.forecast.laws import harmonics


def info(lookback, horizon):
    return DatasetInfo(
        "some", "forecast", "x", 1, lookback, 1.0, "sample", "", 0, {"test": 1}, horizon=horizon
    )


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("penalty", [0.01, 3])
def test_equals_least_squares_with_rows_for_the_penalty(intercept, penalty):
    past = np.random.default_rng(0).normal(size=(5, 2, 30)) + 4 * intercept
    options = period_ridge.Options(lowest=3, highest=20, penalty=penalty, intercept=intercept)
    estimate = period_ridge.estimate({"past": past}, info(30, 7), options)
    angle = 2 * np.pi * np.arange(37)[:, None] / np.arange(3, 21)
    columns = [np.sin(angle), np.cos(angle)] + [np.ones((37, 1))] * intercept
    basis = np.concatenate(columns, axis=1)
    rows = np.sqrt(penalty) * np.eye(36, basis.shape[1])
    given = np.vstack([basis[:30], rows])
    wanted = np.vstack([past.reshape(10, 30).T, np.zeros((36, 10))])
    expected = (basis[30:] @ np.linalg.lstsq(given, wanted)[0]).T.reshape(5, 2, 7)
    np.testing.assert_allclose(estimate, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("law", "penalty", "published"),
    [
        (harmonics.Law(), 1e-6, 3.3e-5),
        (harmonics.Law(components=(3, 44), period=(10, 99), horizon=10), 1e-10, 2e-5),
    ],
    ids=["published", "rich"],
)
def test_scores_without_noise_are_those_measured_elsewhere(law, penalty, published):
    drawn = harmonics.generate(law, 4000, torch.Generator().manual_seed(0))
    options = period_ridge.Options(lowest=law.period[0], penalty=penalty)
    estimate = period_ridge.estimate({"past": drawn["past"].numpy()}, info(100, law.horizon), options)
    # Those were of 400 signals.
    assert np.square(estimate - drawn["future"].numpy()).mean() == pytest.approx(published, rel=0.25)


def test_periods_that_are_no_range_are_refused():
    with pytest.raises(InputError, match="baselines.x.options.*lowest 9 and highest 3 are no range"):
        validate(period_ridge.Options, {"lowest": 9, "highest": 3}, "baselines.x.options")
