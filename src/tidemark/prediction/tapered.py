"""Windows that overlap, cut from a signal and added up by weight, many at a time."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array


class Tapered:
    """Windows every `hop` samples, each place in them with a weight of its own."""

    def __init__(self, weights: Array, hop: int) -> None:
        """By weights (length,) float64; a window starts before or where the last one ends."""
        self._weights, self._hop = weights, hop
        starts = range(0, len(weights), hop)
        # The pieces of a window that lie in successive steps. No two windows have the same piece in a step.
        self._pieces = [slice(start, min(start + hop, len(weights))) for start in starts]
        self._product = np.empty(0)
        self._totals = np.empty(0)

    def span(self, count: int) -> int:
        """Samples that so many successive windows reach over."""
        return (count - 1) * self._hop + len(self._weights)

    def cut(self, signal: Array, start: int, count: int) -> Array:
        """Windows of a signal (channels, samples) from `start` on: (count, channels, length), a copy."""
        return self._view(signal, start, count, len(self._weights)).swapaxes(0, 1).copy(order="C")

    def add(self, sums: Array, start: int, windows: Array) -> None:
        """Add windows (count, channels, length), weighted, to sums (channels, samples) float64, from `start`.

        Whatever the batches, each sample's windows are added in their order.
        """
        channels, count = len(sums), len(windows)
        size = channels * count * self._hop
        if len(self._product) < size:
            self._product = np.empty(size)
        products = self._product[:size].reshape(channels, count, self._hop)
        for piece in reversed(self._pieces):  # earlier windows first
            width = piece.stop - piece.start
            product = products[:, :, :width]
            product[...] = windows[:, :, piece].swapaxes(0, 1)  # float64 first: faster than both in one
            product *= self._weights[piece]
            total = self._view(sums, start + piece.start, count, width)
            total += product

    def totals(self, count: int) -> Array:
        """Sums of the weights of so many windows, (samples,); the last are kept."""
        if len(self._totals) != self.span(count):
            self._totals = np.zeros(self.span(count))
            self.add(self._totals[None], 0, np.ones((count, 1, 1)) * np.ones(len(self._weights)))
        return self._totals

    def _view(self, array: Array, start: int, count: int, width: int) -> Array:
        """Samples `start` to `start + width` of (channels, samples), and those every `hop` further on.

        (channels, count, width): the same memory. NumPy's own windows take longer to make than to add up.
        """
        row, item = array.strides
        shape, strides = (len(array), count, width), (row, self._hop * item, item)
        return np.ndarray(shape, array.dtype, array, start * item, strides)
