"""A signal of any length through an estimator of fixed length: windows are overlapped and added.

Windows start every `hop` samples, and one more ends where the signal ends. A sample's estimate is the mean of
what its windows say of it, weighted by its place in each (Allen and Rabiner, "A unified approach to
short-time Fourier analysis and synthesis", 1977, weights divided by their sum).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.sums import Sums
from tidemark.prediction.tapered import Tapered

Estimate = Callable[[Array], Array]
"""From windows (count, channels, length) float32, NaN where missing, to estimates of that shape."""

BATCH_VALUES = 2**16
"""Values of windows estimated at once, about."""


def weights(length: int, causal: bool) -> Array:
    """Weight of each place in a window, (length,) float64, all positive.

    A squared sine, its peak in the middle, where there is most signal on both sides; for a causal
    estimator at 7/8 of the length, where it has seen more.
    """
    peak = 0.875 if causal else 0.5
    place = (np.arange(length) + 0.5) / length
    phase = np.where(place < peak, place / peak, (1 - place) / (1 - peak))
    return np.asarray(np.sin(np.pi / 2 * phase) ** 2)


def window_estimates(estimate: Estimate, inputs: Array, separate: bool) -> Array:
    """Estimates of windows, (count, channels, length) both; each channel a signal if `separate`."""
    given = inputs.reshape(-1, 1, inputs.shape[-1]) if separate else inputs
    estimates = np.asarray(estimate(given))
    if estimates.shape != given.shape:
        raise ValueError(f"the estimator returned shape {estimates.shape} for {given.shape}")
    return estimates.reshape(inputs.shape)


class OverlapAdd:
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

        `separate` gives each channel to the estimator as a signal of one channel. `prompt` yields an estimate
        as soon as no window to come can reach it; otherwise windows wait for others to make a batch.
        """
        self._estimate = estimate
        self._length = length
        self._hop = hop or max(1, length // 2)
        if not 1 <= self._hop <= length:
            raise ValueError(f"hop {self._hop} is not in 1 … {length}")
        self._separate, self._prompt = separate, prompt
        self._tapered = Tapered(weights(length, causal=False), self._hop)
        self._batch = max(1, BATCH_VALUES // (length * channels))
        # All aligned with the first sample that is not yet yielded:
        self._signal = np.empty((channels, 0), dtype=np.float32)
        self._sums = Sums(self._tapered, channels)
        self._next = 0  # where the next window starts
        self._arrived: list[Array] = []
        self._waiting = 0

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield estimates (channels, m) float32 that are ready, in order.

        Missing samples are NaN in the result too. Whatever the chunks, the same windows are
        estimated in the same batches, so the result is the same to the bit, unless `prompt`.
        """
        span = self._tapered.span(self._batch)
        for start in range(0, chunk.shape[1], span):
            piece = np.asarray(chunk[:, start : start + span], dtype=np.float32)
            self._arrived.append(piece)
            self._waiting += piece.shape[1]
            if self._prompt:
                yield from self._known_now()
                continue
            if self._signal.shape[1] + self._waiting < self._next + span:
                continue
            self._gather()
            self._add_windows(self._next, self._batch)
            self._next += self._batch * self._hop
            # The window at the signal's end may start one sample after the last regular one.
            yield self._release(self._next - self._hop)

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining estimates."""
        self._gather()
        count = self._signal.shape[1]
        if not count:
            return
        short = self._length - count
        if short > 0 and self._next == 0:
            # A signal shorter than the window goes on mirrored; its past is left as it is.
            self._signal = np.pad(self._signal, ((0, 0), (0, short)), mode="symmetric")
        size = self._signal.shape[1]
        windows = (size - self._length - self._next) // self._hop + 1
        if windows > 0:
            self._add_windows(self._next, windows)
            self._next += windows * self._hop
        if self._next - self._hop + self._length < size:
            self._add_windows(size - self._length, 1)
        yield self._release(count)

    def _known_now(self) -> Iterator[Array]:
        """What no window to come reaches: the last may end with any sample to come."""
        self._gather()
        held = self._signal.shape[1]
        windows = (held - self._length - self._next) // self._hop + 1
        if windows > 0:
            self._add_windows(self._next, windows)
            self._next += windows * self._hop
        if held > self._length:
            yield self._release(held - self._length)

    def _gather(self) -> None:
        self._signal = np.concatenate([self._signal, *self._arrived], axis=1)
        self._arrived, self._waiting = [], 0

    def _add_windows(self, start: int, count: int) -> None:
        """Add the estimates of `count` windows, the first at `start`, to the sums."""
        inputs = self._tapered.cut(self._signal, start, count)
        self._sums.add(start, window_estimates(self._estimate, inputs, self._separate))

    def _release(self, count: int) -> Array:
        """Estimates of the first `count` samples, which no further window reaches; forget those."""
        result = self._sums.take(count)
        missing = np.isnan(self._signal[:, :count])
        if missing.any():
            result[missing] = np.nan
        self._signal = self._signal[:, count:].copy()
        self._next -= count
        return result
