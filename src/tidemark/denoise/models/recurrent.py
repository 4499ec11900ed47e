"""A recurrent network read out sample by sample.

Published (Batra, "Signal denoising using RNNs in PyTorch"): one layer of 30 units, plain or
gated (GRU), in one direction or in both, then a linear layer to one channel and tanh. Its closing
question, whether to begin with the output equal to the input, is the hyperparameter `initialisation`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.network import Architecture, Network

SMALL = 0.1
"""A channel's share in the unit that passes it on: 1 becomes 0.0997 by tanh, 0.3 % less."""
SHUT = -6.0
"""Bias of a closed gate: 0.25 % of the old state stays, and there is still a slope to learn by."""


class Hyperparameters(Frozen):
    """Size and kind of the network; the defaults are the published plain RNN."""

    cell: Literal["rnn", "gru"] = "rnn"
    hidden: Count = 30
    """Units a layer and direction."""
    layers: Count = 1
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of each layer's outputs that training leaves out before the next layer."""
    bidirectional: bool = False
    output: Literal["tanh", "linear"] = "tanh"
    """tanh keeps the estimate within (-1, 1)."""
    centre: bool = False
    """Take each signal's mean out before, and put it back after: for signals at any level."""
    initialisation: Literal["random", "identity"] = "random"
    """random: as torch draws weights; identity: the first estimate is the input (where the output is
    tanh, its tanh), by one unit for each channel in every layer, all others drawn but not read
    out."""

    @model_validator(mode="after")
    def _dropout_between_layers(self) -> Hyperparameters:
        if self.dropout and self.layers == 1:
            raise ValueError(
                "dropout is between layers, and there is one; take layers of at least 2, or dropout 0"
            )
        return self

    @model_validator(mode="after")
    def _mean_of_the_whole(self) -> Hyperparameters:
        if self.centre and not self.bidirectional:
            raise ValueError("centre needs bidirectional: the mean of a signal is not known before its end")
        return self


class Model(Network):
    """Recurrent layers, then the same linear map at every sample."""

    def __init__(self, hyperparameters: Hyperparameters, channels: int, length: int) -> None:
        """For signals of `channels` channels; `length` is not used: any length will do."""
        super().__init__()
        h = hyperparameters
        cell = {"rnn": nn.RNN, "gru": nn.GRU}[h.cell]
        self.causal = not h.bidirectional
        self.output = h.output
        self.centre = h.centre
        self.recurrent = cell(
            channels, h.hidden, h.layers, batch_first=True, dropout=h.dropout, bidirectional=h.bidirectional
        )
        self.readout = nn.Linear(h.hidden * (2 if h.bidirectional else 1), channels)
        if h.initialisation == "identity":
            if h.hidden < channels:
                raise InputError(
                    f"hyperparameters.hidden = {h.hidden}: identity takes a unit for each of the {channels} "
                    "channels; choose at least as many"
                )
            self._pass_through(channels)

    @torch.no_grad()
    def _pass_through(self, channels: int) -> None:
        """Let unit c of the forward direction hold `SMALL` times channel c in all layers, and read it out.

        Small values pass tanh unchanged. A GRU's units take their new value whole if the update gate is shut.
        """
        hidden, units = self.recurrent.hidden_size, torch.arange(channels)
        gated = isinstance(self.recurrent, nn.GRU)
        new = (
            units + 2 * hidden if gated else units
        )  # rows of the weights: reset, update and new state, or one
        for layer in range(self.recurrent.num_layers):
            of_input, of_state, *biases = (
                getattr(self.recurrent, f"{kind}_l{layer}")
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            for each in (of_input, of_state, *biases):
                each[new] = 0.0
            of_input[new, units] = SMALL if layer == 0 else 1.0
            if gated:
                update = units + hidden
                for each in (of_input, of_state, *biases):
                    each[update] = 0.0
                biases[0][update] = SHUT
        for each in (self.readout.weight, self.readout.bias):
            each.zero_()
        self.readout.weight[units, units] = 1 / SMALL

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        level = signal.mean(-1, keepdim=True) if self.centre else torch.zeros_like(signal[..., :1])
        states, _ = self.recurrent((signal - level).transpose(1, 2))  # (batch, length, hidden × directions)
        estimate: Tensor = self.readout(states).transpose(1, 2)  # (batch, channels, length)
        return level + (torch.tanh(estimate) if self.output == "tanh" else estimate)


ARCHITECTURE = Architecture(Hyperparameters, Model)
