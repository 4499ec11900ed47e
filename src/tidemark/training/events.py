"""TensorBoard events of a training run: losses, learning rate, weights, embeddings."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tidemark.core.errors import InputError

LARGEST = 1e20
"""Magnitude that TensorBoard's histograms end at."""


class Events:
    """Writes what TensorBoard shows of one run into a folder; no part of the run's result.

    A run from the start removes what an earlier one left; one that goes on, what was written after its point.
    """

    def __init__(self, folder: Path) -> None:
        """Write into `folder`; raises `InputError` unless TensorBoard is installed."""
        try:
            # By name, so that nothing of it is imported unless events are asked for.
            self._writers: Any = importlib.import_module("torch.utils.tensorboard")
        except ImportError:
            raise InputError(
                "training.tensorboard = True: TensorBoard is not installed; "
                "pip install 'tidemark-signals[tensorboard]', or set it to false"
            ) from None
        self.folder = folder
        self._writer: Any = None

    def begin(self, step: int) -> None:
        """Open the folder for a run of which `step` steps are done."""
        for path in self.folder.glob("[0-9]*"):  # embeddings: written at the end, so of a run that ended
            shutil.rmtree(path)
        for path in self.folder.glob("events.out.tfevents.*") if step == 0 else ():
            path.unlink()
        self._writer = self._writers.SummaryWriter(
            str(self.folder), purge_step=step + 1 if step else None, max_queue=1000
        )

    def validated(self, step: int, train: float, validation: float, rate: float, network: nn.Module) -> None:
        """Write both losses, the learning rate and a histogram of every weight after `step` steps."""
        self._writer.add_scalar("loss/train", train, step)
        self._writer.add_scalar("loss/validation", validation, step)
        self._writer.add_scalar("learning_rate", rate, step)
        for name, weight in network.named_parameters():
            values = weight.detach().double().flatten()
            values = values[values.abs() < LARGEST]  # and not NaN: a run that diverged has events too
            if values.numel():
                self._writer.add_histogram(name, values, step)
        # What comes before a resume point is on disk by then: a killed run writes it only once.
        self._writer.flush()

    def finish(self, step: int, network: nn.Module, weights: Mapping[str, Tensor]) -> None:
        """Write the rows of every embedding of `network`, with its values in `weights`, as points."""
        for name, module in network.named_modules():
            if isinstance(module, nn.Embedding):
                key = f"{name}.weight".lstrip(".")
                self._writer.add_embedding(weights[key].to("cpu", torch.float32), tag=key, global_step=step)

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()
