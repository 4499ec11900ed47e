"""The toy task, scored: the squared error of estimates of the constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tidemark.toy.learning import TARGET, inputs

from tidemark.core.scoring import Scoring
from tidemark.core.store import Array, Split
from tidemark.evaluation.predictions import collect, in_batches, target_shape

if TYPE_CHECKING:
    import torch

    from tidemark.core.network import Network


def predict(network: Network, device: torch.device, split: Split) -> Array:
    return in_batches(network, device, inputs(split))


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Squared error and count of each signal, (signals,)."""
    squared = np.square(estimate - split[TARGET]).sum((1, 2), dtype=np.float64)
    return {"mse": (squared, np.ones_like(squared))}


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    return numerator / denominator


SCORING = Scoring(
    headline="mse",
    better={"mse": "lower"},
    sums=sums,
    metric=metric,
    predict=predict,
    collect=collect(target_shape(TARGET)),
)
