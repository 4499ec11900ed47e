"""The toy task, in training: noisy observations are the input, their constant the target."""

from __future__ import annotations

import numpy as np
from torch.nn.functional import mse_loss

from tidemark.core.learning import Learning
from tidemark.core.store import Array, DatasetInfo, Split

INPUT = "noisy"
TARGET = "level"


def inputs(split: Split) -> Array:
    """(signals, 1, length)."""
    return np.asarray(split[INPUT], dtype=np.float32)


def pictured(split: Split) -> dict[str, Array]:
    return {name: np.array(split[name][0, 0]) for name in (INPUT, TARGET)}


def shape(info: DatasetInfo) -> tuple[int]:
    return (info.length,)


LEARNING = Learning(
    input=INPUT,
    target=TARGET,
    losses=("mse",),
    loss=lambda kind, train, info: mse_loss,
    inputs=inputs,
    shape=shape,
    pictured=pictured,
)
