"""The genie that knows the periods, against theory, and against estimates written out."""

import numpy as np
import pytest

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.forecast.laws import harmonics
from tidemark.forecast.oracles import known_periods

LEAST_SQUARES = known_periods.Options(estimate="least_squares")
LINEAR = known_periods.Options()


def columns(periods, samples):
    angle = 2 * np.pi * np.arange(samples)[:, None] / np.array(periods)
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def error(law, options, count=2000):
    split = draw(law, count)
    return np.square(known_periods.estimate(split, info(law), options) - split["future"]).mean((1, 2))


def test_least_squares_has_the_variance_of_gauss_and_markov():
    """σ² x'(X'X)⁻¹x at each time of the future, for one set of periods and many draws of the noise."""
    periods, law = [5, 12, 31, 57], harmonics.Law()
    rng = np.random.default_rng(0)
    basis, count = columns(periods, 105), 4000
    clean = basis @ rng.normal(size=8)
    split = {
        "past": (clean[:100] + rng.normal(0, 0.2, (count, 100)))[:, None],
        "periods": np.tile([*periods, 0, 0], (count, 1)),
        "noise_std": np.full(count, 0.2),
    }
    missed = known_periods.estimate(split, info(law), LEAST_SQUARES)[:, 0] - clean[100:]
    ahead = basis[100:]
    expected = 0.04 * np.diag(ahead @ np.linalg.inv(basis[:100].T @ basis[:100]) @ ahead.T)
    np.testing.assert_allclose(np.square(missed).mean(0), expected, rtol=0.1)
    assert np.abs(missed.mean(0)).max() < 5 * np.sqrt(expected.max() / count)


def test_it_has_the_error_of_the_best_linear_estimate():
    """Coefficients drawn from the prior: x'(X'X / σ² + I / s²)⁻¹x, below that of least squares."""
    periods, law = [20, 45, 80, 90], harmonics.Law()
    rng = np.random.default_rng(0)
    basis, count = columns(periods, 105), 4000
    clean = rng.normal(0, 0.5, (count, 8)) @ basis.T
    noisy = clean[:, :100] + rng.normal(0, 0.3, (count, 100))
    split = {
        "past": noisy[:, None],
        "periods": np.tile(periods, (count, 1)),
        "noise_std": np.full(count, 0.3),
    }
    ahead, gram = basis[100:], basis[:100].T @ basis[:100]
    for options, prior in [(LINEAR, np.eye(8) / 0.25), (LEAST_SQUARES, np.zeros((8, 8)))]:
        missed = known_periods.estimate(split, info(law), options)[:, 0] - clean[:, 100:]
        expected = np.diag(ahead @ np.linalg.inv(gram / 0.09 + prior) @ ahead.T)
        # s² is estimated from each signal, so the posterior misses a little of what is possible.
        np.testing.assert_allclose(np.square(missed).mean(0), expected, rtol=0.12)


def test_it_is_the_posterior_of_a_gaussian_process_of_the_law():
    """Written out signal by signal with the covariance matrix, repeated periods and drift included."""
    for drift in (None, (0.5, 2)):
        law = harmonics.Law(
            lookback=30, horizon=4, components=(2, 4), period=(2, 9), noise_std=0.1, drift=drift
        )
        split = draw(law, 20)
        estimate = known_periods.estimate(split, info(law), LINEAR)[:, 0]
        time = np.arange(34)
        envelope = np.ones((34, 34))
        if drift is not None:
            # The covariance of the envelope by quadrature over r, at every sample of the bend.
            envelopes = [
                np.interp(time, [0, turn, 33], [1, ratio, 1])
                for turn in range(1, 33)
                for ratio in np.linspace(0.5, 2, 401)
            ]
            weights = np.tile(np.r_[0.5, np.ones(399), 0.5] / 400, 32) / 32
            envelope = np.einsum("e,es,et->st", weights, envelopes, envelopes)
        for past, periods, std, ours in zip(
            split["past"][:, 0].astype(float), split["periods"], split["noise_std"], estimate, strict=True
        ):
            periods = periods[periods > 0]
            prior = (np.square(past).mean() - std**2) / len(periods)
            distance = time[:, None] - time
            covariance = prior * envelope * sum(np.cos(2 * np.pi * distance / period) for period in periods)
            loaded = covariance[:30, :30] + std**2 * np.eye(30)
            np.testing.assert_allclose(ours, covariance[30:, :30] @ np.linalg.solve(loaded, past), atol=2e-5)


def test_without_noise_only_rounding_is_left():
    for options in (LEAST_SQUARES, LINEAR):
        assert error(harmonics.Law(), options).mean() < 2e-14
    # A single period of 2 has no sine, and periods may come twice.
    assert error(harmonics.Law(components=(1, 3), period=(2, 3)), LEAST_SQUARES).max() < 1e-12


def test_under_noise_it_is_better_than_without_bias():
    noisy = harmonics.Law(noise_std=0.1)
    posterior, least_squares = error(noisy, LINEAR), error(noisy, LEAST_SQUARES)
    assert posterior.mean() == pytest.approx(1.9e-3, rel=0.2)
    assert posterior.mean() < 0.4 * least_squares.mean()
    drifting = harmonics.Law(noise_std=0.1, drift=(0.5, 2))
    assert error(drifting, LINEAR).mean() < 0.6 * error(drifting, LEAST_SQUARES).mean()


def test_data_that_the_genie_cannot_know_are_refused():
    law = harmonics.Law(noise_std=0.1)
    split = draw(law, 3)
    with pytest.raises(InputError, match="'some' does not say which periods"):
        known_periods.estimate({"past": split["past"]}, info(law), LINEAR)
    split["past"][1, 0, 3] = np.nan
    with pytest.raises(InputError, match="signal 1 of 'some' has missing values"):
        known_periods.estimate(split, info(law), LINEAR)
