"""The recurrent network against its equations and the published sizes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tidemark.core.errors import InputError
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


def test_dropout_leaves_out_that_share_between_layers_in_training() -> None:
    """N. Srivastava et al., "Dropout" (2014): nothing changes at test time; training keeps the mean."""
    chosen = Hyperparameters(layers=2, hidden=8, dropout=0.4, output="linear")
    torch.manual_seed(0)
    model, plain = Model(chosen, 1, 50), Model(chosen.model_copy(update={"dropout": 0.0}), 1, 50)
    plain.load_state_dict(model.state_dict())
    signal = torch.randn(4, 1, 50)
    assert model.recurrent.dropout == 0.4
    torch.testing.assert_close(model.eval()(signal), plain(signal))
    draws = torch.stack([model.train()(signal) for _ in range(300)])
    assert (draws.std(0) > 0).all()
    # A linear second layer would have the plain mean; a tanh of small values nearly.
    assert (draws.mean(0) - plain(signal)).abs().mean() < 0.1 * draws.std()


def test_dropout_of_a_single_layer_is_refused_where_torch_only_warns() -> None:
    with pytest.raises(ValueError, match="dropout is between layers"):
        Hyperparameters(dropout=0.1)


@pytest.mark.parametrize("cell", ["rnn", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
def test_an_identity_begins_with_its_input(cell: str, bidirectional: bool, layers: int) -> None:
    values = {"cell": cell, "bidirectional": bidirectional, "layers": layers, "hidden": 7}
    signal = torch.empty(5, 2, 40).uniform_(-1.35, 1.35)
    linear = Hyperparameters.model_validate(values | {"initialisation": "identity", "output": "linear"})
    assert (Model(linear, 2, 40)(signal) - signal).abs().max() < 0.03 * (1 + layers)
    bounded = Hyperparameters.model_validate(values | {"initialisation": "identity"})
    assert (Model(bounded, 2, 40)(signal) - torch.tanh(signal)).abs().max() < 0.03 * (1 + layers)
    drawn = Hyperparameters.model_validate(values | {"output": "linear"})
    assert (Model(drawn, 2, 40)(signal) - signal).abs().max() > 0.5


def test_an_identity_learns_with_all_its_weights() -> None:
    chosen = Hyperparameters(cell="gru", hidden=6, initialisation="identity")
    model = Model(chosen, 1, 30)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):  # the first step lets the read-out see the units
        optimizer.zero_grad()
        model(torch.randn(8, 1, 30)).square().mean().backward()
        optimizer.step()
    assert all((each.grad != 0).any() for each in model.parameters())


def test_an_identity_needs_a_unit_for_each_channel() -> None:
    with pytest.raises(InputError, match="hidden = 1: identity takes a unit for each of the 2 channels"):
        Model(Hyperparameters(hidden=1, initialisation="identity"), 2, 30)
