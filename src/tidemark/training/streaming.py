"""Batches of arrays larger than memory, made ready while the step before is computed.

The order is that of `StoredBatches`: a step's batch depends on the seed and the step only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from tidemark.core.store import Array
from tidemark.training.batches import Batch, Batches, StoredBatches

HELD = 1 << 30
"""Bytes of arrays that are held on the device as a whole; larger ones are read batch by batch."""
AHEAD = 2
"""Batches made ready before they are asked for."""


class StreamedBatches:
    """Shuffled passes over stored arrays of any size, float16 ones as float32."""

    def __init__(
        self, arrays: Mapping[str, Array], device: torch.device, *share: int, held: int = HELD
    ) -> None:
        """`arrays`: (windows, …) each, memory-mapped or not; `share`: as `StoredBatches` takes it.

        Where they take no more than `held` bytes they are held on `device`.
        """
        source = batches_of(arrays, held, device, *share)
        self._ahead = Ahead(source, device) if isinstance(source, _Read) else None
        self._batches: Batches = self._ahead or source

    def at(self, step: int) -> Batch:
        """The batch of `step`; raises whatever went wrong while it was read."""
        return self._batches.at(step)

    @property
    def waited(self) -> float:
        """Seconds that steps have waited for their batches."""
        return self._ahead.waited if self._ahead else 0.0


class Ahead:
    """Makes the batches of the next steps in a thread of its own."""

    def __init__(self, source: Batches, device: torch.device, ahead: int = AHEAD) -> None:
        """Of `source`, whose `at` is called in that thread, and only there."""
        self.source, self.ahead = source, ahead
        self.waited = 0.0
        """Seconds that steps have waited for their batches."""
        self._thread = ThreadPoolExecutor(1, "batches")
        self._pending: dict[int, Future[tuple[Batch, torch.cuda.Event | None]]] = {}
        self._stream: torch.cuda.Stream | None = None
        if device.type == "cuda":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def at(self, step: int) -> Batch:
        """The batch of `step`, and those that follow are begun; raises what went wrong in the thread."""
        coming = range(step, step + 1 + self.ahead)
        for other in [each for each in self._pending if each not in coming]:
            self._pending.pop(other).cancel()
        for each in coming:
            if each not in self._pending:
                self._pending[each] = self._thread.submit(self._make, each)
        start = time.perf_counter()
        batch, ready = self._pending.pop(step).result()
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

    def __init__(self, arrays: Mapping[str, Array], device: torch.device, *share: int) -> None:
        tensors = {name: torch.from_numpy(np.array(array)).to(device) for name, array in arrays.items()}
        self._stored = StoredBatches(tensors, *share)

    def at(self, step: int) -> Batch:
        return {name: _single(tensor) for name, tensor in self._stored.at(step).items()}


class _Read:
    """Batches read from memory-mapped arrays."""

    def __init__(self, arrays: Mapping[str, Array], device: torch.device, *share: int) -> None:
        self._arrays = {name: np.asarray(array) for name, array in arrays.items()}
        place = torch.arange(len(next(iter(arrays.values()))))
        self._places = StoredBatches({"place": place}, *share)
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
        shape, pinned = (len(place), *array.shape[1:]), self._device.type == "cuda"
        kind = torch.from_numpy(np.empty(0, array.dtype)).dtype
        taken = torch.empty(shape, dtype=kind, pin_memory=pinned)
        # Unlike indexing, `take` lets other threads run; "clip" makes it write straight into `out`.
        np.take(array, place.numpy(), axis=0, out=taken.numpy(), mode="clip")
        return taken


def batches_of(arrays: Mapping[str, Array], held: int, device: torch.device, *share: int) -> _Held | _Read:
    """Arrays of no more than `held` bytes are held on the device, larger ones read batch by batch."""
    whole = sum(array.nbytes for array in arrays.values()) <= held
    return (_Held if whole else _Read)(arrays, device, *share)


def _single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
