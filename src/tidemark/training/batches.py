"""Where a training step's signals come from; each step's batch depends on the seed and the step only.

That makes a resumed run draw what an undisturbed one would have drawn, with no state to keep.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Protocol

import torch
from torch import Tensor

from tidemark import gaps

Batch = Mapping[str, Tensor]
Draw = Callable[[int, torch.Generator], Batch]
"""Draws (count, generator) → arrays by name, each (count, channels, length)."""


class Batches(Protocol):
    """Whatever gives the batch of a step."""

    def at(self, step: int) -> Batch:
        """Arrays by name, (batch, …) each, on the device."""
        ...


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
