"""The Whittaker smoother against its normal equations, a Kalman smoother, and cross-validation by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from statsmodels.tsa.statespace.structural import UnobservedComponents

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.baselines import whittaker

INFO = DatasetInfo("some", "denoise", "sine", 1, 40, 1.0, "sample", "", 0, {"test": 5})


def estimate(noisy: Array, **options: object) -> Array:
    return whittaker.estimate({"noisy": noisy}, INFO, whittaker.Options.model_validate(options))


def signals(count: int = 4, length: int = 40, gaps: float = 0.0) -> Array:
    random = np.random.default_rng(0)
    clean = np.sin(2 * np.pi * np.arange(length) / 25 + random.uniform(0, 6, (count, 1, 1)))
    noisy = clean + random.normal(0, 0.2, clean.shape)
    noisy[random.random(noisy.shape) < gaps] = np.nan
    return noisy


def design(length: int, period: float, harmonics: int) -> Array:
    angle = 2 * np.pi * np.arange(length)[:, None] / period
    waves = [wave(k * angle) for k in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
    return np.concatenate([np.eye(length), *waves], axis=1)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("harmonics", [0, 2])
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_solves_the_normal_equations(order: int, harmonics: int, gaps: float) -> None:
    noisy, penalty = signals(gaps=gaps), 30.0
    season = {"period": 13.0, "harmonics": harmonics} if harmonics else {}
    result = estimate(noisy, order=order, penalty=penalty, **season)
    curves = design(40, 13.0, harmonics)
    differences = np.zeros((40 - order, curves.shape[1]))
    differences[:, :40] = np.diff(np.eye(40), order, axis=0)
    for row, smooth in zip(noisy[:, 0], result[:, 0], strict=True):
        present = ~np.isnan(row)
        stacked = np.concatenate([curves[present], np.sqrt(penalty) * differences])
        targets = np.concatenate([row[present], np.zeros(len(differences))])
        expected = curves @ np.linalg.lstsq(stacked, targets)[0]
        np.testing.assert_allclose(smooth, expected, atol=1e-7)


@pytest.mark.parametrize(("order", "model"), [(1, "llevel"), (2, "strend")])
def test_equals_the_kalman_smoother_of_a_random_walk(order: int, model: str) -> None:
    row, penalty = signals(count=1, gaps=0.2)[0, 0], 7.0
    components = UnobservedComponents(row, model, use_exact_diffuse=True)
    irregular, change = 1.0, 1.0 / penalty
    level = components.smooth([irregular, change]).level["smoothed"]
    np.testing.assert_allclose(
        estimate(row[None, None], order=order, penalty=penalty)[0, 0], level, atol=1e-6
    )


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_cross_validation_takes_the_penalty_that_brute_force_finds(gaps: float) -> None:
    noisy, order = signals(gaps=gaps), 2
    differences = np.diff(np.eye(40), order, axis=0)
    result = estimate(noisy, order=order)
    for row, smooth in zip(noisy[:, 0], result[:, 0], strict=True):
        present = ~np.isnan(row)
        scores, fits = [], []
        for penalty in whittaker.PENALTIES[whittaker.PENALTIES < 1e7]:
            solved = np.linalg.solve(
                np.diag(present.astype(float)) + penalty * differences.T @ differences,
                np.eye(40)[:, present],
            )
            fit = solved @ row[present]
            free = present.sum() - np.trace(solved[present])
            scores.append(np.square(row - fit)[present].sum() / free**2)
            fits.append(fit)
        np.testing.assert_allclose(smooth, fits[int(np.argmin(scores))], atol=1e-5)


def test_a_parabola_costs_nothing_at_order_three() -> None:
    parabola = np.square(np.linspace(-1, 2, 40))[None, None]
    np.testing.assert_allclose(estimate(parabola, order=3, penalty=1e6), parabola, atol=1e-6)


def test_too_few_samples_give_their_mean() -> None:
    noisy = np.full((1, 1, 40), np.nan)
    noisy[0, 0, [3, 30]] = [1.0, 2.0]
    np.testing.assert_allclose(estimate(noisy, order=2, penalty=1.0), 1.5)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError, match="a season needs both"):
        whittaker.Options(period=12)
    with pytest.raises(InputError, match="8 unknowns without penalty for the 8 samples"):
        estimate(signals(length=8), order=2, period=5, harmonics=3)
