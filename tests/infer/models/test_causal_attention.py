"""The published model against its equations written out, point by point."""

from __future__ import annotations

import math

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor
from torch.nn import functional

from support.point_signals import draw
from tidemark.infer.models.causal_attention import Hyperparameters, Layer, Model


def build() -> Model:
    torch.manual_seed(0)
    network = Model(Hyperparameters(embedding=8, heads=2, dense=(8, 6, 4)), 2, 10).double().eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape))
    return network


def looked(layer: Layer, state: Tensor, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """One point of a layer: residual and layer norm of what its heads found; all states are (embedding,)."""
    parts = []
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        if not len(keys):
            parts.append(torch.zeros(4, dtype=torch.float64))
            continue
        scores = torch.stack([(layer.query(query)[part] * layer.key(key)[part]).sum() / 2 for key in keys])
        weights = torch.exp(scores.clamp(min=0))
        weights = weights / weights.sum()
        parts.append(sum(w * layer.values(v)[part] for w, v in zip(weights, values, strict=True)))
    normal = state + layer.out(torch.cat(parts))
    return functional.layer_norm(normal, (8,), layer.norm.weight, layer.norm.bias)


def by_definition(
    network: Model, x: list[float], member: list[int], y: list[float]
) -> list[tuple[float, float]]:
    """Mean and standard deviation of each point of one signal from all points before it."""
    places = [network.position.weight[round(min(max((one - 5) / 0.1, 0), 100))] for one in x]
    embedded = [place + network.member.weight[one] for place, one in zip(places, member, strict=True)]
    valued = [network.value(torch.tensor([one], dtype=torch.float64)) for one in y]
    result, found = [], []
    for t in range(len(x)):
        keys = embedded[:t]
        found.append(looked(network.first, embedded[t], embedded[t], keys, valued[:t]))
        second = [value + state for value, state in zip(valued[:t], found[:t], strict=True)]
        last = looked(network.second, found[t], embedded[t], keys, second)
        mean, log_std = network.dense(last)
        result.append((float(mean), math.exp(float(log_std))))
    return result


def test_it_is_its_equations() -> None:
    network, (context, target) = build(), draw(1, given=3, points=9)
    value = torch.where(context[:, 2].isnan(), target[:, 0], context[:, 2])
    with torch.no_grad():
        found = network.sequential(context, target)[0]
        x, member = context[0, 0].tolist(), context[0, 1].int().tolist()
        expected = by_definition(network, x, member, value[0].tolist())
    torch.testing.assert_close(found.T, torch.tensor(expected, dtype=torch.float64))


def test_positions_outside_the_grid_are_its_ends() -> None:
    network, (context, target) = build(), draw(2)
    outside, ends = context.clone(), context.clone()
    outside[:, 0, -1], ends[:, 0, -1] = 40.0, 15.0
    with torch.no_grad():
        torch.testing.assert_close(network.sequential(outside, target), network.sequential(ends, target))


def test_maps_say_where_points_look() -> None:
    network, (context, _) = build(), draw(2)
    with torch.no_grad():
        maps = network.attention_maps(context)
    assert list(maps) == ["attention_layer_1", "attention_layer_2"]
    for map_ in maps.values():
        assert map_.shape == (2, 20, 20) and (map_.triu() == 0).all()
        torch.testing.assert_close(map_.sum(-1)[:, 1:], torch.ones(2, 19, dtype=torch.float64))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [({"embedding": 10, "heads": 4}, "no multiple of 4 heads"), ({"range": (15, 5)}, "runs downwards")],
)
def test_sizes_that_do_not_fit_are_refused(chosen: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Hyperparameters.model_validate(chosen)
