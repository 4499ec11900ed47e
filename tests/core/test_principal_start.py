"""Networks that begin at principal components do what Wiener's filter does, written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tidemark.core import principal_start
from tidemark.denoise.models.spectro_temporal_attention import Hyperparameters, Model

LATENT, SAMPLES, NOISE = 4, 48, 0.2


def signals(count: int = 400, seed: int = 0) -> torch.Tensor:
    """Clean signals (count, samples) in [0, 1] with three directions."""
    stream = np.random.default_rng(seed)
    t = np.linspace(0, 4 * 2 * np.pi, SAMPLES, endpoint=False)
    coordinates = stream.uniform(-1, 1, (count, 3))
    waves = coordinates @ np.stack([np.sin(t), np.cos(t), np.sin(2 * t)])
    return torch.from_numpy(0.5 + waves / 6).float()


def wiener(noisy: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    """The filter on as many principal components as a network has latent numbers."""
    x = clean.double().numpy()
    mean = x.mean(0)
    _, values, directions = np.linalg.svd(x - mean, full_matrices=False)
    variances = values[:LATENT] ** 2 / len(x)
    along = (noisy.double().numpy() - mean) @ directions[:LATENT].T * variances / (variances + NOISE**2)
    return torch.from_numpy(mean + along @ directions[:LATENT]).float()


def noisy(clean: torch.Tensor) -> torch.Tensor:
    return clean + NOISE * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("attention", ["none", "crossed", "reference"])
@pytest.mark.parametrize("features", [None, 1, 4])
@pytest.mark.parametrize(("activation", "tolerance"), [("linear", 2e-5), ("tanh", 0.04)])
def test_a_network_begins_as_the_filter(
    attention: str, features: int | None, activation: str, tolerance: float
) -> None:
    if attention == "none" and features:
        pytest.skip("features are what attention hands on")
    torch.manual_seed(0)
    chosen = {"attention": attention, "features": features, "activation": activation, "latent": LATENT}
    network = Model(Hyperparameters(**chosen, cycles=4, start_noise=NOISE), 1, SAMPLES)
    clean = signals()
    network.begin(clean[:, None])
    with torch.no_grad():
        estimate = network.eval()(noisy(clean)[:, None])[:, 0]
    # The reference cuts off what lies far outside [0, 1], which is seldom at this noise.
    if attention == "reference":
        tolerance = max(tolerance, 0.03)
    assert (estimate - wiener(noisy(clean), clean)).abs().max() < tolerance  # of signals from 0 to 1


def test_units_that_do_not_filter_hand_nothing_on_but_learn() -> None:
    torch.manual_seed(0)
    chosen = Hyperparameters(attention="none", activation="tanh", latent=LATENT, start_noise=NOISE)
    network = Model(chosen, 1, SAMPLES)
    clean = signals()
    network.begin(clean[:, None])
    (network(noisy(clean)[:, None])[:, 0] - clean).square().mean().backward()
    for layer in network.autoencoder.decoder[2:]:
        assert isinstance(layer, nn.Linear) and layer.weight.grad is not None
        assert (layer.weight.grad != 0).float().mean() > 0.4


def test_the_bent_units_undo_the_last_tanh() -> None:
    weights, constant = principal_start.bent(principal_start.CURVES)
    u = torch.linspace(-0.5, 0.45, 50)
    units = torch.stack([torch.tanh(slope * u + shift) for slope, shift in principal_start.CURVES])
    assert (torch.tanh(weights @ units + constant) - (u + 0.5)).abs().max() < 0.02


def test_without_it_networks_begin_at_random() -> None:
    assert not Model(Hyperparameters(), 1, SAMPLES).begins_at_data
