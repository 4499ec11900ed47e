"""The optimisers that an entry may name, their learning rate, and their state as tensors and plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from tidemark.training.entry import TrainingEntry

LARGEST = 512
"""Rows or columns from which `soap` leaves that side of a weight as it is: its cost grows with their cube."""


def build(model: nn.Module, entry: TrainingEntry) -> torch.optim.Optimizer:
    """The optimiser of `entry` for the parameters of `model`.

    adamw: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019). soap: Vyas et al., "SOAP:
    Improving and stabilizing Shampoo using Adam" (2024), with Adam's usual decay rates.
    """
    rate, decay = entry.learning_rate, entry.weight_decay
    if entry.optimizer == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=rate, momentum=entry.momentum, weight_decay=decay, fused=True
        )
    if entry.optimizer == "soap":
        from pytorch_optimizer import SOAP  # here, since it takes a second to import

        return SOAP(
            model.parameters(), lr=rate, betas=(0.9, 0.999), weight_decay=decay, max_precondition_dim=LARGEST
        )
    return torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay, fused=True)


def learning_rate(entry: TrainingEntry, step: int) -> float:
    """Learning rate of `step` (from 0): linear warm-up, then constant or half a cosine to zero.

    Cosine: Loshchilov and Hutter, "SGDR", 2017, equation 5 with one period.
    """
    if step < entry.warmup:
        return entry.learning_rate * (step + 1) / entry.warmup
    if entry.schedule == "constant":
        return entry.learning_rate
    share = (step - entry.warmup) / max(1, entry.steps - entry.warmup)
    return entry.learning_rate * 0.5 * (1 + math.cos(math.pi * share))


def state(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], Any]:
    """The optimiser's tensors by name, and the rest of its state as JSON values that hold those names."""
    tensors: dict[str, Tensor] = {}

    def plain(value: Any, name: str) -> Any:
        if isinstance(value, Tensor):
            tensors[name] = value
            return {"tensor": name, "stride": value.stride()}
        if isinstance(value, Mapping):
            return {str(key): plain(each, f"{name}.{key}") for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each, f"{name}.{place}") for place, each in enumerate(value)]
        return value

    return tensors, plain(optimizer.state_dict(), "state")


def restore(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor], values: Any) -> None:
    """Put back what `state` gave."""

    def whole(value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"tensor", "stride"}:
            tensor = tensors[value["tensor"]]
            # Laid out as it was: a product's rounding depends on the order of its factors in memory.
            return torch.empty_strided(tensor.shape, value["stride"], dtype=tensor.dtype).copy_(tensor)
        if isinstance(value, dict):
            return {key: whole(each) for key, each in value.items()}
        return [whole(each) for each in value] if isinstance(value, list) else value

    saved = whole(values)
    # JSON has no numbers for keys.
    saved["state"] = {int(index): slot for index, slot in saved["state"].items()}
    optimizer.load_state_dict(saved)
