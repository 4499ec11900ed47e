"""A recurrent denoiser that was not trained, a classifier by a formula, and arrays for both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from support.models import signals
from support.study_files import at_rest
from tidemark.core import trained as stored
from tidemark.core.store import Array

WRIST = {
    "task": "classify",
    "length": 400,
    "sampling_rate": 100,
    "classes": ["moving", "still"],
    "spectrogram": {"window": "hann", "length": 100, "hop": 50},
}


def save_gru(folder: Path, name: str = "sine-gru", **info: Any) -> Path:
    """A model that was not trained, in units with a mean and a scale."""
    described = signals(**{"name": "sine", "length": 100, "mean": [20.0], "std": [3.0]} | info)
    torch.manual_seed(0)
    network = stored.build("recurrent", {"hidden": 5, "cell": "gru"}, described, "test")
    place = folder / "models/sine" / name
    known = stored.TrainedInfo(name, "recurrent", {"hidden": 5, "cell": "gru"}, True, 1, described)
    stored.save(place, known, network.state_dict())
    return place


def noisy(*shape: int) -> Array:
    random = np.random.default_rng(0)
    values = 20 + 3 * np.sin(np.arange(shape[-1]) / 9) + random.normal(0, 0.5, shape)
    values[..., 17] = np.nan
    return values


def shaken(spectrograms: Array) -> Array:
    power = np.exp(2.0 * spectrograms[:, :, 2:5]).sum((1, 2, 3))
    moving = power / (power + 1000)
    return np.log(np.stack([moving, 1 - moving], 1))


def acceleration() -> Array:
    """Four windows of rest, four of shaking, (3, 3200); a value is missing in the third."""
    count = 8 * 400
    shaking = 0.5 * np.sin(2 * np.pi * 3 * np.arange(count) / 100) * (np.arange(count) >= count // 2)
    values = (at_rest(count) + shaking[:, None]).T
    values[1, 2 * 400 + 5] = np.nan
    return values
