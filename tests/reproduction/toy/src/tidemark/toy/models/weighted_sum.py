"""A weighted sum of the observations."""

from __future__ import annotations

from torch import Tensor, nn

from tidemark.core.frozen import Frozen
from tidemark.core.network import Architecture, Network


class Hyperparameters(Frozen):
    bias: bool = False


class Model(Network):
    def __init__(self, hyperparameters: Hyperparameters, length: int) -> None:
        super().__init__()
        self.weights = nn.Linear(length, 1, bias=hyperparameters.bias)

    def forward(self, signal: Tensor) -> Tensor:
        """From (batch, 1, length) to (batch, 1, 1)."""
        estimate: Tensor = self.weights(signal)
        return estimate


ARCHITECTURE = Architecture(Hyperparameters, Model)
