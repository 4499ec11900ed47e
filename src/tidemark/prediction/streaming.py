"""The columns of a file of any size through an estimator of signals that come in pieces."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.grid import Grid
from tidemark.prediction.guard import Guard
from tidemark.signals.recordings.source import Rows, Source
from tidemark.signals.recordings.timestamps import on_grid

Item = TypeVar("Item")


class Estimator(Protocol):
    """Estimates of a signal's samples, some time after they have arrived."""

    def add(self, chunk: Array, /) -> Iterator[Array]:
        """Take (channels, n) more samples; yield estimates (channels, m) that are ready, in order."""
        ...

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining estimates."""
        ...


class Waiting(Generic[Item]):
    """Batches of rows that wait for the estimates of their samples."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._waiting: deque[tuple[Item, Array, int]] = deque()
        self._ready: Array | None = None

    def put(self, item: Item, places: Array, samples: int) -> None:
        """Add a batch whose rows stand at `places` among the next `samples` samples."""
        self._waiting.append((item, places, samples))

    def take(self, estimates: Iterable[Array]) -> Iterator[tuple[Item, Array]]:
        """Take in estimates (channels, samples); yield each complete batch with its own (channels, rows)."""
        parts = [*([] if self._ready is None else [self._ready]), *estimates]
        if not parts:
            return
        ready = np.concatenate(parts, axis=1, dtype=np.float64)
        while self._waiting and self._waiting[0][2] <= ready.shape[1]:
            item, places, samples = self._waiting.popleft()
            complete, ready = ready[:, :samples], ready[:, samples:]
            yield item, complete if samples == len(places) else complete[:, places]
        self._ready = ready


def streamed(
    source: Source[Rows],
    columns: Sequence[int],
    signal: Sequence[int],
    grid: Grid | None,
    guard: Guard,
    estimator: Callable[[int], Estimator],
) -> Iterator[tuple[Rows, Array, Array]]:
    """Read `columns`; each batch of rows, and what the file and the estimator have for the signal in it.

    The first is (signal, rows) float64, as is the second, which may go on with further rows. Rows that the
    time column lacks are missing samples to the estimator, which is made for so many channels. Raises
    `InputError` where `guard`, of the signal, refuses a number.
    """
    if not signal:
        for batch in source.batches(columns):
            yield batch, np.empty((0, len(batch))), np.empty((0, len(batch)))
        return
    waiting, estimates = Waiting[tuple[Rows, Array]](), estimator(len(signal))
    last = -1
    for batch in source.batches(columns):
        values = recorded = guard.values(batch)
        places = np.arange(len(batch))
        if grid is not None and len(batch):
            positions = grid.positions(batch)
            values = on_grid(recorded, positions, last)
            places = positions - last - 1
            last = int(positions[-1])
        waiting.put((batch, recorded), places, values.shape[1])
        for (complete, before), after in waiting.take(estimates.add(values)):
            guard.check_estimates(complete, before, after[: len(signal)])
            yield complete, before, after
    for (complete, before), after in waiting.take(estimates.finish()):
        guard.check_estimates(complete, before, after[: len(signal)])
        yield complete, before, after
