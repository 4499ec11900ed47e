"""Training batches from recorded windows, under new Gaussian noise at every step."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.store import read_split
from tidemark.training.batches import Batch, Batches, Request, Source, StoredBatches, random_stream


class RenoisedBatches:
    """Shuffled passes over stored clean windows, under new Gaussian noise at every step."""

    def __init__(self, clean: Tensor, names: tuple[str, str], std: float, size: int, seed: int,
                 rank: int = 0, world: int = 1) -> None:  # fmt: skip
        """`clean`: (signals, channels, length), NaN where missing; `names` of the given and the target array.

        `std` is the noise's. Gaps are interpolated from noisy neighbours, as in stored signals:
        interpolation is linear, so the clean windows and the noise are interpolated apart.
        """
        missing = clean.isnan().cpu().numpy()
        before, after, share = (
            torch.from_numpy(array).to(clean.device) for array in gaps.neighbours(missing)
        )
        arrays = {
            "target": clean,
            "filled": torch.from_numpy(gaps.fill(clean.cpu().numpy())).to(clean.device),
        }
        arrays |= {"before": before, "after": after, "share": share.to(clean.dtype)}
        self.stored = StoredBatches(arrays, size, seed, rank, world)
        self.names, self.std, self.seed, self.rank, self.world = names, std, seed, rank, world

    def at(self, step: int) -> Batch:
        """The batch of `step`."""
        batch = self.stored.at(step)
        device = batch["target"].device
        # The order of windows uses the streams of small places; the noise those of negative ones.
        stream = random_stream(self.seed, -1 - step * self.world - self.rank, device)
        noise = self.std * torch.randn(batch["filled"].shape, generator=stream, device=device)
        left, right = noise.gather(-1, batch["before"]), noise.gather(-1, batch["after"])
        noisy = batch["filled"] + torch.lerp(left, right, batch["share"])
        return {self.names[0]: noisy, self.names[1]: batch["target"]}


def _batches(request: Request) -> Batches:
    if "noise_std" not in request.info.law:
        raise InputError(
            f"{request.where}.source = 'denoise/renoised': the noise of {request.info.name} has no known "
            "law; use training/stored"
        )
    learning = request.learning
    clean = np.array(read_split(request.dataset, "train")[learning.target])
    names, std = (learning.input, learning.target), request.info.law["noise_std"]
    return RenoisedBatches(torch.from_numpy(clean).to(request.device), names, std, *request.share)


SOURCE = Source(_batches)
