"""Batches of arrays larger than memory, made ready while the step before is computed.

The order is that of `StoredBatches`: a step's batch depends on the seed and the step only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tidemark.core.store import Array
from tidemark.spectra import log_spectrogram
from tidemark.training.augmentation import Augmentation, changed, masked
from tidemark.training.batches import Batch, Batches, StoredBatches, random_stream

HELD = 1 << 30
"""Bytes of arrays that are held on the device as a whole; larger ones are read batch by batch."""
AHEAD = 2
"""Batches made ready before they are asked for."""


class StreamedBatches:
    """Shuffled passes over stored arrays of any size, float16 ones as float32."""

    def __init__(
        self,
        arrays: Mapping[str, Array],
        device: torch.device,
        size: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        *,
        held: int = HELD,
    ) -> None:
        """`arrays`: (windows, …) each, memory-mapped or not; `size`: windows in a step, over all processes.

        Where they take no more than `held` bytes they are held on `device`.
        """
        source = _source(arrays, held, device, size, seed, rank, world)
        self._ahead = Ahead(source, device) if isinstance(source, _Read) else None
        self._batches: Batches = self._ahead or source

    def at(self, step: int) -> Batch:
        """The batch of `step`; raises whatever went wrong while it was read."""
        return self._batches.at(step)

    @property
    def waited(self) -> float:
        """Seconds that steps have waited for their batches."""
        return self._ahead.waited if self._ahead else 0.0


class RawBatches:
    """Spectrograms computed on the device from windows that are changed at random, new at every step."""

    def __init__(
        self,
        arrays: Mapping[str, Array],
        spectrogram: Mapping[str, Any],
        augmentation: Augmentation,
        device: torch.device,
        size: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        *,
        held: int = HELD,
    ) -> None:
        """`arrays`: `signal` (windows, 3, samples) in g and `label` (windows,); others are left alone.

        `spectrogram` has window, length and hop, as a dataset's information has them.
        """
        taken = {name: arrays[name] for name in ("signal", "label")}
        source = _source(taken, held, device, size, seed, rank, world)
        self._ahead = Ahead(
            _Spectrograms(source, spectrogram, augmentation, device, seed, rank, world), device
        )

    def at(self, step: int) -> Batch:
        """`spectrogram` (batch, 3, frequencies, frames) and `label` (batch,) of `step`."""
        return self._ahead.at(step)

    @property
    def waited(self) -> float:
        """Seconds that steps have waited for their batches."""
        return self._ahead.waited


class Ahead:
    """Makes the batches of the next steps in a thread of its own."""

    def __init__(self, source: Batches, device: torch.device, ahead: int = AHEAD) -> None:
        """Of `source`, whose `at` is called in that thread, and only there."""
        self.source, self.ahead = source, ahead
        self.waited = 0.0
        """Seconds that steps have waited for their batches."""
        self._thread = ThreadPoolExecutor(1, "batches")
        self._asked: dict[int, Future[tuple[Batch, torch.cuda.Event | None]]] = {}
        self._stream: torch.cuda.Stream | None = None
        if device.type == "cuda":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def at(self, step: int) -> Batch:
        """The batch of `step`, and those that follow are begun; raises what went wrong in the thread."""
        coming = range(step, step + 1 + self.ahead)
        for other in [each for each in self._asked if each not in coming]:
            self._asked.pop(other).cancel()
        for each in coming:
            if each not in self._asked:
                self._asked[each] = self._thread.submit(self._make, each)
        start = time.perf_counter()
        batch, ready = self._asked.pop(step).result()
        self.waited += time.perf_counter() - start
        if ready is not None:
            current = torch.cuda.current_stream()
            current.wait_event(ready)
            for tensor in batch.values():
                tensor.record_stream(current)  # so that its memory is not given away too early
        return batch

    def _make(self, step: int) -> tuple[Batch, torch.cuda.Event | None]:
        if self._stream is None:
            return self.source.at(step), None
        with torch.cuda.stream(self._stream):
            batch = self.source.at(step)
            ready = torch.cuda.Event()  # type: ignore[no-untyped-call]
            ready.record(self._stream)
        return batch, ready


class _Held:
    """Batches of arrays that are on the device."""

    def __init__(
        self, arrays: Mapping[str, Array], device: torch.device, size: int, seed: int, rank: int, world: int
    ) -> None:
        tensors = {name: torch.from_numpy(np.array(array)).to(device) for name, array in arrays.items()}
        self._stored = StoredBatches(tensors, size, seed, rank, world)

    def at(self, step: int) -> Batch:
        return {name: _single(tensor) for name, tensor in self._stored.at(step).items()}


class _Read:
    """Batches read from memory-mapped arrays."""

    def __init__(
        self, arrays: Mapping[str, Array], device: torch.device, size: int, seed: int, rank: int, world: int
    ) -> None:
        self._arrays = {name: np.asarray(array) for name, array in arrays.items()}
        place = torch.arange(len(next(iter(arrays.values()))))
        self._places = StoredBatches({"place": place}, size, seed, rank, world)
        self._device = device

    def at(self, step: int) -> Batch:
        # Read in the order in which they lie in the file, then put back in that of the batch.
        place, order = self._places.at(step)["place"].sort()
        back = order.argsort().to(self._device)
        return {
            name: _single(self._taken(array, place).to(self._device, non_blocking=True)[back])
            for name, array in self._arrays.items()
        }

    def _taken(self, array: Array, place: Tensor) -> Tensor:
        shape = (len(place), *array.shape[1:])
        pinned = self._device.type == "cuda"
        taken = torch.empty(shape, dtype=_torch_type(array), pin_memory=pinned)
        # Unlike indexing, `take` lets other threads run; "clip" makes it write straight into `out`.
        np.take(array, place.numpy(), axis=0, out=taken.numpy(), mode="clip")
        return taken


class _Spectrograms:
    """Spectrograms of the changed windows of other batches."""

    def __init__(
        self,
        source: Batches,
        spectrogram: Mapping[str, Any],
        augmentation: Augmentation,
        device: torch.device,
        seed: int,
        rank: int,
        world: int,
    ) -> None:
        self.source, self.augmentation, self.device = source, augmentation, device
        self.window, self.length, self.hop = (spectrogram[key] for key in ("window", "length", "hop"))
        self.seed, self.rank, self.world = seed, rank, world

    def at(self, step: int) -> Batch:
        batch = self.source.at(step)
        # The order of windows uses the streams of small places; their changes those of negative ones.
        stream = random_stream(self.seed, -1 - step * self.world - self.rank, self.device)
        signal = changed(batch["signal"], self.augmentation, stream)
        found = log_spectrogram(signal, self.window, self.length, self.hop)
        return {"spectrogram": masked(found, self.augmentation, stream), "label": batch["label"]}


def _source(
    arrays: Mapping[str, Array], held: int, device: torch.device, size: int, seed: int, rank: int, world: int
) -> _Held | _Read:
    """Arrays of no more than `held` bytes are held on the device, larger ones read batch by batch."""
    whole = sum(array.nbytes for array in arrays.values()) <= held
    return (_Held if whole else _Read)(arrays, device, size, seed, rank, world)


def _single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def _torch_type(array: Array) -> torch.dtype:
    return torch.from_numpy(np.empty(0, array.dtype)).dtype
