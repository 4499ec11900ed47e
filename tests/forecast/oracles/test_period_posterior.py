"""The sampled posterior mean against one that goes through all sets of periods."""

from itertools import combinations_with_replacement, permutations

import numpy as np
import pytest
from scipy import stats

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.forecast.laws import harmonics
from tidemark.forecast.oracles import known_periods, period_posterior

Options = period_posterior.Options


def by_enumeration(past, noise_std, law):
    """All sets of periods with their prior and their Gaussian likelihood, one after another."""
    samples = law.lookback + law.horizon
    distance = np.arange(samples)[:, None] - np.arange(samples)
    choices = range(law.period[0], law.period[1] + 1)
    logs, forecasts = [], []
    for number in range(law.components[0], law.components[1] + 1):
        prior = (np.square(past).mean() - noise_std**2) / number
        for periods in combinations_with_replacement(choices, number):
            covariance = prior * sum(np.cos(2 * np.pi * distance / period) for period in periods)
            noisy = covariance[: len(past), : len(past)] + noise_std**2 * np.eye(len(past))
            orders = len(set(permutations(periods)))
            likelihood = stats.multivariate_normal.logpdf(past, np.zeros(len(past)), noisy)
            logs.append(np.log(orders) - number * np.log(len(choices)) + likelihood)
            forecasts.append(covariance[len(past) :, : len(past)] @ np.linalg.solve(noisy, past))
    weights = np.exp(np.array(logs) - max(logs))
    return weights @ forecasts / weights.sum()


def test_equals_the_mean_over_all_sets_of_periods():
    law = harmonics.Law(lookback=24, horizon=3, components=(1, 3), period=(4, 13), noise_std=0.3)
    split = draw(law, 12)
    estimate = period_posterior.estimate(split, info(law), Options(rounds=1500, unused=50))[:, 0]
    expected = np.stack(
        [
            by_enumeration(past.astype(float), std, law)
            for past, std in zip(split["past"][:, 0], split["noise_std"], strict=True)
        ]
    )
    spread = np.sqrt(np.square(expected - split["future"][:, 0]).mean())
    assert np.sqrt(np.square(estimate - expected).mean()) < 0.04 * spread


def test_where_the_periods_are_known_it_is_the_genie():
    law = harmonics.Law(lookback=40, horizon=3, components=2, period=7, noise_std=0.2)
    split = draw(law, 30)
    known = known_periods.estimate(split, info(law), known_periods.Options())
    np.testing.assert_allclose(
        period_posterior.estimate(split, info(law), Options(rounds=3, unused=1)), known, atol=1e-6
    )


def test_it_lies_between_the_genie_and_what_knows_nothing():
    law = harmonics.Law(noise_std=0.1)
    split = draw(law, 150)
    sampled = np.square(period_posterior.estimate(split, info(law), Options(rounds=30)) - split["future"])
    known = np.square(known_periods.estimate(split, info(law), known_periods.Options()) - split["future"])
    assert 1.2 * known.mean() < sampled.mean() < 4 * known.mean()


def test_the_same_seed_draws_the_same():
    law = harmonics.Law(lookback=30, period=(2, 15), noise_std=0.1)
    split = draw(law, 70)
    few = Options(rounds=3, unused=1)
    first = period_posterior.estimate(split, info(law), few)
    np.testing.assert_array_equal(first, period_posterior.estimate(split, info(law), few))
    assert (first != period_posterior.estimate(split, info(law), Options(rounds=3, unused=1, seed=1))).any()


def test_other_laws_gaps_and_too_few_rounds_are_refused():
    law = harmonics.Law(lookback=30, period=(2, 15), noise_std=0.1)
    split = draw(law, 3)
    with pytest.raises(InputError, match="constant amplitudes"):
        period_posterior.estimate(split, info(harmonics.Law(drift=(0.5, 2))), Options())
    with pytest.raises(InputError, match="leave none to average"):
        period_posterior.estimate(split, info(law), Options(rounds=20))
    split["past"][2, 0, 0] = np.nan
    with pytest.raises(InputError, match="signal 2 of 'some' has missing values"):
        period_posterior.estimate(split, info(law), Options())
