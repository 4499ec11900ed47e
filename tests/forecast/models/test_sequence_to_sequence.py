"""Encoder and decoder against PyTorch's own cells, step by step, and the published sizes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from support.forecasts import assert_series_of_their_own
from tidemark.forecast.models.sequence_to_sequence import (
    MANY,
    GatedRecurrence,
    Hyperparameters,
    Model,
    MultilayerEncoder,
    recur,
)

ENCODERS = ["recurrent", "multilayer"]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def model(lookback: int = 20, horizon: int = 4, seed: int = 0, **chosen: object) -> Model:
    """A small network in double precision."""
    torch.manual_seed(seed)
    small = {"reader": 3, "hidden": 9, **chosen}
    return Model(Hyperparameters.model_validate(small), 1, lookback, horizon).double()


def signals(*shape: int) -> Tensor:
    """Signals (…, samples) in double precision."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(7))


@pytest.mark.parametrize(
    ("chosen", "lookback", "parameters"),
    [
        ({}, 100, 45_415),
        ({"encoder": "multilayer", "teacher_forcing": False}, 100, 141_573),
        # Layers n → 100 → n → 200 for n = 202, a decoder of 200 units, 200 → 100 → 50 → 1.
        (
            {"encoder": "multilayer", "hidden": 200},
            100,
            20_300 + 20_402 + 40_600 + 3 * 200 * 203 + 20_100 + 5_050 + 51,
        ),
        # A reader of 10 units, a decoder of 10 + 2 · 51 = 112, as for 100 samples; of 10 + 2 · 6 = 22.
        ({}, 101, 45_415),
        ({}, 11, 390 + 3 * 22 * 25 + 22 * 11 + 11 + 12),
    ],
)
def test_published_sizes(chosen: dict[str, object], lookback: int, parameters: int) -> None:
    network = Model(Hyperparameters.model_validate(chosen), 1, lookback, 5)
    assert sum(p.numel() for p in network.parameters()) == parameters


def cell(layer: nn.GRU) -> nn.GRUCell:
    """PyTorch's cell with the weights of a layer, the very same tensors."""
    made = nn.GRUCell(1, layer.hidden_size)
    for name, _ in list(made.named_parameters()):
        setattr(made, name, getattr(layer, f"{name}_l0"))
    return made


def by_cells(network: Model, past: Tensor, future: Tensor | None, detach: bool = True) -> Tensor:
    """The future (series, horizon) of `past` (series, lookback), one cell after the other.

    Features by NumPy; with `future`, decoded from it, and otherwise from what was decoded last.
    """
    transform = np.fft.rfft(past.numpy()) / past.shape[-1]
    features = torch.from_numpy(np.concatenate([np.abs(transform), np.angle(transform)], -1))
    if isinstance(network.encoder, MultilayerEncoder):
        state = network.encoder.layers(torch.cat([past, features], -1))
    else:
        reader = cell(network.encoder.recurrent)
        state = past.new_zeros(len(past), reader.hidden_size)
        for sample in past.T:
            state = reader(sample[:, None], state)
        state = torch.cat([state, features], -1)
    decoder, fed, samples = cell(network.decoder), past[:, -1:], []
    for step in range(network.horizon):
        state = decoder(fed, state)
        samples.append(network.readout(state))
        own = samples[-1].detach() if detach else samples[-1]
        fed = own if future is None else future[:, step, None]
    return torch.cat(samples, -1)


def gradients(network: Model, estimate: Tensor) -> list[Tensor]:
    """Of a weighted sum of the estimate (…, horizon), in every parameter."""
    weight = signals(*estimate.shape)
    return list(torch.autograd.grad((estimate * weight).sum(), list(network.parameters())))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("teacher_forcing", [False, True])
@pytest.mark.parametrize(("lookback", "horizon"), [(20, 4), (15, 1), (2, 6)])
def test_it_is_a_loop_over_cells(encoder: str, teacher_forcing: bool, lookback: int, horizon: int) -> None:
    network = model(lookback, horizon, encoder=encoder)
    past, future = signals(6, 1, lookback), signals(6, 1, horizon) + 1
    estimate = network(past, future)[0] if teacher_forcing else network(past)
    expected = by_cells(network, past[:, 0], future[:, 0] if teacher_forcing else None)[:, None]
    torch.testing.assert_close(estimate, expected)
    torch.testing.assert_close(gradients(network, estimate), gradients(network, expected))
    with torch.inference_mode():
        torch.testing.assert_close(network(past), by_cells(network, past[:, 0], None)[:, None])


def test_no_gradient_flows_through_what_is_fed_back() -> None:
    network, past = model(encoder="multilayer"), signals(6, 1, 20)
    ours = gradients(network, network(past))
    through = gradients(network, by_cells(network, past[:, 0], None, detach=False)[:, None])
    assert max((a - b).abs().max() for a, b in zip(ours, through, strict=True)) > 1e-5


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("series", [3, MANY])
def test_the_recurrence_is_the_layer_of_pytorch(device: str, series: int) -> None:
    layer = nn.GRU(1, 5).double().to(device)
    fed, state = signals(7, series, 1).to(device), signals(series, 5).to(device).requires_grad_()
    ours, theirs = recur(layer, fed, state), layer(fed, state[None])[0]
    torch.testing.assert_close(ours, theirs)
    with torch.no_grad():
        torch.testing.assert_close(recur(layer, fed, state), theirs.detach())
    weight = signals(*theirs.shape).to(device)
    inputs = [state, *layer.parameters()]
    slopes = [torch.autograd.grad((states * weight).sum(), inputs) for states in (ours, theirs)]
    torch.testing.assert_close(*slopes)


def test_its_gradient_is_that_of_finite_differences() -> None:
    inputs = [signals(*shape) for shape in ((4, 3, 1), (3, 2), (6, 1), (6, 2), (6,), (6,))]
    inputs = [inputs[0], *(x.requires_grad_() for x in inputs[1:])]
    assert torch.autograd.gradcheck(lambda *given: GatedRecurrence.apply(*given, None), inputs)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("teacher_forcing", [False, True])
def test_channels_and_signals_are_series_of_their_own(encoder: str, teacher_forcing: bool) -> None:
    network = model(encoder=encoder)
    past, future = signals(3, 2, 20), signals(3, 2, 4)
    assert_series_of_their_own(network, past, future, 4, teacher_forcing)


def test_missing_values_of_the_future_are_not_fed() -> None:
    network, past, future = model(), signals(2, 1, 20), signals(2, 1, 4)
    future[0, 0, 1:3] = torch.nan
    future[1, 0, 0] = torch.nan
    estimate, target = network(past, future)
    assert target is future
    fed = future.clone()
    fed[0, 0, 1:3] = future[0, 0, 0]
    fed[1, 0, 0] = past[1, 0, -1]
    torch.testing.assert_close(estimate, network(past, fed)[0])
    present = ~target.isnan()
    slopes = torch.autograd.grad((estimate - target)[present].square().mean(), list(network.parameters()))
    assert all(slope.isfinite().all() for slope in slopes)


def test_teacher_forcing_is_of_training_only() -> None:
    assert Model(Hyperparameters(), 1, 20, 4).teacher_forcing
    assert not Model(Hyperparameters(encoder="multilayer", teacher_forcing=False), 1, 20, 4).teacher_forcing
