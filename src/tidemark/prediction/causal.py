"""A signal of any length through a causal estimator of fixed length: what a sample becomes is known at once.

Windows start every `hop` samples, as in `overlap`, as long as there are samples; the last ones are cut short
by the signal's end, of which a causal estimator knows nothing: an estimate is the same whether the signal
goes on or not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.core.store import Array
from tidemark.prediction import overlap
from tidemark.prediction.overlap import Estimate, weights, window_estimates


class CausalOverlapAdd:
    """Estimates of a signal that comes in pieces of any size; memory does not grow with its length."""

    def __init__(
        self,
        estimate: Estimate,
        channels: int,
        length: int,
        hop: int | None = None,
        separate: bool = False,
        prompt: bool = False,
    ) -> None:
        """Windows of `length` samples every `hop` (half the length by default).

        `separate` gives each channel to the estimator as a signal of one channel. `prompt` estimates each
        piece as it comes; otherwise pieces are joined, so that results do not depend on them to the bit.
        """
        self._estimate = estimate
        self._length = length
        self._hop = hop or max(1, length // 2)
        if not 1 <= self._hop <= length:
            raise ValueError(f"hop {self._hop} is not in 1 … {length}")
        self._separate, self._prompt = separate, prompt
        self._weights = weights(length, causal=True)
        self._batch = max(1, overlap.BATCH_VALUES // (length * channels))
        self._block = self._batch * self._hop
        self._past = np.empty((channels, 0), dtype=np.float32)  # up to `length` - 1 samples
        self._done = 0  # samples yielded
        self._arrived: list[Array] = []
        self._waiting = 0

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield estimates (channels, m) float32 that are ready, in order.

        Missing samples are NaN in the result too.
        """
        for start in range(0, chunk.shape[1], self._block):
            piece = np.asarray(chunk[:, start : start + self._block], dtype=np.float32)
            self._arrived.append(piece)
            self._waiting += piece.shape[1]
            if self._prompt:
                yield from self.finish()
            elif self._waiting >= self._block:
                joined = np.concatenate(self._arrived, axis=1)
                self._arrived, self._waiting = [joined[:, self._block :]], self._waiting - self._block
                yield self._estimates(joined[:, : self._block])

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining estimates."""
        if self._waiting:
            joined = np.concatenate(self._arrived, axis=1)
            self._arrived, self._waiting = [], 0
            yield self._estimates(joined)

    def _estimates(self, new: Array) -> Array:
        """Estimates of the next samples, both (channels, samples)."""
        begin, end = self._done, self._done + new.shape[1]
        known = np.concatenate([self._past, new], axis=1)
        first = end - known.shape[1]  # number of the first known sample
        after = np.full((len(new), self._length), np.nan, dtype=np.float32)
        windows = sliding_window_view(np.concatenate([known, after], axis=1), self._length, axis=1)
        starts = self._hop * np.arange(
            max(0, (begin - self._length) // self._hop + 1), (end - 1) // self._hop + 1
        )
        total, weight = np.zeros(new.shape), np.zeros(new.shape[1])
        for some in np.split(starts, range(self._batch, len(starts), self._batch)):
            inputs = np.ascontiguousarray(
                windows[:, some - first].swapaxes(0, 1)
            )  # (count, channels, length)
            estimates = window_estimates(self._estimate, inputs, self._separate)
            for start, window in zip(some.tolist(), estimates, strict=True):
                low, high = max(start, begin), min(start + self._length, end)
                place, within = slice(low - begin, high - begin), slice(low - start, high - start)
                total[:, place] += window[:, within] * self._weights[within]
                weight[place] += self._weights[within]
        self._done = end
        self._past = known[:, max(0, known.shape[1] - self._length + 1) :]
        result = (total / weight).astype(np.float32)
        result[np.isnan(new)] = np.nan
        return result
