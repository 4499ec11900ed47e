"""The sine of known period against generic solvers, exact recovery, theory and published numbers."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from support.sines import INFO, TIME, sines
from tidemark.core.errors import InputError
from tidemark.denoise.oracles import known_sine


def estimate(split, **options):
    return known_sine.estimate(split, INFO, known_sine.Options(**options))


@pytest.mark.parametrize("gaps", [0, 0.3])
def test_coefficients_equal_numpy_lstsq(gaps):
    split = sines(5, np.linspace(20, 90, 5), gaps=gaps)
    for row, fitted, period in zip(split["noisy"][:, 0], estimate(split)[:, 0], split["period"], strict=True):
        angle, present = 2 * np.pi * TIME / period, ~np.isnan(row)
        matrix = np.stack([np.sin(angle), np.cos(angle)], axis=1)
        coefficients = np.linalg.lstsq(matrix[present], row[present], rcond=None)[0]
        np.testing.assert_allclose(fitted, matrix @ coefficients, atol=1e-9)


def test_known_amplitude_minimises_over_the_phase():
    split = sines(8, np.linspace(20, 150, 8), np.linspace(0.3, 1, 8), gaps=0.4)
    result = estimate(split, amplitude="known")
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


@pytest.mark.parametrize("options", [{}, {"amplitude": "known"}])
def test_without_noise_the_signal_comes_back(options):
    split = sines(20, np.linspace(5, 120, 20), np.linspace(0.3, 1, 20), noise=0, gaps=0.2)
    np.testing.assert_allclose(estimate(split, **options), split["clean"], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "l1", "mse"),
    [({}, 0.023, 0.0008), ({"amplitude": "known"}, 0.0147, 0.0004)],
)
def test_published_reference_points(options, l1, mse):
    split = sines(2000, 60)
    error = estimate(split, **options) - split["clean"]
    assert np.abs(error).mean() == pytest.approx(l1, rel=0.05)
    assert np.square(error).mean() == pytest.approx(mse, abs=0.00006)


def test_squared_error_is_the_theory_of_linear_regression():
    """Two coefficients, independent noise of variance h²/3: expected squared error (2 / length) h² / 3."""
    split = sines(4000, 50)
    error = np.square(estimate(split) - split["clean"]).mean()
    assert error == pytest.approx(2 / 100 * 0.35**2 / 3, rel=0.05)


def test_what_is_not_known_is_refused():
    with pytest.raises(InputError, match="does not say its signals' period"):
        estimate({"noisy": np.zeros((1, 1, 100))})
    with pytest.raises(InputError, match="does not say its signals' amplitude"):
        estimate({"noisy": np.zeros((1, 1, 100)), "period": np.ones(1)}, amplitude="known")


@pytest.mark.parametrize(("amplitude", "names"), [("fitted", ["period"]), ("known", ["period", "amplitude"])])
def test_it_says_what_it_is_told(amplitude, names):
    assert known_sine.told(known_sine.Options(amplitude=amplitude)) == names
