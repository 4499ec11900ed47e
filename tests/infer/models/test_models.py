"""What every network that infers must do, each found by its file."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from support.point_signals import draw
from tidemark.core import registry
from tidemark.core.network import Architecture, Network
from tidemark.infer import learning

SMALL: dict[str, dict[str, Any]] = {
    "causal_attention": {"embedding": 8, "heads": 2, "dense": (8, 8, 4)},
    "learned_covariance": {"periods": (3.0,)},
    "transformer_neural_process": {"width": 8, "heads": 2, "layers": 2},
}
EVERY = sorted(registry.names("infer/models"))
every_architecture = pytest.mark.parametrize("arch", EVERY)
ONE_BY_ONE = [arch for arch in EVERY if arch != "learned_covariance"]  # whose paths come from one factor


def build(arch: str, members: int = 2, seed: int = 0) -> Network:
    """A network in double precision, its weights moved away from where learning begins."""
    architecture = registry.load("infer/models", arch, "arch", Architecture)
    torch.manual_seed(seed)
    network = architecture.network(architecture.hyperparameters(**SMALL[arch]), members, 10).double().eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape))
    return network


def asked(context: Tensor) -> Tensor:
    return context[:, 2].isnan()


def test_every_architecture_is_tried() -> None:
    assert sorted(SMALL) == EVERY


@every_architecture
@pytest.mark.parametrize("members", [1, 2])
def test_shapes_and_positive_deviations(arch: str, members: int) -> None:
    network = build(arch, members)
    context, target = draw(3, members=members)
    with torch.no_grad():
        for result in (network(context), network.sequential(context, target)):
            assert result.shape == (3, 2, 20)
            assert (result[:, 1][asked(context)] > 0).all()
        noise = learning.standard_normal(3, 20)
        assert network.paths(context, noise).shape == noise.shape


@every_architecture
def test_a_batch_gives_what_each_signal_gives(arch: str) -> None:
    network, (context, target) = build(arch), draw(5)
    noise = learning.standard_normal(5, 20)
    for function, arguments in (
        (network, (context,)), (network.sequential, (context, target)), (network.paths, (context, noise)),
    ):  # fmt: skip
        with torch.no_grad():
            whole = function(*arguments)
            each = torch.cat([function(*(argument[k : k + 1] for argument in arguments)) for k in range(5)])
        # A learned covariance says it in single precision.
        torch.testing.assert_close(whole, each, rtol=1e-5, atol=1e-5)


@every_architecture
def test_a_value_predicted_by_itself_depends_on_the_context_alone(arch: str) -> None:
    """Whatever other points are asked for, and in which order."""
    network, (context, _) = build(arch), draw(4)
    order = torch.cat([torch.arange(7), torch.arange(19, 6, -1)])
    fewer = torch.cat([context[..., :7], context[..., 12:15]], -1)
    with torch.no_grad():
        whole = network(context)
        torch.testing.assert_close(network(context[..., order]), whole[..., order], rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(network(fewer)[..., 7:], whole[..., 12:15], rtol=1e-5, atol=1e-5)


@every_architecture
def test_no_prediction_sees_its_own_value_nor_later_ones(arch: str) -> None:
    network, (context, target) = build(arch), draw(4)
    changed = target.clone()
    changed[..., 12:] += 3
    with torch.no_grad():
        before, after = (network.sequential(context, each) for each in (target, changed))
    torch.testing.assert_close(after[..., 7:13], before[..., 7:13], rtol=1e-6, atol=1e-6)
    assert (after[..., 13:] - before[..., 13:]).abs().max() > 1e-4


@every_architecture
def test_the_first_target_point_has_nothing_but_the_context(arch: str) -> None:
    network, (context, target) = build(arch), draw(4)
    with torch.no_grad():
        one_shot, sequential = network(context), network.sequential(context, target)
    torch.testing.assert_close(one_shot[..., 7], sequential[..., 7], rtol=1e-5, atol=1e-6)


@every_architecture
def test_nothing_attends_to_a_value_that_nobody_knows(arch: str) -> None:
    network, (context, target) = build(arch), draw(4)
    unknown = target.clone()
    unknown[..., 10] = math.nan
    kept = [place for place in range(20) if place != 10]
    with torch.no_grad():
        without = network.sequential(context[..., kept], target[..., kept])
        found = network.sequential(context, unknown)[..., kept]
    torch.testing.assert_close(found[..., 7:], without[..., 7:], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("arch", ONE_BY_ONE)
def test_cached_keys_and_values_give_the_paths_of_the_definition(arch: str) -> None:
    """One by one, all computed anew from the values so far; signals differ in how much of them is given."""
    network = build(arch)
    contexts = [draw(2, given=given, seed=given)[0] for given in (3, 7)]
    context = torch.cat(contexts)
    noise = learning.standard_normal(4, 20)
    with torch.no_grad():
        found = network.paths(context, noise)
        for path in range(noise.shape[1]):
            target = torch.full((4, 1, 20), math.nan, dtype=torch.float64)
            for t in range(20):
                mean, std = network.sequential(context, target)[..., t].unbind(1)
                drawn = mean + std * noise[:, path, t]
                target[:, 0, t] = torch.where(asked(context)[:, t], drawn, math.nan)
            expected = torch.where(asked(context), target[:, 0], context[:, 2])
            torch.testing.assert_close(found[:, path], expected, rtol=1e-8, atol=1e-8)


@every_architecture
def test_gradients_reach_every_weight_and_are_finite(arch: str) -> None:
    network = build(arch).train()
    context, target = draw(16)
    for kind in ("gaussian_nll", "damped_gaussian_nll"):
        network.zero_grad()
        estimate, asked_for = network(context, target)
        learning.loss(estimate, asked_for, kind).backward()
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None and parameter.grad.isfinite().all(), name
            assert parameter.grad.abs().max() > 0 or "key.bias" in name, name


@every_architecture
def test_single_precision_says_the_same(arch: str) -> None:
    network, (context, target) = build(arch), draw(4)
    with torch.no_grad():
        double = network.sequential(context, target)
        single = network.float().sequential(context.float(), target.float())
    torch.testing.assert_close(single.double()[..., 7:], double.double()[..., 7:], rtol=2e-3, atol=2e-3)
