"""The columns of a file of any size through an estimator of signals that come in pieces."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.grid import Grid
from tidemark.prediction.guard import Guard
from tidemark.signals.recordings.source import Rows, Source
from tidemark.signals.recordings.timestamps import on_grid

Item = TypeVar("Item")

PIECE_VALUES = 2**15
"""Values that an estimator is given at once, about: few enough for all made of them to stay in a cache …"""
PIECE_SAMPLES = 2**12
"""… but so many samples of each of many channels."""


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
        self._waiting: deque[tuple[Item, Array | None, int, np.dtype[Any]]] = deque()
        # Estimates of the first of them, as far as they have come:
        self._known: Array | None = None
        self._filled = 0
        self._channels = 0

    def put(
        self, item: Item, places: Array | None, samples: int, least: np.dtype[Any] = np.dtype(np.float64)
    ) -> None:
        """Add a batch whose rows stand at `places`, or are all, of the next `samples` samples.

        Its estimates come in the type `least`, or in their own if that is wider.
        """
        self._waiting.append((item, places, samples, least))

    def take(self, estimates: Iterable[Array]) -> Iterator[tuple[Item, Array]]:
        """Take in estimates (channels, samples); yield each complete batch with its own (channels, rows)."""
        for part in estimates:
            self._channels = len(part)
            while part.shape[1]:
                yield from self._complete()
                if self._known is None:
                    _, _, samples, least = self._waiting[0]
                    self._known = np.empty((self._channels, samples), np.result_type(least, part))
                count = min(part.shape[1], self._known.shape[1] - self._filled)
                self._known[:, self._filled : self._filled + count] = part[:, :count]
                self._filled += count
                part = part[:, count:]
        yield from self._complete()

    def _complete(self) -> Iterator[tuple[Item, Array]]:
        while self._channels and self._waiting and self._filled == self._waiting[0][2]:
            item, places, samples, _ = self._waiting.popleft()
            known = np.empty((self._channels, 0)) if self._known is None else self._known
            self._known, self._filled = None, 0
            yield item, known if places is None or samples == len(places) else known[:, places]


def streamed(
    source: Source[Rows],
    columns: Sequence[int],
    signal: Sequence[int],
    grid: Grid | None,
    guard: Guard,
    estimator: Callable[[int], Estimator],
) -> Iterator[tuple[Rows, Array, Array]]:
    """Read `columns`; each batch of rows, and what the file and the estimator have for the signal in it.

    The first is (signal, rows), as is the second, which may go on with further rows: float64, or float32
    where that is all that the file holds and the estimator gives. Rows that the time column lacks are missing
    samples to the estimator, which is made for so many channels. Raises `InputError` where `guard`, of the
    signal, refuses a number.
    """
    if not signal:
        for batch in source.batches(columns):
            yield batch, np.empty((0, len(batch))), np.empty((0, len(batch)))
        return
    waiting, estimates = Waiting[tuple[Rows, Array]](), estimator(len(signal))
    last = -1
    for batch in source.batches(columns):
        values = recorded = guard.samples(batch)
        places = None
        if grid is not None and len(batch):
            positions = grid.positions(batch)
            values = on_grid(recorded, positions, last)
            places = positions - last - 1
            last = int(positions[-1])
        waiting.put((batch, recorded), places, values.shape[1], recorded.dtype)
        ready = (part for piece in _pieces(values) for part in estimates.add(piece))
        for (complete, before), after in waiting.take(ready):
            guard.check_estimates(complete, before, after[: len(signal)])
            yield complete, before, after
    for (complete, before), after in waiting.take(estimates.finish()):
        guard.check_estimates(complete, before, after[: len(signal)])
        yield complete, before, after


def _pieces(values: Array) -> Iterator[Array]:
    """Values (channels, samples) in pieces, in order."""
    step = max(PIECE_SAMPLES, PIECE_VALUES // len(values))
    return (values[:, start : start + step] for start in range(0, values.shape[1], step))
