"""The unrolled Gaussian process against explicit matrices and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.linalg import solve_toeplitz, toeplitz

from tidemark.forecast.laws import harmonics
from tidemark.forecast.models import empirical_bayes
from tidemark.forecast.models.empirical_bayes import Hyperparameters, Model

KINDS: list[dict[str, Any]] = [{}, {"decays": [60.0]}, {"trends": [20.0, 50.0], "decays": [40.0, 90.0]}]
every_kind = pytest.mark.parametrize("chosen", KINDS, ids=lambda chosen: "-".join(chosen) or "cosines")


def untrained(lookback: int = 40, horizon: int = 6, **chosen: Any) -> Model:
    """Nothing learned: the readout starts at zero, and the exponent is the theory's."""
    torch.manual_seed(0)
    network = Model(Hyperparameters(**{"longest": 20, **chosen}), 1, lookback, horizon)
    torch.nn.init.constant_(network.exponent, 0.5)
    return network.eval()


def covariances(count: int, length: int) -> np.ndarray:
    """First rows of positive definite Toeplitz matrices."""
    random = np.random.default_rng(0)
    frequency, power = random.uniform(0, np.pi, (count, 5, 1)), random.exponential(1, (count, 5, 1))
    rows = (power * np.cos(frequency * np.arange(length))).sum(1)
    rows[:, 0] += 0.1
    return np.asarray(rows)


def test_the_inverse_is_that_of_scipy() -> None:
    rows = covariances(4, 30)
    series = np.random.default_rng(1).standard_normal((4, 30))
    inverse = empirical_bayes._Inverse(torch.from_numpy(rows))
    expected = np.stack([solve_toeplitz(row, one) for row, one in zip(rows, series, strict=True)])
    np.testing.assert_allclose(inverse.times(torch.from_numpy(series)), expected, rtol=1e-8, atol=1e-9)
    full = [np.linalg.inv(toeplitz(row)) for row in rows]
    sums = [[np.trace(matrix, offset) for offset in range(30)] for matrix in full]
    np.testing.assert_allclose(inverse.diagonals(), sums, rtol=1e-7, atol=1e-8)


def by_definition(network: Model, past: np.ndarray, rounds: int) -> np.ndarray:
    """The forecast of one series (lookback,), with matrices written out and nothing learned."""
    lookback, horizon = network.lookback, network.horizon
    size = np.sqrt(np.mean(past**2))
    series = past / size
    kernels = [toeplitz(kernel) for kernel in network.kernels.numpy()]
    gamma = np.exp(network.initial.detach().double().numpy())
    for number in range(rounds + 1):
        whole = sum(weight * kernel for weight, kernel in zip(gamma, kernels, strict=True))
        inverse = np.linalg.inv(whole[:lookback, :lookback])
        dual = inverse @ series
        if number == rounds:
            return np.asarray(size * (whole[lookback : lookback + horizon, :lookback] @ dual))
        given = [kernel[:lookback, :lookback] for kernel in kernels]
        explained = np.array([dual @ kernel @ dual for kernel in given])
        expected = np.array([np.trace(inverse @ kernel) for kernel in given])
        gamma = gamma * np.sqrt(explained / expected)
    raise AssertionError


@every_kind
@pytest.mark.parametrize("folded", [False, True], ids=["recursion", "elimination"])
def test_without_learning_it_is_sparse_bayesian_learning_by_the_matrices(
    chosen: dict[str, Any], folded: bool
) -> None:
    network = untrained(rounds=3, **chosen)
    network = network.folded() if folded else network
    past = np.random.default_rng(2).standard_normal((3, 40))
    with torch.no_grad():
        found = network(torch.from_numpy(past)[:, None].float())[:, 0]
    expected = np.stack([by_definition(network, series.astype(np.float32), 3) for series in past])
    np.testing.assert_allclose(found, expected, atol=2e-4 * np.abs(expected).max())


