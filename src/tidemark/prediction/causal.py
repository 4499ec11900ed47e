"""A signal of any length through a causal estimator of fixed length: what a sample becomes is known at once.

Windows start every `hop` samples, as in `overlap`, as long as there are samples; the last ones are cut short
by the signal's end, of which a causal estimator knows nothing: an estimate is the same whether the signal
goes on or not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction import overlap
from tidemark.prediction.overlap import Estimate, weights, window_estimates
from tidemark.prediction.tapered import Tapered


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
        self._tapered = Tapered(weights(length, causal=True), self._hop)
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
        # Windows that reach the new samples; those that are known start with the first of these or before.
        start = self._hop * max(0, (begin - self._length) // self._hop + 1)
        count = (end - 1 - start) // self._hop + 1
        known = np.concatenate([self._past, new], axis=1)
        padded = np.full((len(new), self._tapered.span(count)), np.nan, dtype=np.float32)
        padded[:, : end - start] = known[:, known.shape[1] - (end - start) :]
        total = np.zeros(padded.shape)
        for first in range(0, count, self._batch):
            place, some = first * self._hop, min(self._batch, count - first)
            inputs = self._tapered.cut(padded, place, some)
            self._tapered.add(total, place, window_estimates(self._estimate, inputs, self._separate))
        of_new = slice(begin - start, end - start)
        self._done = end
        self._past = known[:, max(0, known.shape[1] - self._length + 1) :]
        result = (total[:, of_new] / self._tapered.totals(count)[of_new]).astype(np.float32)
        missing = np.isnan(new)
        if missing.any():
            result[missing] = np.nan
        return result
