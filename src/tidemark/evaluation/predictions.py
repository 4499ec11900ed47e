"""What one predictor says of every test set of a dataset, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.scoring import Predict, Predictions
from tidemark.core.store import Array, DatasetInfo, Split, read_split

if TYPE_CHECKING:
    import torch

    from tidemark.core.network import Network

BATCH = 512
"""Signals predicted at once: enough to fill the cores, small enough for any memory."""
FEW = 1 << 12
"""Numbers in the signals up to which one thread predicts them."""


def collect(
    shape: Callable[[Split], tuple[int, ...]],
) -> Callable[[Predict, Path, DatasetInfo], Predictions]:
    """For a task whose predictions have the `shape` that a split asks for: predict every test set.

    What is returned raises `InputError` where a prediction has another shape.
    """

    def collected(predict: Predict, dataset: Path, info: DatasetInfo) -> Predictions:
        splits = {test: read_split(dataset, test) for test in info.test_sets}
        values = {test: predict(split, test) for test, split in splits.items()}
        for test, split in splits.items():
            check_shape(values[test], shape(split))
        return Predictions(info, splits, values)

    return collected


def target_shape(target: str) -> Callable[[Split], tuple[int, ...]]:
    """The shape of the target array."""
    return lambda split: split[target].shape


def check_shape(values: Array, expected: tuple[int, ...]) -> None:
    """Raise `InputError` unless a prediction's `values` have the `expected` shape."""
    if values.shape != expected:
        raise InputError(f"a prediction has shape {values.shape}; expected {expected}, for the targets there")


def predictor(inputs: Callable[[Split], Array]) -> Callable[[Network, torch.device, Split], Array]:
    """What `Scoring.predict` is where a network maps the `inputs` of a split, (signals, …), and no more."""
    return lambda network, device, split: in_batches(network, device, inputs(split))


@contextmanager
def _threads(numbers: int) -> Iterator[None]:
    """One thread for few numbers: waiting for others takes longer, on a busy machine a hundred times."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1 if numbers <= FEW else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def in_batches(network: Network, device: torch.device, inputs: Array) -> Array:
    """What `network` makes of `inputs` (signals, …) without NaN, float32; read batch by batch."""
    import torch

    with torch.inference_mode(), _threads(inputs.size):
        parts = [
            network(torch.from_numpy(np.array(inputs[start : start + BATCH], dtype=np.float32)).to(device))
            .float()
            .cpu()
            for start in range(0, len(inputs), BATCH)
        ]
    return np.asarray(torch.cat(parts).numpy())
