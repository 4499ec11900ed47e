"""Linear prediction against least squares written out, and on sums of sines, which it continues exactly."""

import numpy as np
import pytest
import torch

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import linear_prediction
from tidemark.forecast.laws import harmonics

Options = linear_prediction.Options


def info(lookback, horizon):
    return DatasetInfo(
        "some", "forecast", "x", 1, lookback, 1.0, "sample", "", 0, {"test": 1}, horizon=horizon
    )


def by_definition(row, options, horizon):
    """One signal at a time, one equation after another."""
    order, given, wanted = options.order, [], []
    for t in range(order, len(row)):
        given.append(row[t - order : t])
        wanted.append(row[t])
        if options.method == "forward_backward":
            given.append(row[t - order + 1 : t + 1][::-1])
            wanted.append(row[t - order])
    given, wanted = np.array(given), np.array(wanted)
    penalty = options.ridge * np.square(given).sum() / order
    weights = np.linalg.solve(given.T @ given + penalty * np.eye(order), given.T @ wanted)
    values = list(row)
    for _ in range(horizon):
        values.append(np.dot(values[-order:], weights))
    return values[len(row) :]


@pytest.mark.parametrize("method", ["forward", "forward_backward"])
@pytest.mark.parametrize("ridge", [0, 0.01])
def test_equals_the_loop(method, ridge):
    past = np.random.default_rng(0).normal(size=(4, 2, 40))
    options = Options(order=5, ridge=ridge, method=method)
    estimate = linear_prediction.estimate({"past": past}, info(40, 6), options)
    expected = [[by_definition(row, options, 6) for row in signal] for signal in past]
    np.testing.assert_allclose(estimate, expected, atol=1e-9)


@pytest.mark.parametrize("method", ["forward", "forward_backward"])
def test_a_sum_of_sines_of_any_periods_is_continued(method):
    """Three sines obey a recursion of order six."""
    rng = np.random.default_rng(0)
    time = np.arange(60)
    frequency = np.array([0.05, 0.17, 0.33]) + rng.uniform(-0.03, 0.03, (20, 3))
    signals = np.sin(2 * np.pi * frequency[..., None] * time + rng.uniform(0, 6, (20, 3, 1))).sum(1)
    split = {"past": signals[:, None, :40]}
    estimate = linear_prediction.estimate(split, info(40, 20), Options(order=6, method=method))
    np.testing.assert_allclose(estimate[:, 0], signals[:, 40:], atol=1e-6)


def test_the_noise_free_law_is_solved():
    """3 to 6 components of periods 2 to 99: mean squared errors of about 7e-10 at order 12, 4e-12 at order 24,
    on signals of float64; those of float32 bring a rounding error that is magnified."""
    law = harmonics.Law()
    drawn = harmonics.generate(law, 400, torch.Generator().manual_seed(7))
    split = {key: value.numpy() for key, value in drawn.items()}
    for order, most in [(12, 1e-8), (24, 2e-10)]:
        estimate = linear_prediction.estimate(split, info(100, 5), Options(order=order))
        assert np.square(estimate - split["future"]).mean() < most


def test_a_level_is_no_obstacle_where_the_mean_is_taken_off():
    wave = 50 + np.sin(2 * np.pi * np.arange(44) / 8)[None, None]
    centred = linear_prediction.estimate(
        {"past": wave[..., :40]}, info(40, 4), Options(order=2, centred=True)
    )
    np.testing.assert_allclose(centred, wave[..., 40:], atol=1e-9)


def test_an_order_as_long_as_the_lookback_is_refused():
    with pytest.raises(InputError, match="order 40 leaves nothing to fit"):
        linear_prediction.estimate({"past": np.zeros((1, 1, 40))}, info(40, 4), Options(order=40))