@every_kind
def test_few_series_are_forecast_as_they_are_among_many(chosen: dict[str, Any]) -> None:
    network = untrained(**chosen)
    with torch.no_grad():
        for parameter in network.parameters():  # as if trained: corrections, too
            parameter += 0.1 * torch.randn_like(parameter)
    past = torch.randn(50, 1, 40, generator=torch.Generator().manual_seed(5))
    assert network.folded()._few(past[:3]) and not network.folded()._few(past) and not network._few(past[:3])
    with torch.no_grad():
        many, few = network(past), network.folded()(past[:3])
        assert torch.equal(network.folded()(past), many)
    torch.testing.assert_close(few, many[:3], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(network.folded()(past[:1]).detach(), few[:1], rtol=1e-5, atol=1e-6)


def test_sums_for_few_series_are_those_of_the_matrices() -> None:
    rows = covariances(3, 30)
    series = np.random.default_rng(1).standard_normal((3, 30))
    explained, expected = empirical_bayes._sums_of_few(torch.from_numpy(rows), torch.from_numpy(series))
    for place, (row, one) in enumerate(zip(rows, series, strict=True)):
        matrix = np.linalg.inv(toeplitz(row))
        outer = np.outer(matrix @ one, matrix @ one)
        for found, whole in ((explained, outer), (expected, matrix)):
            traces = [np.trace(whole, offset) for offset in range(30)]
            np.testing.assert_allclose(found[place], traces, rtol=1e-7, atol=1e-8)


def test_each_round_raises_the_likelihood() -> None:
    """The update's own property: log N(y; 0, C) does not fall."""
    network = untrained(rounds=6, lookback=50)
    series = torch.randn(4, 50, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    series = series / series.square().mean(1, keepdim=True).sqrt()
    weight, found = network.initial.double().expand(4, -1), []
    with torch.no_grad():
        for number in range(6):
            matrices = [toeplitz(row[:50]) for row in (weight.exp() @ network.kernels).numpy()]
            found.append([
                -0.5 * (one @ np.linalg.solve(matrix, one) + np.linalg.slogdet(matrix)[1])
                for one, matrix in zip(series.numpy(), matrices, strict=True)
            ])  # fmt: skip
            weight = network._round(number, weight, series)
    assert (np.diff(np.array(found), axis=0) > -1e-6).all()


def test_sums_of_harmonics_are_continued_without_any_training() -> None:
    drawn = harmonics.generate(harmonics.Law(), 64, torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    network = Model(Hyperparameters(rounds=15), 1, 100, 5).eval()
    with torch.no_grad():
        error = (network(drawn["past"]) - drawn["future"]).square().mean()
    assert error < 1e-5  # of a variance of 0.25


@every_kind
def test_the_forecast_follows_the_scale_of_the_series(chosen: dict[str, Any]) -> None:
    network = untrained(**chosen)
    past = torch.randn(2, 1, 40, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        torch.testing.assert_close(network(1000 * past), 1000 * network(past), rtol=1e-4, atol=1e-3)


def test_a_silent_series_stays_silent() -> None:
    with torch.no_grad():
        assert torch.equal(untrained()(torch.zeros(1, 1, 40)), torch.zeros(1, 1, 6))


def test_gradients_are_finite_without_noise() -> None:
    """The covariance nears a singular one there."""
    drawn = harmonics.generate(harmonics.Law(), 8, torch.Generator().manual_seed(0))
    network = Model(Hyperparameters(rounds=12), 1, 100, 5)
    (network(drawn["past"]) - drawn["future"]).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_periods_in_the_wrong_order() -> None:
    with pytest.raises(ValidationError, match="expected 2 ≤ shortest ≤ longest"):
        Hyperparameters(shortest=30, longest=20)


def test_the_noise_never_falls_below_its_floor() -> None:
    past = harmonics.generate(harmonics.Law(), 8, torch.Generator().manual_seed(0))["past"][:, 0].double()
    for floor in (-20.0, -9.0):
        network = Model(Hyperparameters(rounds=30, noise_floor=floor), 1, 100, 5)
        weight = network.initial.double().expand(len(past), -1)
        with torch.no_grad():
            for number in range(30):
                weight = network._round(number, weight, past)
        assert weight[:, -1].min() == pytest.approx(floor), "without noise the estimate falls to it"
        assert weight[:, :-1].min() < -9
