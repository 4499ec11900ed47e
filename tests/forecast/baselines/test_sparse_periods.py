"""Greedy picks of periods: against the search written out, on signals it must solve, and their tail."""

import numpy as np
import pytest
import torch

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import sparse_periods
from tidemark.forecast.laws import harmonics

Options = sparse_periods.Options


def info(lookback, horizon):
    return DatasetInfo(
        "some", "forecast", "x", 1, lookback, 1.0, "sample", "", 0, {"test": 1}, horizon=horizon
    )


def columns(periods, samples):
    angle = 2 * np.pi * np.arange(samples)[:, None] / np.array(periods)
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def fitted(row, periods, samples):
    """Least squares fit, and the squared residual on the row."""
    basis = columns(periods, samples)
    fit = basis @ np.linalg.lstsq(basis[: len(row)], row, rcond=1e-9)[0]
    return fit, np.square(fit[: len(row)] - row).sum()


def by_definition(row, options, horizon):
    """Each period tried, each signal by itself; the criterion decides."""
    grid = range(options.lowest, options.highest + 1)
    picked, best, lookback = [], (np.inf, None), len(row)
    for _ in range(options.most):
        free = [period for period in grid if period not in picked]
        picked.append(min(free, key=lambda period: fitted(row, [*picked, period], lookback)[1]))
        for _ in range(options.exchanges):
            for place in range(len(picked)):
                others = picked[:place] + picked[place + 1 :]
                free = [period for period in grid if period not in others]
                picked[place] = min(free, key=lambda p: fitted(row, [*others, p], lookback)[1])
        fit, residual = fitted(row, picked, lookback + horizon)
        criterion = lookback * np.log(residual / lookback) + 3 * len(picked) * np.log(lookback)
        if criterion < best[0]:
            best = criterion, fit[lookback:]
    return best[1]


@pytest.mark.parametrize("exchanges", [0, 1])
def test_equals_the_search_written_out(exchanges):
    law = harmonics.Law(lookback=40, horizon=4, components=(1, 4), period=(2, 18), noise_std=0.2)
    drawn = harmonics.generate(law, 12, torch.Generator().manual_seed(0))
    past = drawn["past"].numpy().astype(np.float64)
    options = Options(highest=18, most=4, ridge=0, exchanges=exchanges, bound=100)
    estimate = sparse_periods.estimate({"past": past}, info(40, 4), options)
    expected = [[by_definition(row, options, 4)] for row in past[:, 0]]
    np.testing.assert_allclose(estimate, expected, atol=1e-6)


def test_few_well_separated_periods_are_recovered_exactly():
    rng = np.random.default_rng(0)
    grid = np.array([2, 3, 5, 9, 17, 33])
    signals = []
    for _ in range(30):
        basis = columns(rng.choice(grid, 3, replace=False), 110)
        signals.append(basis @ rng.choice([-1, 1], 6) / 6)
    signals = np.stack(signals)
    estimate = sparse_periods.estimate({"past": signals[:, None, :100]}, info(100, 10), Options())
    np.testing.assert_allclose(estimate[:, 0], signals[:, 100:], atol=1e-7)


def test_the_tail_is_held_down():
    """A plain greedy search has a mean squared error of 32 here; its median is 5e-10."""
    drawn = harmonics.generate(harmonics.Law(), 400, torch.Generator().manual_seed(7))
    estimate = sparse_periods.estimate({"past": drawn["past"].numpy()}, info(100, 5), Options())
    error = np.square(estimate - drawn["future"].numpy()).mean((1, 2))
    assert np.median(error) < 5e-10
    assert error.mean() < 1e-4
    bounded = sparse_periods.estimate({"past": drawn["past"].numpy()}, info(100, 5), Options(bound=0.5))
    largest = 0.5 * np.abs(drawn["past"].numpy()).max((1, 2))
    assert (np.abs(bounded).max((1, 2)) <= largest + 1e-9).all()


def test_the_ridge_is_that_of_the_posterior_mean():
    """One period, known: (X'X + λ)⁻¹ X' past with λ = σ² over the coefficients' variance."""
    rng = np.random.default_rng(0)
    past = columns([10], 40) @ [0.5, 0.3] + rng.normal(0, 0.2, 40)
    estimate = sparse_periods.estimate(
        {"past": past[None, None]}, info(40, 3), Options(lowest=10, highest=10, most=1, ridge=1)
    )
    basis = columns([10], 43)  # X'X is 20 times the identity
    _, residual = fitted(past, [10], 40)
    noise, power = residual / 38, np.square(past).sum() / 2 / 20
    weights = basis[:40].T @ past / (20 + noise / power)
    np.testing.assert_allclose(estimate[0, 0], basis[40:] @ weights, atol=1e-9)


def test_options_that_cannot_be_are_refused():
    for options, message in [({"lowest": 1}, "no range of periods"), ({"exchanges": -1}, "exchanges")]:
        with pytest.raises(InputError, match=f"baselines.x.options.*{message}"):
            validate(Options, options, "baselines.x.options")
