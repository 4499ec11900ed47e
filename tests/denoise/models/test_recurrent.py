"""The recurrent network against its equations and the published sizes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tidemark.denoise.models.recurrent import Hyperparameters, Model


@pytest.mark.parametrize(
    ("cell", "bidirectional", "hidden", "parameters"),
    [("rnn", False, 30, 1021), ("rnn", True, 30, 2041), ("gru", True, 30, 6001), ("rnn", False, 2, 13)],
)
def test_published_sizes(cell: str, bidirectional: bool, hidden: int, parameters: int) -> None:
    chosen = Hyperparameters.model_validate({"cell": cell, "bidirectional": bidirectional, "hidden": hidden})
    assert sum(p.numel() for p in Model(chosen, 1, 100).parameters()) == parameters


def rnn_step(x: Tensor, h: Tensor, wi: Tensor, wh: Tensor, bi: Tensor, bh: Tensor) -> Tensor:
    """J. L. Elman, "Finding structure in time" (1990): h ← tanh(Wᵢx + bᵢ + Wₕh + bₕ)."""
    return torch.tanh(wi @ x + bi + wh @ h + bh)


def gru_step(x: Tensor, h: Tensor, wi: Tensor, wh: Tensor, bi: Tensor, bh: Tensor) -> Tensor:
    """K. Cho et al. (2014), the reset gate applied to the hidden product, as in cuDNN.

    Rows of the weights: reset, update, new.
    """
    n = len(h)
    from_input, from_state = wi @ x + bi, wh @ h + bh
    reset = torch.sigmoid(from_input[:n] + from_state[:n])
    update = torch.sigmoid(from_input[n : 2 * n] + from_state[n : 2 * n])
    new = torch.tanh(from_input[2 * n :] + reset * from_state[2 * n :])
    return (1 - update) * new + update * h


def by_hand(model: Model, chosen: Hyperparameters, signal: Tensor) -> Tensor:
    """Estimate for one signal (channels, length), one sample after the other."""
    step = rnn_step if chosen.cell == "rnn" else gru_step
    weights = dict(model.recurrent.named_parameters())
    sequence = list(signal.T)
    for layer in range(chosen.layers):
        directions = []
        for suffix in ("", "_reverse")[: 1 + chosen.bidirectional]:
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            wi, wh, bi, bh = (weights[f"{name}_l{layer}{suffix}"] for name in names)
            h, states = torch.zeros(chosen.hidden), []
            for x in reversed(sequence) if suffix else sequence:
                h = step(x, h, wi, wh, bi, bh)
                states.append(h)
            directions.append(states[::-1] if suffix else states)
        sequence = [torch.cat(both) for both in zip(*directions, strict=True)]
    estimate = torch.stack([model.readout.weight @ h + model.readout.bias for h in sequence], dim=1)
    return torch.tanh(estimate) if chosen.output == "tanh" else estimate


@pytest.mark.parametrize("cell", ["rnn", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("layers", "output"), [(1, "tanh"), (2, "linear")])
def test_the_network_obeys_its_equations(cell: str, bidirectional: bool, layers: int, output: str) -> None:
    chosen = Hyperparameters.model_validate(
        {"cell": cell, "hidden": 4, "bidirectional": bidirectional, "layers": layers, "output": output}
    )
    torch.manual_seed(0)
    model = Model(chosen, channels=2, length=9)
    signal = torch.randn(2, 9)
    torch.testing.assert_close(model(signal[None])[0], by_hand(model, chosen, signal), rtol=1e-5, atol=1e-6)


def test_tanh_keeps_the_estimate_within_one() -> None:
    bounded, free = (Model(Hyperparameters.model_validate({"output": o}), 1, 20) for o in ("tanh", "linear"))
    for model in (bounded, free):
        nn.init.constant_(model.readout.bias, 5.0)
    assert bounded(torch.randn(3, 1, 20)).abs().max() <= 1
    assert free(torch.randn(3, 1, 20)).max() > 1


def test_a_centred_network_moves_with_the_level() -> None:
    model = Model(Hyperparameters(bidirectional=True, centre=True), channels=2, length=30).double()
    signal = torch.randn(3, 2, 30, dtype=torch.float64)
    level = torch.tensor([[[400.0], [-7.0]]], dtype=torch.float64)
    torch.testing.assert_close(model(signal + level), model(signal) + level)


def test_a_causal_network_cannot_be_centred() -> None:
    with pytest.raises(ValueError, match="centre needs bidirectional"):
        Hyperparameters(centre=True)
