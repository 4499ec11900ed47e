"""Sparse Bayesian learning against its rounds written out with whole matrices."""

import math

import numpy as np

from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import sparse_bayes

Options = sparse_bayes.Options
INFO = DatasetInfo("some", "forecast", "x", 1, 24, 1.0, "day", "", 0, {"test": 1}, horizon=4)


def by_definition(row: np.ndarray, periods: range, rounds: int, exponent: float, noise: float) -> np.ndarray:
    """γ ← γ (uᵀ K u / tr(C⁻¹ K))^exponent, C = Σ γ K; the conditional mean at last."""
    lag = np.arange(28)
    by_lag = [np.cos(2 * np.pi * lag / period) for period in periods] + [(lag == 0).astype(float)]
    kernels = np.stack([each[np.abs(lag[:, None] - lag)] for each in by_lag])
    size = math.sqrt(np.mean(row**2))
    gamma = np.full(len(kernels), 1 / (3 * len(kernels)))
    gamma[-1] = noise**2
    inside = kernels[:, :24, :24]
    for _ in range(rounds):
        inverse = np.linalg.inv(np.tensordot(gamma, inside, 1))
        dual = inverse @ row / size
        gamma = gamma * ((inside @ dual @ dual) / np.einsum("ij,kji->k", inverse, inside)) ** exponent
    whole = np.tensordot(gamma, kernels, 1)
    return size * whole[24:, :24] @ np.linalg.solve(whole[:24, :24], row / size)


def test_rounds_are_those_of_the_definition() -> None:
    past = np.random.default_rng(0).normal(size=(4, 24))
    for exponent in (0.5, 1.0):
        options = Options(shortest=3, longest=12, rounds=5, exponent=exponent, noise=0.5)
        found = sparse_bayes.estimate({"past": past[:, None]}, INFO, options)
        wanted = [by_definition(row, range(3, 13), 5, exponent, 0.5) for row in past]
        np.testing.assert_allclose(found[:, 0], wanted, atol=1e-5)


def test_two_sines_under_noise_are_continued_better_than_they_were_seen() -> None:
    random = np.random.default_rng(1)
    time = np.arange(104)
    phase = random.uniform(0, 2 * np.pi, (50, 2, 1))
    clean = np.sin(2 * np.pi * time / np.array([[9], [23]]) + phase).sum(1)
    past = clean[:, :100] + random.normal(0, 0.3, (50, 100))
    info = DatasetInfo("some", "forecast", "x", 1, 100, 1.0, "day", "", 0, {"test": 1}, horizon=4)
    found = sparse_bayes.estimate({"past": past[:, None]}, info, Options(longest=40, rounds=20))
    assert np.mean(np.square(found[:, 0] - clean[:, 100:])) < 0.3 * 0.09
