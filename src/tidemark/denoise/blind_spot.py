"""Training batches from noisy signals alone: random samples are replaced, and the targets are their values.

A. Krull, T.-O. Buchholz and F. Jug, "Noise2Void: Learning Denoising from Single Noisy Images", CVPR 2019:
a sample takes the value of one near it, so that it looks like the rest, and does not tell its own noise.
A network of the least mean square error then learns the mean of the truth (Batson and Royer, ICML 2019).
"""

from __future__ import annotations

import torch
from torch import Tensor

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.store import read_split
from tidemark.denoise.learning import whole
from tidemark.training.batches import Batch, Batches, Request, Source, StoredBatches, random_stream

SHARE = 0.5
"""Of all samples, on average, that are replaced at a step: of fewer a step learns less."""
NEAR = 3
"""Farthest sample that a value is taken from. Copies of direct neighbours alone are found out by
recurrent networks, which then do not know what to make of samples that are none."""


class BlindSpotBatches:
    """Shuffled passes over noisy signals, of which other samples are hidden at every step."""

    def __init__(self, noisy: Tensor, names: tuple[str, str], size: int, seed: int,
                 rank: int = 0, world: int = 1) -> None:  # fmt: skip
        """`noisy`: (signals, channels, length), NaN where missing; `names` of the input and target arrays.

        Gaps are interpolated, as in stored signals, and are no targets.
        """
        filled = torch.from_numpy(gaps.fill(noisy.cpu().numpy())).to(noisy.device)
        self.stored = StoredBatches({"filled": filled, "target": noisy}, size, seed, rank, world)
        self.names, self.seed, self.rank, self.world = names, seed, rank, world

    def at(self, step: int) -> Batch:
        """The batch of `step`."""
        batch = self.stored.at(step)
        filled, device = batch["filled"], batch["filled"].device
        # The order of windows uses the streams of small places; what is hidden those of negative ones.
        stream = random_stream(self.seed, -1 - step * self.world - self.rank, device)
        places = (len(filled), 1, filled.shape[-1])  # of all channels at once: their noise may be shared
        hides = torch.rand(places, generator=stream, device=device) < SHARE
        distance = torch.randint(1, NEAR + 1, places, generator=stream, device=device)
        sign = 2 * torch.randint(0, 2, places, generator=stream, device=device) - 1
        near = filled.gather(-1, moved(distance * sign).expand_as(filled))
        return {
            self.names[0]: torch.where(hides, near, filled),
            self.names[1]: torch.where(hides, batch["target"], torch.nan),
        }


def moved(moves: Tensor) -> Tensor:
    """Places so many samples on, (…, length); where that is beyond an end, as many back."""
    length = moves.shape[-1]
    start = torch.arange(length, device=moves.device)
    inside = (start + moves >= 0) & (start + moves < length)
    return start + torch.where(inside, moves, -moves)


def _batches(request: Request) -> Batches:
    if not request.info.without_truth:
        raise InputError(
            f"{request.where}.source = 'denoise/blind_spot': the clean signals of {request.info.name} are "
            "known; use training/stored, or a recording with reference: none"
        )
    noisy = torch.from_numpy(whole(read_split(request.dataset, "train"))).to(request.device)
    names = (request.learning.input, request.learning.target)
    return BlindSpotBatches(noisy, names, *request.share)


SOURCE = Source(_batches)
