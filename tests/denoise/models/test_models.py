"""What every architecture must do, each found by its file."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tidemark.core import registry
from tidemark.core.network import Architecture, Network

ARCHITECTURES = registry.names("denoise/models")

VARIANTS: dict[str, list[dict[str, Any]]] = {
    "recurrent": [
        {"cell": "rnn", "hidden": 5, "layers": 2, "output": "linear"},
        {"cell": "gru", "hidden": 5},
        {"cell": "rnn", "hidden": 5, "bidirectional": True, "centre": True},
        {"cell": "gru", "hidden": 5, "bidirectional": True, "layers": 2, "output": "linear"},
    ],
    "principal_components": [
        {"components": 2, "directions": 3},
        {"components": 5, "directions": 6, "floor": 0.1},
    ],
    "spectro_temporal_attention": [
        {"activation": "tanh", "features": 1},
        {"attention": "reference"},
        {"attention": "reference", "activation": "tanh", "features": 4},
        {"attention": "none"},
        {"attention": "none", "activation": "tanh", "spectrum": True},
    ],
    "unrolled_experts": [
        {"stages": 2, "rank": 3, "threshold": 0},
        {"stages": 3, "experts": 4, "rank": 2, "centre": True},
    ],
}
"""Hyperparameters to try besides an architecture's defaults."""

CASES = [
    pytest.param(arch, chosen, id=f"{arch}-{number}")
    for arch in ARCHITECTURES
    for number, chosen in enumerate([{}, *VARIANTS.get(arch, [])])
]
every_architecture = pytest.mark.parametrize(("arch", "chosen"), CASES)


def build(arch: str, chosen: dict[str, Any], channels: int = 1, length: int = 40, seed: int = 0) -> Network:
    architecture = registry.load("denoise/models", arch, "arch", Architecture)
    torch.manual_seed(seed)
    return architecture.network(architecture.hyperparameters(**chosen), channels, length).eval()


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def test_there_are_architectures() -> None:
    assert {"recurrent", "unrolled_experts"} <= set(ARCHITECTURES)


@every_architecture
@pytest.mark.parametrize(("channels", "length"), [(1, 1), (2, 2), (1, 7), (3, 33), (1, 104)])
def test_the_estimate_has_the_shape_of_the_signal(
    arch: str, chosen: dict[str, Any], channels: int, length: int
) -> None:
    estimate = build(arch, chosen, channels, length)(noise(4, channels, length))
    assert estimate.shape == (4, channels, length)
    assert estimate.dtype == torch.float32
    assert estimate.isfinite().all()


@every_architecture
def test_a_signal_has_one_estimate_whatever_its_batch(arch: str, chosen: dict[str, Any]) -> None:
    network, signals = build(arch, chosen, channels=2), noise(6, 2, 40)
    together = network(signals)
    alone = torch.cat([network(signal[None]) for signal in signals])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


@every_architecture
def test_the_past_knows_of_the_future_only_where_that_is_declared(arch: str, chosen: dict[str, Any]) -> None:
    network, signal = build(arch, chosen), noise(1, 1, 40)
    changed = signal.clone()
    changed[..., 25:] += 1
    difference = (network(changed) - network(signal)).abs()[..., :25].max()
    assert (difference == 0) == network.causal


@every_architecture
def test_gradients_are_finite_and_reach_every_parameter(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen)
    (network(noise(8, 1, 40)) - noise(8, 1, 40)).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@every_architecture
def test_extreme_signals_have_finite_estimates(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen)
    for signal in (torch.zeros(1, 1, 40), 1e4 * noise(1, 1, 40), torch.full((1, 1, 40), -3e3)):
        assert network(signal).isfinite().all()


@every_architecture
def test_the_seed_decides_the_network(arch: str, chosen: dict[str, Any]) -> None:
    signal = noise(2, 1, 40)
    first, same, other = (build(arch, chosen, seed=seed)(signal) for seed in (3, 3, 4))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@every_architecture
def test_weights_move_to_a_new_network(arch: str, chosen: dict[str, Any]) -> None:
    trained, fresh = build(arch, chosen, seed=0), build(arch, chosen, seed=1)
    fresh.load_state_dict(trained.state_dict())
    assert torch.equal(trained(noise(2, 1, 40)), fresh(noise(2, 1, 40)))


@every_architecture
def test_a_few_steps_lower_the_error(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen).train()
    clean = 0.8 * torch.sin(torch.arange(40) / 5 + torch.arange(32)[:, None])[:, None]
    noisy = clean + 0.2 * noise(32, 1, 40)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(40):
        loss = (network(noisy) - clean).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0]
