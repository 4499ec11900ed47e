"""Trained models with known results: functions of arrays, and what they say of the signals that they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tidemark.core.network import Network
from tidemark.core.store import Array, DatasetInfo
from tidemark.core.trained import Trained, TrainedInfo

USUAL: dict[str, Any] = {
    "name": "signals", "task": "denoise", "generator": "recorded", "channels": 1, "length": 20,
    "sampling_rate": 1.0, "rate_unit": "sample", "units": "", "seed": 0, "splits": {"train": 1},
}  # fmt: skip


def signals(**known: Any) -> DatasetInfo:
    """Signals of one channel at any rate, unless told otherwise."""
    return DatasetInfo(**USUAL | known)


class Function(Network):
    """A network without weights."""

    def __init__(self, function: Callable[[Array], Array]) -> None:
        super().__init__()
        self.function = function

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.from_numpy(np.asarray(self.function(inputs.numpy()), dtype=np.float32))


def trained(function: Callable[[Array], Array], info: DatasetInfo) -> Trained:
    """A model that predicts by a function of arrays."""
    described = TrainedInfo("model", "function", {}, causal=False, parameters=0, dataset=info)
    return Trained(described, Function(function), torch.device("cpu"))
