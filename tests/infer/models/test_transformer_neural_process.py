"""One layer of the neural process against its equations, and what it must not depend on."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from support.point_signals import draw
from tidemark.infer.models.transformer_neural_process import Hyperparameters, Layer, Model, Tokens


def build() -> Model:
    torch.manual_seed(0)
    network = Model(Hyperparameters(width=8, heads=2, layers=2), 2, 10).double().eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape))
    return network


def test_a_layer_is_its_equations() -> None:
    """Scores of distance, member and content; a softmax over what is seen and nothing; corrections."""
    layer, (context, _) = build().layers[0], draw(1, given=20)
    assert isinstance(layer, Layer)
    tokens = Tokens.of(context)
    state = torch.randn(1, 20, 8, dtype=torch.float64)
    level = torch.randn(1, 20, dtype=torch.float64)
    seen = torch.rand(1, 20, 20) < 0.5
    with torch.no_grad():
        keys, values = layer.extended(tokens, state, level)
        new_state, new_level = layer(tokens, state, level, keys, values, seen)
        normal = layer.norm(state)[0]
        x, member, residual = tokens.position[0], tokens.member[0], (tokens.value - level)[0]
        query, key = (each(normal).view(20, 2, 4) for each in (layer.query, layer.key))
        precision = torch.exp(layer.log_precision + layer.precision(normal))
        for t in range(20):
            step, looked, told = 0.0, [], [[], [], []]
            for head in range(2):
                score = (query[t, head] * key[:, head]).sum(-1) / 2
                score = (
                    score
                    - precision[t, head] / 2 * (x[t] - x) ** 2
                    + layer.same[head] * (member == member[t])
                )
                weight = torch.exp(torch.where(seen[0, t], score, -torch.inf))
                nothing = torch.exp(layer.nothing[head])
                weight, alone = weight / (weight.sum() + nothing), nothing / (weight.sum() + nothing)
                smooth = (weight * residual).sum()
                step = step + layer.gain(normal[t])[head] * smooth
                looked.append(weight @ layer.value(normal).view(20, 2, 4)[:, head])
                told[0].append(torch.log((weight * residual**2).sum() + 1e-8) / 4)
                told[1].append(torch.log(alone + 1e-6) / 4)
                told[2].append(smooth)
            found = state[0, t] + layer.out(torch.cat([*looked, *(torch.stack(each) for each in told)]))
            torch.testing.assert_close(new_level[0, t], level[0, t] + step)
            torch.testing.assert_close(new_state[0, t], found + layer.dense(found))


def test_moved_positions_change_nothing() -> None:
    network, (context, target) = build(), draw(3)
    moved = context.clone()
    moved[:, 0] += 70.0
    with torch.no_grad():
        torch.testing.assert_close(
            network.sequential(moved, target), network.sequential(context, target), rtol=1e-8, atol=1e-8
        )


def test_the_order_of_the_context_changes_nothing() -> None:
    network, (context, _) = build(), draw(3)
    order = torch.cat([torch.arange(6, -1, -1), torch.arange(7, 20)])
    with torch.no_grad():
        torch.testing.assert_close(network(context[..., order])[..., 7:], network(context)[..., 7:])


@pytest.mark.parametrize(
    ("chosen", "message"),
    [({"width": 10, "heads": 4}, "no multiple of 4 heads"), ({"length_scales": (2, 1)}, "run downwards")],
)
def test_sizes_that_do_not_fit_are_refused(chosen: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Hyperparameters.model_validate(chosen)
