"""Where a training step's signals come from; each step's batch depends on the seed and the step only.

That makes a resumed run draw what an undisturbed one would have drawn, with no state to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

Batch = Mapping[str, Tensor]
Draw = Callable[[int, torch.Generator], Batch]
"""Draws (count, generator) → arrays by name, each (count, channels, length)."""


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

    def __init__(self, draw: Draw, size: int, seed: int, device: torch.device, rank: int = 0, world: int = 1) -> None:
        """`draw` makes whole batches; `size`: signals in a step, over all processes."""
        self.draw = draw
        self.size = max(1, size // world)
        self.seed, self.device = seed, device
        self.rank, self.world = rank, world

    def at(self, step: int) -> Batch:
        """The batch of `step`."""
        stream = random_stream(self.seed, step * self.world + self.rank, self.device)
        return self.draw(self.size, stream)
