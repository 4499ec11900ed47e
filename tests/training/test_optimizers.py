"""Which optimiser an entry gives, against one written from its definition; its state on disk."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from support.small_runs import entry
from tidemark.training import optimizers
from tidemark.training.entry import TrainingEntry

KINDS = ("adamw", "sgd", "soap")


def settings(kind: str, **changes: Any) -> TrainingEntry:
    return entry(optimizer=kind, **changes)


def steps(optimizer: torch.optim.Optimizer, weight: Tensor, gradients: list[Tensor]) -> list[np.ndarray]:
    """The weight after each step along the given gradients."""
    seen = []
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimizer.step()
        seen.append(weight.detach().numpy().copy())
    return seen


def gradients(rows: int, columns: int, count: int) -> list[Tensor]:
    stream = torch.Generator().manual_seed(2)
    return [torch.randn(rows, columns, generator=stream) for _ in range(count)]


def test_soap_is_adam_in_the_eigenbasis_of_the_gradients() -> None:
    """Algorithm 3 of the paper, before the basis is renewed for the first time, after ten steps."""
    layer = nn.Linear(3, 4, bias=False)
    first = layer.weight.detach().numpy().astype(np.float64)
    given = gradients(4, 3, 8)
    found = steps(optimizers.build(layer, settings("soap", learning_rate=0.01)), layer.weight, given)
    one, two = 0.9, 0.999
    start = given[0].numpy().astype(np.float64)
    left, right = (1 - two) * start @ start.T, (1 - two) * start.T @ start
    basis_left, basis_right = (np.linalg.eigh(each)[1] for each in (left, right))
    weight, mean, square = first, np.zeros((4, 3)), np.zeros((4, 3))
    np.testing.assert_array_equal(found[0], first)  # the first gradient only gives the basis
    for count, gradient in enumerate(given[1:], 1):
        turned = basis_left.T @ gradient.numpy() @ basis_right
        mean = one * mean + (1 - one) * turned
        square = two * square + (1 - two) * turned**2
        move = mean / (1 - one**count) / (np.sqrt(square / (1 - two**count)) + 1e-8)
        weight = weight - 0.01 * basis_left @ move @ basis_right.T
        np.testing.assert_allclose(found[count], weight, rtol=2e-3, atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_went_through_json_goes_on_alike(kind: str) -> None:
    given = gradients(4, 3, 30)
    layer = nn.Linear(3, 4)
    layer.bias.grad = torch.ones(4)
    optimizer = optimizers.build(layer, settings(kind))
    steps(optimizer, layer.weight, given[:13])
    tensors, values = optimizers.state(optimizer)
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    other = nn.Linear(3, 4)
    other.load_state_dict(layer.state_dict())
    other.bias.grad = torch.ones(4)
    again = optimizers.build(other, settings(kind))
    optimizers.restore(again, tensors, json.loads(json.dumps(values)))
    for one, two in zip(
        steps(optimizer, layer.weight, given[13:]), steps(again, other.weight, given[13:]), strict=True
    ):
        np.testing.assert_array_equal(one, two)
    assert torch.equal(layer.bias, other.bias)


@pytest.mark.parametrize(("kind", "cls"), [("adamw", "AdamW"), ("sgd", "SGD"), ("soap", "SOAP")])
def test_rate_and_decay_are_the_entrys(kind: str, cls: str) -> None:
    optimizer = optimizers.build(nn.Linear(2, 2), settings(kind, learning_rate=0.25, weight_decay=0.125))
    assert type(optimizer).__name__ == cls
    assert [(group["lr"], group["weight_decay"]) for group in optimizer.param_groups] == [(0.25, 0.125)]
