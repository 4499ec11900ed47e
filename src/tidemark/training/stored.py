"""Training batches from the dataset's own signals, in shuffled passes."""

from __future__ import annotations

import numpy as np
import torch

from tidemark.core.learning import Learning
from tidemark.core.store import Split, read_split
from tidemark.training.batches import Batch, Batches, Request, Source, StoredBatches
from tidemark.training.streaming import StreamedBatches


def on_device(split: Split, learning: Learning, device: torch.device, history: int = 0) -> Batch:
    """The input, with a network's `history` before it, and the target arrays of a split as tensors."""
    return {
        learning.input: torch.from_numpy(learning.seen(split, history)).to(device),
        learning.target: torch.from_numpy(np.array(split[learning.target])).to(device),
    }


def _batches(request: Request) -> Batches:
    split, learning = read_split(request.dataset, "train"), request.learning
    if learning.streams:
        arrays = {name: split[name] for name in (learning.input, learning.target)}
        return StreamedBatches(arrays, request.device, *request.share)
    return StoredBatches(on_device(split, learning, request.device, request.history), *request.share)


SOURCE = Source(_batches)
