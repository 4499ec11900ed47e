"""The least-squares sine against generic solvers, exact recovery and published numbers."""

import numpy as np
import pytest

from support.sines import INFO, TIME, sines
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import least_squares_sine as fit


def estimate(split, **options):
    return fit.estimate(split, INFO, fit.Options(**options))


@pytest.mark.parametrize("gaps", [0, 0.3])
def test_coefficients_equal_numpy_lstsq(gaps):
    split = sines(5, 52.18, gaps=gaps)
    result = estimate(split, period=52.18, harmonics=2, trend=1)
    for row, fitted in zip(split["noisy"][:, 0], result[:, 0], strict=True):
        angle = 2 * np.pi * TIME / 52.18
        curves = [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle), TIME**0, TIME]
        matrix, present = np.stack(curves, axis=1).astype(float), ~np.isnan(row)
        coefficients = np.linalg.lstsq(matrix[present], row[present], rcond=None)[0]
        np.testing.assert_allclose(fitted, matrix @ coefficients, atol=1e-9)


@pytest.mark.parametrize("trend", [None, 1])
def test_fitted_period_reaches_the_least_squares_of_a_fine_grid(trend):
    split = sines(4, np.linspace(12, 95, 4), gaps=0.1)
    result = estimate(split, trend=trend)
    for row, fitted in zip(split["noisy"][:, 0], result[:, 0], strict=True):
        present = ~np.isnan(row)
        best = np.inf
        for frequency in np.linspace(1 / 200, 0.2, 500):
            angle = 2 * np.pi * frequency * TIME
            curves = [np.sin(angle), np.cos(angle)] + ([TIME**0, TIME] if trend else [])
            matrix = np.stack(curves, axis=1)[present]
            solution = np.linalg.lstsq(matrix, row[present], rcond=None)[0]
            best = min(best, np.square(row[present] - matrix @ solution).sum())
        assert np.square(row - fitted)[present].sum() <= best + 1e-6


def test_without_noise_the_signal_comes_back():
    split = sines(20, np.linspace(5, 120, 20), np.linspace(0.3, 1, 20), noise=0, gaps=0.2)
    np.testing.assert_allclose(estimate(split), split["clean"], atol=1e-6)


def test_an_annual_cycle_and_a_trend():
    time = np.arange(104)
    clean = 0.3 + 0.01 * time + np.sin(2 * np.pi * time / 52.18) + 0.3 * np.cos(4 * np.pi * time / 52.18)
    info = DatasetInfo("weekly", "denoise", "recorded", 1, 104, 1.0, "week", "", 0, {"test": 1})
    options = fit.Options(period=52.18, harmonics=2, trend=1)
    np.testing.assert_allclose(fit.estimate({"noisy": clean[None, None]}, info, options)[0, 0], clean)
