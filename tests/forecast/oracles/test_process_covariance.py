"""The law's covariance against that of drawn signals, and the predictor against the figures known for it."""

import numpy as np
import pytest

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import period_ridge
from tidemark.forecast.laws import harmonics
from tidemark.forecast.oracles import process_covariance

PUBLISHED = harmonics.Law()
RICH = harmonics.Law(components=(3, 44), period=(10, 99), horizon=10)


def error(law, loading, count=4000):
    options = process_covariance.Options(loading=loading)
    learned = process_covariance.learn(draw(law, 2000, 1), {}, info(law), options)
    split = draw(law, count)
    return np.square(process_covariance.estimate(split, info(law), options, learned) - split["future"]).mean()


@pytest.mark.parametrize(
    ("law", "loading", "known"),
    [
        (PUBLISHED, 1e-4, 3.4e-3),
        (PUBLISHED, 1e-6, 4.0e-4),
        (PUBLISHED, 1e-8, 2.8e-5),
        (RICH, 1e-4, 2.0e-2),
        (RICH, 1e-6, 6.0e-3),
        (RICH, 1e-8, 1.2e-3),
    ],
)
def test_scores_by_loading_are_those_known(law, loading, known):
    """Known from 400 signals."""
    assert error(law, loading) == pytest.approx(known, rel=0.2)


@pytest.mark.parametrize("drift", [None, (0.5, 2)])
def test_the_covariance_is_that_of_the_process(drift):
    """Before scaling: waves of random phase, period and envelope, drawn one by one."""
    law = harmonics.Law(lookback=12, horizon=3, period=(3, 8), drift=drift)
    rng = np.random.default_rng(0)
    count, time = 200_000, np.arange(15)
    angle = 2 * np.pi * time / rng.integers(3, 9, (count, 1)) + rng.uniform(0, 2 * np.pi, (count, 1))
    envelope = np.ones((count, 15))
    if drift is not None:
        turn, ratio = rng.integers(1, 14, (count, 1)), rng.uniform(*drift, (count, 1))
        envelope += (ratio - 1) * np.where(time < turn, time / turn, (14 - time) / (14 - turn))
    waves = envelope * np.sin(angle) * np.sqrt(2)
    covariance = process_covariance.law_covariance(law.model_dump(), 15)
    np.testing.assert_allclose(covariance, waves.T @ waves / count, atol=0.02)


def test_under_noise_the_error_is_what_theory_says_of_a_gaussian_process():
    """C_ff − C_fp (C_pp + σ²)⁻¹ C_pf, for signals of many waves that are never scaled."""
    law = harmonics.Law(components=40, period=(5, 30), noise_std=0.3, lookback=50)
    covariance = process_covariance.law_covariance(law.model_dump(), 55)
    rng = np.random.default_rng(0)
    signals = rng.multivariate_normal(np.zeros(55), 0.2 * covariance, 20_000, method="eigh")
    past = (signals[:, :50] + rng.normal(0, 0.3, (20_000, 50)))[:, None]
    estimate = process_covariance.estimate(
        {"past": past}, info(law), process_covariance.Options(loading=0), learned=0.2
    )
    inverse = np.linalg.inv(0.2 * covariance[:50, :50] + 0.09 * np.eye(50))
    cross = 0.2 * covariance[50:, :50]
    expected = np.diag(0.2 * covariance[50:, 50:] - cross @ inverse @ cross.T)
    np.testing.assert_allclose(np.square(estimate[:, 0] - signals[:, 50:]).mean(0), expected, rtol=0.05)


def test_the_power_before_noise_is_estimated_through_the_noise():
    quiet = process_covariance.learn(draw(PUBLISHED, 4000), {}, info(PUBLISHED), process_covariance.Options())
    assert quiet == pytest.approx(np.square(draw(PUBLISHED, 4000, 5)["future"]).mean(), rel=0.05)
    # Signals that the noise made larger were scaled down more: over a range of noise, a bias.
    for noise, tolerance in [(0.1, 0.05), ((0.05, 0.3), 0.2)]:
        law = harmonics.Law(noise_std=noise)
        noisy = process_covariance.learn(draw(law, 4000), {}, info(law), process_covariance.Options())
        assert noisy == pytest.approx(quiet, rel=tolerance)


def test_it_is_ridge_regression_on_all_periods():
    split = draw(PUBLISHED, 50)
    ours = process_covariance.estimate(split, info(PUBLISHED), process_covariance.Options(loading=1e-4), 0.25)
    options = period_ridge.Options(penalty=98e-4)
    np.testing.assert_allclose(ours, period_ridge.estimate(split, info(PUBLISHED), options), atol=1e-7)


def test_a_dataset_of_another_law_is_refused():
    other = DatasetInfo("co2", "forecast", "recorded", 1, 100, 1.0, "week", "", 0, {"test": 1}, horizon=10)
    with pytest.raises(InputError, match="'co2' is not made by the harmonics law"):
        process_covariance.estimate(draw(PUBLISHED, 2), other, process_covariance.Options(), 0.25)
