"""Long short-term memory against PyTorch's own cell, step by step, and the published size."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from support.forecasts import assert_series_of_their_own
from tidemark.core.errors import InputError
from tidemark.forecast.models.long_short_term_memory import FEW, Hyperparameters, Model


def model(horizon: int = 4) -> Model:
    """A small network in double precision."""
    torch.manual_seed(0)
    return Model(Hyperparameters(hidden=6), 1, 20, horizon).double()


def signals(*shape: int) -> Tensor:
    """Signals (…, samples) in double precision."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(7))


def test_published_size() -> None:
    assert sum(p.numel() for p in Model(Hyperparameters(), 1, 100, 5).parameters()) == 41_301


def by_cells(network: Model, series: Tensor, steps: int) -> Tensor:
    """Predictions (series, samples + steps) of samples 1, 2, … after `series` (series, samples), cell by cell.

    The last `steps` are made from the predictions before them.
    """
    cell = nn.LSTMCell(1, network.recurrent.hidden_size)
    for name, _ in list(cell.named_parameters()):
        setattr(cell, name, getattr(network.recurrent, f"{name}_l0"))
    memory: tuple[Tensor, Tensor] | None = None
    predictions: list[Tensor] = []
    for step in range(series.shape[1] + steps):
        fed = series[:, step, None] if step < series.shape[1] else predictions[-1]
        memory = cell(fed, memory)
        predictions.append(network.readout(memory[0]))
    return torch.cat(predictions, -1)


def gradients(network: Model, estimate: Tensor) -> list[Tensor]:
    """Of a weighted mean of the estimate (…, samples), in every parameter."""
    weight = signals(*estimate.shape)
    return list(torch.autograd.grad((estimate * weight).mean(), list(network.parameters())))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_with_teacher_forcing_it_is_a_loop_over_cells(dtype: torch.dtype) -> None:
    network, signal = model().to(dtype), signals(5, 1, 24).to(dtype)
    estimate, target = network(signal[..., :20], signal[..., 20:])
    assert torch.equal(target, signal[..., 1:])  # never wrapped: nothing is asked after the last sample
    expected = by_cells(network, signal[:, 0, :-1], 0)[:, None]
    torch.testing.assert_close(estimate, expected)
    torch.testing.assert_close(gradients(network, estimate), gradients(network, expected))


def test_a_washout_leaves_out_the_first_predictions() -> None:
    torch.manual_seed(0)
    network, whole, signal = (
        Model(Hyperparameters(hidden=6, washout=8), 1, 20, 4).double(),
        model(),
        signals(5, 1, 24),
    )
    estimate, target = network(signal[..., :20], signal[..., 20:])
    assert torch.equal(target, signal[..., 9:])
    torch.testing.assert_close(estimate, whole(signal[..., :20], signal[..., 20:])[0][..., 8:])


def test_a_washout_of_everything_is_refused() -> None:
    with pytest.raises(InputError, match="a washout of 23 leaves none of the 23 predictions"):
        Model(Hyperparameters(washout=23), 1, 20, 4)


@pytest.mark.parametrize(("lookback", "horizon"), [(20, 4), (9, 1), (1, 3)])
def test_in_use_it_goes_on_from_its_own_predictions(lookback: int, horizon: int) -> None:
    network, past = model(horizon), signals(5, 1, lookback)
    estimate = network(past)
    expected = by_cells(network, past[:, 0], horizon - 1)[:, None, lookback - 1 :]
    torch.testing.assert_close(estimate, expected)
    torch.testing.assert_close(gradients(network, estimate), gradients(network, expected))
    forced, _ = network(past, signals(5, 1, horizon))
    torch.testing.assert_close(estimate[..., 0], forced[..., lookback - 1])  # one step ahead


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("series", [1, FEW + 1])
def test_without_gradients_it_reads_the_same(series: int, dtype: torch.dtype) -> None:
    network, past = model().to(dtype), signals(series, 1, 20).to(dtype)
    with torch.inference_mode():
        estimate = network(past)
    torch.testing.assert_close(estimate, by_cells(network, past[:, 0], 3)[:, None, 19:].detach())


def test_an_estimate_depends_on_the_samples_before_it_only() -> None:
    network, signal = model(), signals(12).requires_grad_()
    estimate = network(signal[None, None, :8], signal[None, None, 8:])[0][0, 0]
    slopes = torch.stack([torch.autograd.grad(value, signal, retain_graph=True)[0] for value in estimate])
    # Rows: estimates of samples 1 to 11; columns: samples 0 to 11.
    assert torch.equal(slopes[:, 1:].triu(), torch.zeros(11, 11, dtype=torch.float64))
    assert (slopes.diagonal().abs() > 1e-6).all()  # of the sample just before


@pytest.mark.parametrize("teacher_forcing", [False, True])
def test_channels_and_signals_are_series_of_their_own(teacher_forcing: bool) -> None:
    network, past, future = model(), signals(3, 2, 20), signals(3, 2, 4)
    assert_series_of_their_own(network, past, future, 23 if teacher_forcing else 4, teacher_forcing)


def test_missing_values_of_the_future_are_not_fed() -> None:
    network, past, future = model(), signals(2, 1, 20), signals(2, 1, 4)
    future[0, 0, 1:] = torch.nan
    future[1, 0, 0] = torch.nan
    estimate, target = network(past, future)
    assert torch.equal(target.isnan(), torch.cat([torch.zeros(2, 1, 19), future.isnan()], -1).bool())
    fed = future.clone()
    fed[0, 0, 1:] = future[0, 0, 0]
    fed[1, 0, 0] = past[1, 0, -1]
    torch.testing.assert_close(estimate, network(past, fed)[0])
    present = ~target.isnan()
    slopes = torch.autograd.grad((estimate - target)[present].square().mean(), list(network.parameters()))
    assert all(slope.isfinite().all() for slope in slopes)
