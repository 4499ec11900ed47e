"""The published model against its equations written out, point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor
from torch.nn import functional

from support.point_signals import draw
from tidemark.infer.models.causal_attention import Hyperparameters, Layer, Model, _partner


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


def test_waves_are_alike_where_positions_are_near() -> None:
    """Scalar products of embeddings hang on the distance alone, and fall with it up to a third of the unit."""
    network = Model(Hyperparameters(embedding=32, positions="waves"), 2, 10)
    weight = network.position.weight.detach().double()
    products = weight @ weight.T
    for distance in range(20):
        diagonal = products.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), rtol=1e-4, atol=1e-4)
    assert (products[0, :4].diff() < 0).all()


def test_without_rectifier_and_normalisation_a_layer_is_plain_attention() -> None:
    torch.manual_seed(0)
    layer = Layer(Hyperparameters(embedding=8, heads=2, rectified=False, normalised=False, dropout=0))
    embedded, values, seen = torch.randn(1, 5, 8), torch.randn(1, 5, 8), torch.ones(1, 5, 5).bool()
    query, key, value = (
        each.view(1, 5, 2, 4).transpose(1, 2)
        for each in (layer.query(embedded), layer.key(embedded), layer.values(values))
    )
    attended = functional.scaled_dot_product_attention(query, key, value)
    expected = embedded + layer.out(attended.transpose(1, 2).flatten(-2))
    found = layer(embedded, layer.weights(embedded, seen), layer.values(values))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_signals_predicted_alone_see_no_true_value(share: float) -> None:
    torch.manual_seed(0)
    network = Model(Hyperparameters(embedding=8, alone=share, dropout=0), 2, 10)
    assert network.validates_with_targets == (share == 0)
    context, target = (each.float() for each in draw(4))
    estimate, returned = network(context, target)
    torch.testing.assert_close(returned, target, equal_nan=True)
    expected = network(context) if share else network.sequential(context, target)
    torch.testing.assert_close(estimate, expected)


def test_the_partner_is_interpolated_as_numpy_does() -> None:
    context, _ = draw(3, given=13)
    found = _partner(context)
    for row in range(3):
        x, member, y = context[row].numpy()
        for point in range(20):
            other = (member != member[point]) & ~np.isnan(y)
            order = np.argsort(x[other])
            expected = np.interp(x[point], x[other][order], y[other][order]) if other.any() else 0.0
            assert float(found[row, point]) == pytest.approx(expected, rel=1e-9)


def test_differences_make_up_for_whatever_both_members_share() -> None:
    """Values of both moved by one amount move predictions by it, and change no more; paths feed them back."""
    torch.manual_seed(0)
    network = Model(Hyperparameters(embedding=8, heads=2, dense=(8, 6, 4), differences=True), 2, 10)
    network = network.double().eval()
    context, target = draw(2, given=13)
    moved = context.clone()
    moved[:, 2] += 3.0
    with torch.no_grad():
        for first, second in (
            (network(context), network(moved)),
            (network.sequential(context, target), network.sequential(moved, target + 3)),
        ):
            torch.testing.assert_close(second[:, 0, 13:], first[:, 0, 13:] + 3)
            torch.testing.assert_close(second[:, 1], first[:, 1])
        path = network.paths(context, torch.zeros(2, 1, 20, dtype=torch.float64))
        fed_back = torch.where(target.isnan(), target, path)
        expected = network.sequential(context, fed_back)[:, :1]
    torch.testing.assert_close(path[..., 13:], expected[..., 13:])
