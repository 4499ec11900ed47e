"""What a model that has just been trained says of its inputs and of its errors."""

from __future__ import annotations

import numpy as np
import torch

from tidemark.core.calibration import Calibrating, Calibration
from tidemark.core.network import Network
from tidemark.core.store import Split, read_split
from tidemark.training.batches import Batch, Batches, Request

AT_ONCE = 512
"""Validation signals predicted at once."""
STEPS = 16
"""Training steps whose signals are looked at, where they are not the stored ones."""


def calibrate(network: Network, request: Request, batches: Batches, validation: Batch) -> Calibration | None:
    """Of a trained `network`, with the batches and the validation signals of its training.

    None of a task whose models say nothing of the kind, and of a dataset without the arrays for it.
    """
    learning = request.learning
    task = learning.calibrating
    if task is None:
        return None
    trained_on = _arrays(task, request, batches)
    if not set(task.arrays) <= trained_on.keys():
        return None
    inputs = task.describe(trained_on, request.info)
    if task.widths is None:
        return Calibration(inputs)
    network.eval()
    given, target = validation[learning.input], validation[learning.target]
    with torch.inference_mode():
        parts = [network(given[start : start + AT_ONCE]).float() for start in range(0, len(given), AT_ONCE)]
        estimate = torch.cat(parts)  # in here, since a view of a parameter would want gradients
    return Calibration(inputs, task.widths(estimate, target))


def _arrays(task: Calibrating, request: Request, batches: Batches) -> Split:
    """The arrays that are described, of signals that the network was trained on, without their history.

    Stored ones stand for those that no batch has, such as windows of which only spectrograms are drawn.
    """
    training = request.entry.training
    stored = read_split(request.dataset, "train")
    if request.entry.source == "training/stored":
        return stored
    steps = np.unique(np.linspace(0, training.steps - 1, STEPS).astype(int)).tolist()
    first = batches.at(steps[0])
    drawn = [name for name in task.arrays if name in first]
    if not drawn:
        return stored
    seen = [first, *map(batches.at, steps[1:])]
    length = stored[request.learning.input].shape[-1]
    return {
        **stored,
        **{
            name: np.concatenate([each[name][..., -length:].cpu().numpy() for each in seen]) for name in drawn
        },
    }
