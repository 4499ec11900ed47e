"""The unrolled mixture against SciPy, a naive version from the definition, and its symmetry."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
import torch

from tidemark.denoise.models.unrolled_experts import (
    EXCESS_GAIN,
    SCORE_GAIN,
    Experts,
    Hyperparameters,
    Model,
    cosine_basis,
)


def random_model(channels: int = 1, length: int = 24, seed: int = 0, **chosen: object) -> Model:
    """A model all of whose parameters are random: nothing is hidden by a zero."""
    torch.manual_seed(seed)
    model = Model(Hyperparameters.model_validate(chosen), channels, length)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.double()


@pytest.mark.parametrize("length", [1, 2, 7, 100])
def test_cosine_basis_is_the_transform_of_scipy(length: int) -> None:
    signals = np.random.default_rng(0).standard_normal((3, length))
    expected = scipy.fft.dct(signals, type=2, norm="ortho")
    np.testing.assert_allclose(signals @ cosine_basis(length).numpy().T, expected, atol=1e-5)


def naive_experts(experts: Experts, values: np.ndarray) -> np.ndarray:
    """One signal's correction, expert by expert."""
    p = {name: value.detach().numpy() for name, value in experts.named_parameters()}
    rank, position = experts.rank, values[: experts.position]
    log_weights, corrections = [], []
    for k in range(experts.experts):
        rows = slice(k * rank, (k + 1) * rank)
        power = p["power"][k] @ (p["probe.weight"][rows] @ position) ** 2
        log_weights.append(power + SCORE_GAIN * (p["score.weight"][k] @ values + p["score.bias"][k]))
        corrections.append(p["up.weight"][:, rows] @ (p["down.weight"][rows] @ values + p["down.bias"][rows]))
    weights = np.exp(np.array(log_weights) - max(log_weights))
    return np.asarray(weights / weights.sum() @ np.array(corrections))


def naive_model(model: Model, signal: np.ndarray, kept: int) -> np.ndarray:
    """One signal's estimate, (channels, length), from the definition."""

    def analyse(x: np.ndarray) -> np.ndarray:
        return np.asarray(scipy.fft.dct(x, type=2, norm="ortho")[:, :kept].ravel())

    def synthesise(c: np.ndarray) -> np.ndarray:
        padded = np.zeros_like(signal)
        padded[:, :kept] = c.reshape(len(signal), kept)
        return np.asarray(scipy.fft.idct(padded, type=2, norm="ortho"))

    level = signal.mean(1, keepdims=True) if model.centre else 0.0
    signal = signal - level
    given = analyse(signal)
    estimate = naive_experts(model.first, given)
    for stage, threshold in zip(model.further, model.threshold.detach().numpy(), strict=True):
        assert isinstance(stage, Experts)
        residual = signal - synthesise(estimate)
        excess = np.maximum(residual - threshold, 0) + np.minimum(residual + threshold, 0)
        values = np.concatenate([estimate, given - estimate, EXCESS_GAIN * analyse(excess)])
        estimate = estimate + naive_experts(stage, values)
    return synthesise(estimate) + level


@pytest.mark.parametrize("centre", [False, True])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_network_is_its_definition(centre: bool, channels: int) -> None:
    model = random_model(channels, stages=3, experts=4, rank=3, coefficients=10, centre=centre)
    signals = np.random.default_rng(1).standard_normal((5, channels, 24))
    estimate = model(torch.from_numpy(signals)).detach().numpy()
    expected = np.stack([naive_model(model, signal, kept=10) for signal in signals])
    np.testing.assert_allclose(estimate, expected, rtol=1e-5, atol=1e-5)


def test_a_centred_model_moves_with_the_level_of_each_channel() -> None:
    model = random_model(channels=2, stages=3, experts=4, centre=True)
    signal = torch.randn(3, 2, 24, dtype=torch.float64)
    level = torch.tensor([[[400.0], [-7.0]]], dtype=torch.float64)
    torch.testing.assert_close(model(signal + level), model(signal) + level)


def test_no_more_coefficients_than_samples() -> None:
    assert Model(Hyperparameters(coefficients=32), 1, 5).cosines.shape == (5, 5)
