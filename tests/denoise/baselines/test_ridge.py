"""The learned linear map against least squares written out, and against what theory says of it."""

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import ridge

INFO = DatasetInfo("some", "denoise", "lincomb", 2, 6, 1.0, "sample", "", 0, {"test": 1})
OPTIONS = ridge.Options()


def pairs(count, channels=2, length=6, noise=0.5, rank=3, seed=0):
    """Signals in a subspace of few directions, off centre, under Gaussian noise."""
    directions = np.random.default_rng(99).normal(size=(rank, channels, length))
    rng = np.random.default_rng(seed)
    clean = np.tensordot(rng.normal(size=(count, rank)), directions, 1) + 2
    return {"noisy": clean + rng.normal(0, noise, clean.shape), "clean": clean}


def by_definition(train, penalty):
    """Augmented least squares: rows of √λ W added, the bias left unpenalised."""
    y, x = (train[key].reshape(len(train[key]), -1) for key in ("noisy", "clean"))
    values = y.shape[1]
    given = np.vstack([np.hstack([y, np.ones((len(y), 1))]), np.eye(values, values + 1) * np.sqrt(penalty)])
    wanted = np.vstack([x, np.zeros((values, values))])
    solution = np.linalg.lstsq(given, wanted)[0]
    return solution[:-1].T, solution[-1]


@pytest.mark.parametrize("count", [8, 40, 500])
def test_equals_least_squares_at_the_penalty_of_least_validation_error(count):
    train, validation = pairs(count, seed=1), pairs(300, seed=2)
    learned = ridge.learn(train, validation, INFO, OPTIONS)
    weights, bias = by_definition(train, learned.penalty)
    np.testing.assert_allclose(learned.weights, weights, atol=1e-8)
    np.testing.assert_allclose(learned.bias, bias, atol=1e-8)
    y = train["noisy"].reshape(count, -1)
    grid = ridge.PENALTIES * np.square(y - y.mean(0)).sum() / y.shape[1]
    errors = []
    for penalty in grid:
        weights, bias = by_definition(train, penalty)
        estimate = validation["noisy"].reshape(300, -1) @ weights.T + bias
        errors.append(np.square(estimate - validation["clean"].reshape(300, -1)).sum())
    assert learned.penalty == pytest.approx(grid[np.argmin(errors)])
    assert 0 < np.argmin(errors) < len(grid) - 1


def test_with_many_pairs_it_is_the_wiener_filter_of_the_law():
    """W = C (C + σ²)⁻¹, with C the covariance of the clean signals; the error is tr(C − W C)."""
    directions = np.random.default_rng(99).normal(size=(3, 12))
    covariance = directions.T @ directions
    wiener = covariance @ np.linalg.inv(covariance + 0.25 * np.eye(12))
    learned = ridge.learn(pairs(50_000, seed=1), pairs(2000, seed=2), INFO, OPTIONS)
    np.testing.assert_allclose(learned.weights, wiener, atol=0.02)
    test = pairs(5000, seed=3)
    error = np.square(ridge.estimate(test, INFO, OPTIONS, learned) - test["clean"]).mean()
    assert error == pytest.approx(np.trace(covariance - wiener @ covariance) / 12, rel=0.05)


def test_without_noise_and_with_pairs_enough_nothing_is_lost():
    train, test = pairs(100, noise=0, rank=12), pairs(20, noise=0, rank=12, seed=3)
    learned = ridge.learn(train, pairs(20, noise=0, rank=12, seed=2), INFO, OPTIONS)
    np.testing.assert_allclose(ridge.estimate(test, INFO, OPTIONS, learned), test["clean"], atol=1e-3)


def test_missing_targets_leave_out_their_signals_and_missing_input_is_interpolated():
    train, validation = pairs(60, seed=1), pairs(30, seed=2)
    train["clean"][:20, 0, 3] = np.nan
    validation["clean"][5, 1, 0] = np.nan
    kept = {key: np.delete(array, 5, axis=0) for key, array in validation.items()}
    rest = {key: array[20:] for key, array in train.items()}
    learned = ridge.learn(train, validation, INFO, OPTIONS)
    expected = ridge.learn(rest, kept, INFO, OPTIONS)
    np.testing.assert_array_equal(learned.weights, expected.weights)
    gap, filled = pairs(3, seed=4), pairs(3, seed=4)
    gap["noisy"][:, :, 2] = np.nan
    filled["noisy"][:, :, 2] = (filled["noisy"][:, :, 1] + filled["noisy"][:, :, 3]) / 2
    np.testing.assert_allclose(
        ridge.estimate(gap, INFO, OPTIONS, learned), ridge.estimate(filled, INFO, OPTIONS, learned)
    )


def test_nothing_to_learn_from_and_another_length_are_refused():
    train, validation = pairs(10), pairs(10)
    learned = ridge.learn(train, validation, INFO, OPTIONS)
    with pytest.raises(InputError, match="have 10 values, but those learned from 12"):
        ridge.estimate(pairs(2, length=5), INFO, OPTIONS, learned)
    train["clean"][:, 0, 0] = np.nan
    with pytest.raises(InputError, match="every clean train signal of 'some' has missing values"):
        ridge.learn(train, validation, INFO, OPTIONS)


def test_silence_stays_silent():
    zeros = {"noisy": np.zeros((5, 2, 6)), "clean": np.zeros((5, 2, 6))}
    learned = ridge.learn(zeros, zeros, INFO, OPTIONS)
    assert not ridge.estimate(zeros, INFO, OPTIONS, learned).any()


def test_pooled_noise_needs_fewer_pairs():
    """The weights are C (C + σ² + λ / n)⁻¹ for the sample covariance C; of the noise only its power counts."""
    train, validation, test = pairs(30, seed=1), pairs(300, seed=2), pairs(2000, seed=3)
    pooled = ridge.learn(train, validation, INFO, ridge.Options(noise="pooled"))
    clean = train["clean"].reshape(30, -1)
    covariance = np.cov(clean.T, bias=True)
    power = np.square(train["noisy"] - train["clean"]).mean()
    loaded = covariance + (power + pooled.penalty / 30) * np.eye(12)
    np.testing.assert_allclose(pooled.weights, covariance @ np.linalg.inv(loaded), atol=1e-8)

    def error(learned):
        return np.square(ridge.estimate(test, INFO, OPTIONS, learned) - test["clean"]).mean()

    assert error(pooled) < error(ridge.learn(train, validation, INFO, OPTIONS))
