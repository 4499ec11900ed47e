"""Sums of sinusoids against SciPy's least squares, and what theory says of their number and error."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.baselines import line_spectrum

INFO = DatasetInfo("some", "denoise", "lincomb", 1, 128, 1.0, "sample", "", 0, {"test": 5})
FREQUENCIES = np.array([0.031, 0.152, 0.171, 0.447])


def signals(count: int, noise: float, frequencies: Array = FREQUENCIES) -> tuple[Array, Array]:
    random = np.random.default_rng(0)
    angle = 2 * np.pi * frequencies[:, None] * np.arange(128)
    waves = np.cos(angle + random.uniform(0, 2 * np.pi, (count, len(frequencies), 1)))
    clean = 0.7 + (random.uniform(0.5, 1, (count, len(frequencies), 1)) * waves).sum(1, keepdims=True)
    return clean, clean + random.normal(0, noise, clean.shape)


def estimate(noisy: Array, **options: object) -> Array:
    return line_spectrum.estimate({"noisy": noisy}, INFO, line_spectrum.Options.model_validate(options))


def test_sinusoids_without_noise_are_found_exactly() -> None:
    clean, _ = signals(5, 0.0)
    np.testing.assert_allclose(estimate(clean, components=5, penalty=0), clean, atol=2e-3)


def test_equals_scipys_least_squares_from_the_true_frequencies() -> None:
    _, noisy = signals(3, 0.1)
    time = np.arange(128)

    def basis(frequencies: Array) -> Array:
        angle = 2 * np.pi * frequencies * time[:, None]
        return np.concatenate([np.ones((128, 1)), np.cos(angle), np.sin(angle)], axis=1)

    def fit(frequencies: Array, row: Array) -> Array:
        curves = basis(frequencies)
        return np.asarray(curves @ np.linalg.lstsq(curves, row)[0])

    result = estimate(noisy, components=4, penalty=0)
    for row, found in zip(noisy[:, 0], result[:, 0], strict=True):
        best = least_squares(lambda f, row=row: fit(f, row) - row, FREQUENCIES, x_scale=1e-3).x
        assert np.square(row - found).sum() < np.square(row - fit(best, row)).sum() * 1.01


def test_the_penalty_finds_how_many_there_are_and_the_error_is_that_of_their_unknowns() -> None:
    """Maximum likelihood with k unknowns has a mean squared error of σ² k / n: here 4 × 3 + 1 of 128."""
    clean, noisy = signals(200, 0.1)
    chosen = estimate(noisy, components=7, penalty=5)
    np.testing.assert_allclose(np.square(chosen - clean).mean(), 0.01 * 13 / 128, rtol=0.15)
    assert np.square(estimate(noisy, components=7, penalty=0) - clean).mean() > 0.01 * 20 / 128


def test_noise_alone_is_a_constant() -> None:
    noise = 3 + np.random.default_rng(0).normal(size=(50, 1, 128))
    flat = np.ptp(estimate(noise, components=4, penalty=5), axis=-1) == 0
    assert flat.mean() > 0.9


def test_more_unknowns_than_samples_are_refused() -> None:
    with pytest.raises(InputError, match="130 unknowns for the 128 samples"):
        estimate(np.zeros((1, 1, 128)), components=43)
