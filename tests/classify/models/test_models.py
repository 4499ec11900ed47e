"""What every network that classifies must do, each found by its file."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from tidemark.core import registry
from tidemark.core.network import Architecture, Network

SMALL: dict[str, dict[str, Any]] = {
    "spectrogram_cnn": {"filters": 4},
    "residual_spectrogram": {"width": 4},
}
EVERY = sorted(registry.names("classify/models"))
every_architecture = pytest.mark.parametrize("arch", EVERY)


def build(arch: str, picture: tuple[int, int] = (61, 61), classes: int = 5, **changed: Any) -> Network:
    architecture = registry.load("classify/models", arch, "arch", Architecture)
    torch.manual_seed(0)
    chosen = architecture.hyperparameters(**SMALL[arch] | changed)
    return architecture.network(chosen, 3, picture, classes).eval()


def spectrograms(count: int, picture: tuple[int, int] = (61, 61), seed: int = 0) -> Tensor:
    return torch.randn(count, 3, *picture, generator=torch.Generator().manual_seed(seed)) - 2


def test_every_architecture_is_tried() -> None:
    assert sorted(SMALL) == EVERY


@every_architecture
@pytest.mark.parametrize("picture", [(61, 61), (64, 90), (129, 63)])
@pytest.mark.parametrize("classes", [2, 6])
def test_one_logit_a_class_whatever_the_picture(arch: str, picture: tuple[int, int], classes: int) -> None:
    network = build(arch, picture, classes)
    with torch.no_grad():
        logits = network(spectrograms(3, picture))
    assert logits.shape == (3, classes)
    assert logits.isfinite().all()
    assert network.causal is False


@every_architecture
def test_a_batch_gives_what_each_window_gives(arch: str) -> None:
    network, given = build(arch), spectrograms(5)
    with torch.no_grad():
        whole = network(given)
        each = torch.cat([network(given[k : k + 1]) for k in range(5)])
    torch.testing.assert_close(whole, each, rtol=1e-4, atol=1e-5)


@every_architecture
def test_silence_is_no_trouble(arch: str) -> None:
    network = build(arch).train()
    silent = torch.full((4, 3, 61, 61), -36.84)
    logits = network(silent)
    logits.sum().backward()
    assert logits.isfinite().all()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


@every_architecture
def test_gradients_reach_every_weight_and_are_finite(arch: str) -> None:
    network = build(arch).train()
    torch.manual_seed(1)
    torch.nn.functional.cross_entropy(network(spectrograms(8)), torch.arange(8) % 5).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@every_architecture
def test_what_happens_in_training_is_the_seed_s(arch: str) -> None:
    found = []
    for _ in range(2):
        network = build(arch).train()
        torch.manual_seed(7)
        found.append(network(spectrograms(6)))
    assert torch.equal(*found)


@every_architecture
def test_an_easy_difference_is_learned(arch: str) -> None:
    """Which half of the frequencies is loud."""
    network = build(arch, classes=2).train()
    label = torch.arange(16) % 2
    given = spectrograms(16)
    given[label == 0, :, :30] += 2
    given[label == 1, :, 31:] += 2
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
    torch.manual_seed(0)
    for _ in range(8):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(given), label).backward()
        optimizer.step()
    network.train()
    with torch.no_grad():
        for _ in range(15):  # so that the running statistics follow
            network(given)
        found = network.eval()(given).argmax(1)
    assert (found == label).float().mean() > 0.9
