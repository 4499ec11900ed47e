"""The mixture against Gaussian posteriors written out, and what it begins with."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import multivariate_normal

from tidemark.denoise.models.principal_components import Hyperparameters, Model


def random_mixture(components: int, directions: int, length: int) -> Model:
    torch.manual_seed(0)
    network = Model(Hyperparameters(components=components, directions=directions), 1, length)
    with torch.no_grad():
        network.mean.normal_()
        network.log_variances.normal_()
        network.log_weights.normal_()
    return network.double()


def test_the_estimate_is_the_posterior_mean_at_the_noise_each_component_leaves() -> None:
    components, directions, length = 3, 2, 9
    network = random_mixture(components, directions, length)
    state = {name: value.detach().numpy() for name, value in network.named_parameters()}
    signal = np.random.default_rng(0).normal(size=length)
    scores, means = [], []
    for c in range(components):
        mean, planes = state["mean"][c], state["directions"][c]
        away = signal - mean
        rest = away - planes.T @ (planes @ away)
        noise = rest @ rest / (length - directions) + 1e-6
        prior = planes.T @ np.diag(np.exp(state["log_variances"][c])) @ planes
        covariance = prior + noise * np.eye(length)
        scores.append(state["log_weights"][c] + multivariate_normal.logpdf(signal, mean, covariance))
        means.append(mean + prior @ np.linalg.solve(covariance, away))
    share = np.exp(np.array(scores) - max(scores))
    expected = np.average(means, axis=0, weights=share)
    estimate = network(torch.from_numpy(signal)[None, None]).detach().numpy()[0, 0]
    np.testing.assert_allclose(estimate, expected, rtol=1e-6, atol=1e-8)


def test_the_start_finds_the_planes_that_signals_lie_on() -> None:
    """Signals on three planes of two dimensions: each is found, and little noise is taken away whole."""
    stream = torch.Generator().manual_seed(1)
    planes = torch.linalg.qr(torch.randn(3, 60, 2, generator=stream)).Q
    amplitudes = torch.randn(3, 100, 2, generator=stream)
    signals = (amplitudes @ planes.mT).flatten(0, 1)[:, None]
    torch.manual_seed(2)
    network = Model(Hyperparameters(components=6, directions=2, rounds=30), 1, 60)
    network.begin(signals - signals.mean(0))
    noisy = signals + 0.1 * torch.randn(signals.shape, generator=stream)
    error = (network(noisy) - signals).square().mean().item()
    assert error < 2 * 0.01 * 2 / 60  # σ² · directions / length, and a little for the choice of the plane


def test_one_component_begins_as_principal_component_analysis() -> None:
    signals = torch.randn(50, 1, 12, generator=torch.Generator().manual_seed(3)) @ torch.diag(
        torch.arange(12, 0, -1.0)
    )
    network = Model(Hyperparameters(components=1, directions=4), 1, 12)
    network.begin(signals)
    values = signals[:, 0].numpy().astype(np.float64)
    eigenvalues, vectors = np.linalg.eigh(np.cov(values.T, bias=True))
    np.testing.assert_allclose(network.mean[0].detach().numpy(), values.mean(0), atol=1e-5)
    np.testing.assert_allclose(
        network.log_variances[0].exp().detach().numpy(), eigenvalues[:-5:-1], rtol=1e-3
    )
    cosines = np.linalg.svd(network.directions[0].detach().numpy() @ vectors[:, -4:])[1]
    np.testing.assert_allclose(cosines, 1, atol=1e-4)
