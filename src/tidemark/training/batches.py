"""Where a training step's signals come from: by the seed and the step only, so that a resumed run goes on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from tidemark.core.learning import Learning
from tidemark.core.store import DatasetInfo
from tidemark.training.entry import ModelEntry

Batch = Mapping[str, Tensor]
Draw = Callable[[int, torch.Generator], Batch]
"""Draws (count, generator) → arrays by name, each (count, channels, length)."""


class Batches(Protocol):
    """Whatever gives the batch of a step."""

    def at(self, step: int) -> Batch:
        """Arrays by name, (batch, …) each, on the device."""
        ...


@dataclass(frozen=True)
class Request:
    """Everything that a source of batches may ask about the training that it is for."""

    where: str
    """How an error names the model's entry."""
    entry: ModelEntry
    info: DatasetInfo
    dataset: Path
    learning: Learning
    device: torch.device
    rank: int = 0
    world: int = 1
    history: int = 0
    """Samples before its input that the network uses as well."""

    @property
    def share(self) -> tuple[int, int, int, int]:
        """Batch size over all processes, seed, this process's rank, number of processes."""
        return self.entry.training.batch, self.entry.training.seed, self.rank, self.world


@dataclass(frozen=True)
class Source:
    """What the file of a source of training batches provides."""

    batches: Callable[[Request], Batches]
    """Raises `InputError` where the dataset is none for it."""


def random_stream(seed: int, place: int, device: torch.device) -> torch.Generator:
    """A generator for one place (a step, an epoch) of the run with this seed."""
    # The multiplier keeps the streams of neighbouring seeds apart; both fit in 63 bits.
    return torch.Generator(device).manual_seed((seed * 0x9E3779B1 + place) % (1 << 63))


class StoredBatches:
    """Shuffled passes over stored signals, held on the device."""

    def __init__(self, arrays: Batch, size: int, seed: int, rank: int = 0, world: int = 1) -> None:
        """`arrays`: (signals, channels, length) each; `size`: signals in a step, over all processes."""
        self.arrays = arrays
        self.count = len(next(iter(arrays.values())))
        self.size = min(size, self.count)
        self.seed = seed
        self.rank, self.world = rank, world
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.long)

    def at(self, step: int) -> Batch:
        """The batch of `step`: every signal once an epoch, the incomplete last batch left out."""
        steps_in_epoch = self.count // self.size
        epoch, place = divmod(step, steps_in_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            stream = random_stream(self.seed, epoch, torch.device("cpu"))
            device = next(iter(self.arrays.values())).device
            self._order = torch.randperm(self.count, generator=stream).to(device)
        chosen = self._order[place * self.size : (place + 1) * self.size][self.rank :: self.world]
        return {name: array[chosen] for name, array in self.arrays.items()}


class FreshBatches:
    """New signals at every step, drawn from the law on the device."""

    def __init__(
        self, draw: Draw, device: torch.device, size: int, seed: int, rank: int = 0, world: int = 1
    ) -> None:
        """`draw` makes whole batches; `size`: signals in a step, over all processes."""
        self.draw = draw
        self.size = max(1, size // world)
        self.seed, self.device = seed, device
        self.rank, self.world = rank, world

    def at(self, step: int) -> Batch:
        """The batch of `step`."""
        stream = random_stream(self.seed, step * self.world + self.rank, self.device)
        return self.draw(self.size, stream)


class CurriculumBatches:
    """New signals of one law after another."""

    def __init__(self, stages: Sequence[tuple[int, FreshBatches]]) -> None:
        """`stages`: how many steps each lasts, and its batches; the last one lasts to the end."""
        self.ends = list(accumulate(steps for steps, _ in stages[:-1]))
        self.batches = [batches for _, batches in stages]

    def at(self, step: int) -> Batch:
        """The batch of `step`."""
        return self.batches[bisect_right(self.ends, step)].at(step)
