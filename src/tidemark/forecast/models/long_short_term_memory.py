"""One layer of long short-term memory that predicts the next sample.

Published ("Predicting a signal composed of a finite set of harmonics"): 100 units, then a linear layer to one
value; 41,301 parameters (S. Hochreiter and J. Schmidhuber, Neural Computation 9 (1997)). In training it
predicts every sample from those before it; in use it reads the past, then its own predictions.
"""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.network import Architecture, Network, last_present

FEW = 64
"""Series up to which PyTorch's own layer is the fastest way to read them on a CPU."""


class Hyperparameters(Frozen):
    """Size of the network, and what of its predictions it learns from; by default as published."""

    hidden: Count = 100
    washout: Annotated[int, Field(ge=0)] = 0
    """Samples at the beginning that training leaves out: too short a past to tell periods by, their errors
    outweigh all others and hide, for hundreds of steps, what a long past would teach."""


class Model(Network):
    """Channels are separate series."""

    causal = False
    teacher_forcing = True

    def __init__(self, hyperparameters: Hyperparameters, channels: int, lookback: int, horizon: int) -> None:
        """For `horizon` samples to come after any `lookback`, of any number of `channels`.

        Raises `InputError` where the washout leaves training nothing.
        """
        super().__init__()
        if hyperparameters.washout >= lookback + horizon - 1:
            raise InputError(
                f"long_short_term_memory: a washout of {hyperparameters.washout} leaves none of the "
                f"{lookback + horizon - 1} predictions of a signal; choose a smaller one"
            )
        self.horizon, self.washout = horizon, hyperparameters.washout
        self.recurrent = nn.LSTM(1, hyperparameters.hidden, batch_first=True)
        self.readout = nn.Linear(hyperparameters.hidden, 1)

    def forward(self, past: Tensor, future: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """The future (batch, channels, horizon) of `past` (batch, channels, lookback), which holds no NaN.

        With `future`, NaN where missing: estimates of all samples but the first and the washout, and those
        samples, both (batch, channels, lookback + horizon − 1 − washout).
        """
        if future is None:
            return self._continue(past.flatten(0, 1)).view(*past.shape[:2], -1)
        signal = torch.cat([past, future], -1)
        states, _ = self.recurrent(last_present(signal)[..., :-1].flatten(0, 1)[..., None])
        estimates = self.readout(states[:, self.washout :])
        wanted = signal[..., 1 + self.washout :]
        return estimates.view_as(wanted), wanted

    def _continue(self, series: Tensor) -> Tensor:
        """Samples (series, horizon) after `series` (series, lookback)."""
        state, cell = self._read(series)
        states = [state]
        # What is fed back is a linear map of the state: with it folded into the recurrent weights there is
        # one product a step, and the predictions are read out of all states at the end.
        weight_ih, weight_hh, bias_ih, bias_hh = self.recurrent.parameters()
        weight = (weight_hh + weight_ih @ self.readout.weight).T
        bias = bias_ih + bias_hh + weight_ih[:, 0] * self.readout.bias
        for _ in range(self.horizon - 1):
            into, keep, new, out = torch.addmm(bias, state, weight).chunk(4, 1)
            cell = keep.sigmoid() * cell + into.sigmoid() * new.tanh()
            state = out.sigmoid() * cell.tanh()
            states.append(state)
        samples: Tensor = self.readout(torch.stack(states, 1))
        return samples[..., 0]

    def _read(self, series: Tensor) -> tuple[Tensor, Tensor]:
        """State and cell (series, hidden) after `series` (series, lookback)."""
        if len(series) <= FEW or series.device.type != "cpu" or torch.is_grad_enabled():
            _, (state, cell) = self.recurrent(series[..., None])
            return state[0], cell[0]
        weight_ih, weight_hh, bias_ih, bias_hh = self.recurrent.parameters()
        hidden = weight_hh.shape[1]
        # tanh(a) = 2 σ(2a) − 1: one sigmoid, much the faster of the two, for all four gates.
        scale = weight_hh.new_ones(4, hidden)
        scale[2] = 2
        scale = scale.flatten()
        weight, inputs, bias = weight_hh.T * scale, weight_ih[:, 0] * scale, (bias_ih + bias_hh) * scale
        gates = series.new_empty(len(series), 4 * hidden)
        into, keep, new, out = gates.chunk(4, 1)
        state, cell = series.new_zeros(2, len(series), hidden)
        for sample in series.T[..., None]:
            torch.addmm(bias, state, weight, out=gates).addcmul_(sample, inputs).sigmoid_()
            cell.mul_(keep).addcmul_(into, new.mul_(2).sub_(1))
            torch.mul(cell, 2, out=state).sigmoid_().mul_(2).sub_(1).mul_(out)
        return state, cell


ARCHITECTURE = Architecture(Hyperparameters, Model)
