"""What a model that has just been trained says of its inputs and of its errors."""

from __future__ import annotations

import numpy as np
import torch

from tidemark.core.calibration import Calibration
from tidemark.core.conformal import half_widths
from tidemark.core.likeness import describe
from tidemark.core.network import Network
from tidemark.core.store import Array, read_split
from tidemark.training.batches import Batch, Batches, Request

AT_ONCE = 512
"""Validation signals predicted at once."""
STEPS = 16
"""Training steps whose signals are looked at, where they are not the stored ones."""


def calibrate(network: Network, request: Request, batches: Batches, validation: Batch) -> Calibration | None:
    """Of a trained `network`, with the batches and the validation signals of its training.

    None of a task whose predictions are no signals.
    """
    learning = request.learning
    if not learning.calibrated:
        return None
    network.eval()
    inputs, target = validation[learning.input], validation[learning.target]
    with torch.inference_mode():
        parts = [network(inputs[start : start + AT_ONCE]).float() for start in range(0, len(inputs), AT_ONCE)]
        residuals = (torch.cat(parts).double() - target.double()).cpu().numpy()
    return Calibration(describe(_inputs(request, batches)), half_widths(residuals))


def _inputs(request: Request, batches: Batches) -> Array:
    """Inputs that the network was trained on, without their history: (signals, channels, length)."""
    name, training = request.learning.input, request.entry.training
    stored = np.asarray(read_split(request.dataset, "train")[name])
    if request.entry.source == "training/stored":
        return stored
    steps = np.unique(np.linspace(0, training.steps - 1, STEPS).astype(int)).tolist()
    seen = [batches.at(step)[name][..., -stored.shape[-1] :].cpu().numpy() for step in steps]
    return np.concatenate(seen)
