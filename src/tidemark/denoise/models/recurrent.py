"""A recurrent network read out sample by sample.

Published (Batra, "Signal denoising using RNNs in PyTorch"): one layer of 30 units, plain or
gated (GRU), in one direction or in both, then a linear layer to one channel and tanh.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import model_validator
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen
from tidemark.core.network import Architecture, Network


class Hyperparameters(Frozen):
    """Size and kind of the network; the defaults are the published plain RNN."""

    cell: Literal["rnn", "gru"] = "rnn"
    hidden: Count = 30
    """Units a layer and direction."""
    layers: Count = 1
    bidirectional: bool = False
    output: Literal["tanh", "linear"] = "tanh"
    """tanh keeps the estimate within (-1, 1)."""
    centre: bool = False
    """Take each signal's mean out before, and put it back after: for signals at any level."""

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
        self.recurrent = cell(channels, h.hidden, h.layers, batch_first=True, bidirectional=h.bidirectional)
        self.readout = nn.Linear(h.hidden * (2 if h.bidirectional else 1), channels)

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        level = signal.mean(-1, keepdim=True) if self.centre else torch.zeros_like(signal[..., :1])
        states, _ = self.recurrent((signal - level).transpose(1, 2))  # (batch, length, hidden × directions)
        estimate: Tensor = self.readout(states).transpose(1, 2)  # (batch, channels, length)
        return level + (torch.tanh(estimate) if self.output == "tanh" else estimate)


ARCHITECTURE = Architecture(Hyperparameters, Model)
