"""The least-squares sine against generic solvers, exact recovery and published numbers."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.optimize import minimize_scalar

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import least_squares_sine as fit

TIME = np.arange(100)
INFO = DatasetInfo("some", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, {"test": 1})


def sines(count, period, amplitude=1.0, noise=0.35, gaps=0.0, seed=0):
    random = np.random.default_rng(seed)
    period, amplitude = np.broadcast_to(period, count), np.broadcast_to(amplitude, count)
    offset = random.integers(0, 101, count)[:, None]
    clean = (amplitude[:, None] * np.sin(2 * np.pi * (TIME + offset) / period[:, None]))[:, None]
    noisy = clean + random.uniform(-noise, noise, clean.shape)
    noisy[random.random(noisy.shape) < gaps] = np.nan
    return {"noisy": noisy, "clean": clean, "period": period, "amplitude": amplitude}


def estimate(split, **options):
    return fit.estimate(split, INFO, fit.Options(**options))


@pytest.mark.parametrize("gaps", [0, 0.3])
def test_coefficients_equal_numpy_lstsq(gaps):
    split = sines(5, np.linspace(20, 90, 5), gaps=gaps)
    result = estimate(split, period="known", harmonics=2, trend=1)
    for row, fitted, period in zip(split["noisy"][:, 0], result[:, 0], split["period"], strict=True):
        angle = 2 * np.pi * TIME / period
        curves = [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle), TIME**0, TIME]
        matrix, present = np.stack(curves, axis=1).astype(float), ~np.isnan(row)
        coefficients = np.linalg.lstsq(matrix[present], row[present], rcond=None)[0]
        np.testing.assert_allclose(fitted, matrix @ coefficients, atol=1e-9)


def test_known_amplitude_minimises_over_the_phase():
    split = sines(8, np.linspace(20, 150, 8), np.linspace(0.3, 1, 8), gaps=0.4)
    result = estimate(split, period="known", amplitude="known")
    for i in range(8):
        row, period, amplitude = split["noisy"][i, 0], split["period"][i], split["amplitude"][i]
        present = ~np.isnan(row)

        def misfit(curve, row=row, present=present):
            return np.square(row - curve)[present].sum()

        def curve(phase, period=period, amplitude=amplitude):
            return amplitude * np.sin(2 * np.pi * TIME / period + phase)

        best = min(
            minimize_scalar(lambda p: misfit(curve(p)), bounds=(low, low + 1), method="bounded").fun
            for low in np.arange(0, 7, 0.5)
        )
        assert misfit(result[i, 0]) == pytest.approx(best, rel=1e-7)


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


@pytest.mark.parametrize("options", [{"period": "known"}, {"period": "known", "amplitude": "known"}, {}])
def test_without_noise_the_signal_comes_back(options):
    split = sines(20, np.linspace(5, 120, 20), np.linspace(0.3, 1, 20), noise=0, gaps=0.2)
    np.testing.assert_allclose(estimate(split, **options), split["clean"], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "l1", "mse"),
    [({}, 0.023, 0.0008), ({"amplitude": "known"}, 0.0147, 0.0004)],
)
def test_published_reference_points(options, l1, mse):
    split = sines(2000, 60)
    error = estimate(split, period="known", **options) - split["clean"]
    assert np.abs(error).mean() == pytest.approx(l1, rel=0.05)
    assert np.square(error).mean() == pytest.approx(mse, abs=0.00006)


def test_squared_error_is_the_theory_of_linear_regression():
    """Two coefficients, independent noise of variance h²/3: expected squared error (2 / length) h² / 3."""
    split = sines(4000, 50)
    error = np.square(estimate(split, period="known") - split["clean"]).mean()
    assert error == pytest.approx(2 / 100 * 0.35**2 / 3, rel=0.05)


def test_an_annual_cycle_and_a_trend():
    time = np.arange(104)
    clean = 0.3 + 0.01 * time + np.sin(2 * np.pi * time / 52.18) + 0.3 * np.cos(4 * np.pi * time / 52.18)
    info = DatasetInfo("weekly", "denoise", "recorded", 1, 104, 1.0, "week", "", 0, {"test": 1})
    options = fit.Options(period=52.18, harmonics=2, trend=1)
    np.testing.assert_allclose(fit.estimate({"noisy": clean[None, None]}, info, options)[0, 0], clean)


def test_what_is_not_known_is_refused():
    with pytest.raises(InputError, match="does not say its signals' period"):
        estimate({"noisy": np.zeros((1, 1, 100))}, period="known")
    with pytest.raises(ValidationError, match="amplitude known needs"):
        fit.Options(period="fitted", amplitude="known")
