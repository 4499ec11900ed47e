"""Windows of estimates added up by weight, and their means: in memory that is made once and used again."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.tapered import Tapered


class Sums:
    """Sums of windows, and of their weights, from the first sample on whose mean has not been taken."""

    def __init__(self, tapered: Tapered, channels: int) -> None:
        """Nothing has been added."""
        self._tapered = tapered
        self._weight = np.empty(0)
        # (channels, samples); what lies behind the samples that have weights is anything.
        self._sum = self._means = np.empty((channels, 0))
        # Weights before and after the last addition, where it was, and of how many windows:
        self._last = (self._weight, self._weight, 0, 0)

    def add(self, start: int, windows: Array) -> None:
        """Add windows (count, channels, length), the first at `start`."""
        held, stop = len(self._weight), start + self._tapered.span(len(windows))
        if stop > self._sum.shape[1]:
            room = np.empty((len(self._sum), stop - held))
            self._sum = np.concatenate([self._sum[:, :held], room], axis=1)
        self._sum[:, held:stop] = 0
        self._tapered.add(self._sum, start, windows)
        self._weigh(start, len(windows))

    def _weigh(self, start: int, count: int) -> None:
        """Add weights of windows: mostly the same to the same as the last time."""
        before, after, *place = self._last
        if place != [start, count] or not np.array_equal(before, self._weight):
            before, stop = self._weight, start + self._tapered.span(count)
            after = np.zeros(max(len(before), stop))
            after[: len(before)] = before
            after[start:stop] += self._tapered.totals(count)
            self._last = (before, after, start, count)
        self._weight = after

    def take(self, count: int) -> Array:
        """Means of the first `count` samples, (channels, count) float32, which no further window reaches."""
        if self._means.shape[1] < count:
            self._means = np.empty((len(self._sum), count))
        means = self._means[:, :count]
        np.divide(self._sum[:, :count], self._weight[:count], out=means)
        left = len(self._weight) - count
        self._sum[:, :left] = self._sum[:, count : count + left]
        self._weight = self._weight[count:]
        return means.astype(np.float32)
