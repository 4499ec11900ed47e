"""Parameters of modules, counted by hand."""

from __future__ import annotations

import torch
from torch import nn

from tidemark.core.modules import OWN, parameters_by_module


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(5))
        self.rnn = nn.GRU(3, 4)
        self.active = nn.ReLU()
        self.out = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 2, bias=False))
        self.tied = self.out[1]


def test_every_parameter_is_counted_once_with_its_module() -> None:
    network = Network()
    found = list(parameters_by_module(network))
    gru = 3 * (3 * 4 + 4 * 4 + 2 * 4)
    assert found == [("rnn", "GRU", gru), ("out", "Sequential", 8 + 2 + 4), (OWN, "Network", 5)]
    assert sum(number for _, _, number in found) == sum(each.numel() for each in network.parameters())
