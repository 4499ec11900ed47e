"""A trained model, found by name and checked before it predicts."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from tidemark.core import trained
from tidemark.core.errors import InputError
from tidemark.core.trained import Trained
from tidemark.prediction.files import find_model
from tidemark.signals.recordings.timestamps import check_unit


def load_model(name: str | Path) -> Trained:
    """The model of that name, or in that folder; raises `InputError` unless all its weights are finite."""
    folder = find_model(str(name))
    model = trained.load(folder)
    check_unit(model.info.dataset.rate_unit, str(folder / "model.json"))
    path = folder / trained.WEIGHTS
    for tensor, values in load_file(path).items():
        if not torch.isfinite(values).all():
            raise InputError(
                f"{path}: {tensor} holds values that are not finite; train the model again with "
                "`dvc repro`, or copy the file again"
            )
    return model
