"""Rows that wait for what a model says of their samples, and columns that are read together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from tidemark.core.store import Array
from tidemark.recordings.source import Source

VALUES_AT_ONCE = 2**20
"""Values of an NPY file's channels that are worked on together, about."""

Rows = TypeVar("Rows")


class Waiting(Generic[Rows]):
    """Batches of rows that wait for the estimates of their samples."""

    def __init__(self, channels: int) -> None:
        """Nothing waits yet; estimates are of so many channels."""
        self._waiting: deque[tuple[Rows, Array, int]] = deque()
        self._ready = np.empty((channels, 0))

    def put(self, rows: Rows, places: Array, samples: int) -> None:
        """Add a batch whose rows stand at `places` among the next `samples` samples."""
        self._waiting.append((rows, places, samples))

    def take(self, estimates: Iterable[Array]) -> Iterator[tuple[Rows, Array]]:
        """Take in estimates (channels, samples); yield each complete batch with its own (channels, rows)."""
        self._ready = np.concatenate([self._ready, *estimates], axis=1)
        while self._waiting and self._waiting[0][2] <= self._ready.shape[1]:
            rows, places, samples = self._waiting.popleft()
            complete, self._ready = self._ready[:, :samples], self._ready[:, samples:]
            yield rows, complete[:, places]


def passes(source: Source, signal: Sequence[int], separate: bool) -> list[Sequence[int]]:
    """Columns to read together: not all those of an NPY file, where channels lie one after another."""
    layout = getattr(source, "layout", None)
    everything = range(len(source.names))
    if layout is None or layout.time_major:
        return [everything]
    if not separate:
        return [signal, *([other] for other in everything if other not in signal)]
    together = max(1, VALUES_AT_ONCE // layout.samples)
    return [everything[start : start + together] for start in range(0, len(everything), together)]
