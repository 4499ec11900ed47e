"""What every forecaster must do, each found by its file."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tidemark.core import registry
from tidemark.core.network import Architecture, Network

VARIANTS: dict[str, list[dict[str, Any]]] = {
    "empirical_bayes": [{"longest": 12, "decays": [30.0], "trends": [15.0], "rounds": 2}],
}
"""Hyperparameters to try besides an architecture's defaults."""
CASES = [
    pytest.param(arch, chosen, id=f"{arch}-{number}")
    for arch in registry.names("forecast/models")
    for number, chosen in enumerate([{}, *VARIANTS.get(arch, [])])
]
every_architecture = pytest.mark.parametrize(("arch", "chosen"), CASES)
LOOKBACK, HORIZON = 40, 6


def build(arch: str, chosen: dict[str, Any], channels: int = 1, seed: int = 0) -> Network:
    architecture = registry.load("forecast/models", arch, "arch", Architecture)
    torch.manual_seed(seed)
    return architecture.network(architecture.hyperparameters(**chosen), channels, LOOKBACK, HORIZON).eval()


def waves(count: int, channels: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Past (count, channels, LOOKBACK) and future (…, HORIZON) of sines of many phases and periods."""
    stream = torch.Generator().manual_seed(1)
    phase, period = (torch.rand(2, count, channels, 1, generator=stream) * 10).unbind()
    whole = torch.sin(torch.arange(LOOKBACK + HORIZON) / (1 + period) + phase)
    return whole[..., :LOOKBACK], whole[..., LOOKBACK:]


def step(network: Network, past: torch.Tensor, future: torch.Tensor) -> torch.Tensor:
    """Mean squared error as the training loop takes it."""
    estimate, target = network(past, future) if network.teacher_forcing else (network(past), future)
    assert estimate.shape == target.shape
    error: torch.Tensor = (estimate - target).square().mean()
    return error


@every_architecture
def test_a_forecast_is_as_long_as_the_horizon(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen)
    assert network.causal is False
    with torch.no_grad():
        assert network(waves(3)[0]).shape == (3, 1, HORIZON)


@every_architecture
def test_a_batch_gives_what_each_series_gives(arch: str, chosen: dict[str, Any]) -> None:
    network, past = build(arch, chosen), waves(5)[0]
    with torch.no_grad():
        each = torch.cat([network(one[None]) for one in past])
        torch.testing.assert_close(network(past), each, atol=1e-4, rtol=1e-4)


@every_architecture
def test_channels_are_series_of_their_own(arch: str, chosen: dict[str, Any]) -> None:
    network, past = build(arch, chosen, channels=2), waves(3, channels=2)[0]
    with torch.no_grad():
        apart = torch.stack([network(past[:, channel : channel + 1])[:, 0] for channel in range(2)], 1)
        torch.testing.assert_close(network(past), apart, atol=1e-4, rtol=1e-4)


@every_architecture
def test_gradients_reach_every_weight_and_are_finite(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen).train()
    step(network, *waves(8)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


@every_architecture
def test_extreme_series_have_finite_forecasts(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen)
    with torch.no_grad():
        for past in (torch.zeros(1, 1, LOOKBACK), 1e4 * waves(1)[0], torch.full((1, 1, LOOKBACK), -3e3)):
            assert network(past).isfinite().all()


@every_architecture
def test_the_seed_decides_the_network(arch: str, chosen: dict[str, Any]) -> None:
    first, same, other = (build(arch, chosen, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


@every_architecture
def test_a_few_steps_lower_the_error(arch: str, chosen: dict[str, Any]) -> None:
    network = build(arch, chosen).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(30):
        loss = step(network, *waves(16))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0]
