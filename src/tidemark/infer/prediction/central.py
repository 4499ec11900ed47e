"""Missing values of a signal of any length from windows of one length: each where it is most central."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tidemark.core.store import Array

Infer = Callable[[Array], Array]
"""From windows (count, channels, length) float64, NaN where missing, to (count, outputs · channels, length),
of which the first channels are values."""

BATCH_VALUES = 2**14
"""Values of windows that are inferred from at once, about: attention takes memory with their square."""


class Central:
    """Missing values of a signal that comes in pieces of any size; memory does not grow with its length.

    Windows start every half length, and one more ends where the signal ends. A missing value is taken from
    the window whose middle is nearest, where there is most on both sides to infer it from. Windows from
    which nothing is taken, or in which nothing is present, are not inferred from.
    """

    def __init__(
        self, infer: Infer, channels: int, length: int, outputs: int = 1, prompt: bool = False
    ) -> None:
        """Windows of `length` samples of all `channels`.

        `infer` returns `outputs` times as many channels. `prompt` yields samples as soon as they are known;
        otherwise windows wait for others to make a batch.
        """
        self._infer = infer
        self._length = length
        self._hop = max(1, length // 2)
        self._outputs = outputs
        self._batch = 1 if prompt else max(1, BATCH_VALUES // (length * channels))
        self._signal = np.empty((channels, 0))
        self._first = 0  # number of its first sample
        self._next = 0  # where the next window starts
        self._done = 0  # samples yielded
        self._arrived: list[Array] = []
        self._end = 0  # number of samples that have arrived

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield (outputs · channels, m) float64 that are ready, in order.

        Present values come back as they are, of further outputs as NaN; a missing one is NaN still where its
        window held nothing.
        Whatever the chunks, the same windows are inferred from in the same batches.
        """
        self._arrived.append(chunk)
        self._end += chunk.shape[1]
        # Of the last window of a batch, too, it must be known which one follows.
        span = self._batch * self._hop + self._length
        while self._next + span <= self._end:
            starts = self._next + self._hop * np.arange(self._batch)
            self._next += self._batch * self._hop
            yield self._values(starts, self._next)

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining samples."""
        if self._end == self._done:
            return
        last = max(0, self._end - self._length)
        starts = np.append(np.arange(self._next, last, self._hop), last)
        for begin in range(0, len(starts), self._batch):
            batch = starts[begin : begin + self._batch]
            following = starts[begin + self._batch] if begin + self._batch < len(starts) else None
            yield self._values(batch, following)

    def _values(self, starts: Array, following: int | None) -> Array:
        """The samples that are most central in windows at `starts`, of which the next is at `following`."""
        rest = self._signal[:, max(0, self._done - self._length - self._first) :]
        self._first += self._signal.shape[1] - rest.shape[1]
        self._signal = np.concatenate([rest, *self._arrived], axis=1)
        self._arrived = []
        ends = np.append(starts[1:], following if following is not None else self._end)
        # A sample i lies nearer the middle of a window at s than of a later one at t if 2 i < s + t + length.
        cuts = (starts + ends + self._length - 1) // 2 + 1
        if following is None:
            cuts[-1] = self._end
        place = starts[:, None] + np.arange(self._length)
        held = self._first + self._signal.shape[1]
        at = np.minimum(place, held - 1) - self._first
        windows = np.where(place < held, self._signal[:, at], np.nan)  # nothing is present past the end
        windows = np.ascontiguousarray(windows.swapaxes(0, 1))
        missing = np.isnan(windows)
        taken = (place >= np.append(self._done, cuts[:-1])[:, None]) & (place < cuts[:, None])
        needed = (missing & taken[:, None]).any((1, 2)) & ~missing.all((1, 2))
        count, channels, length = windows.shape
        result = np.full((count, self._outputs, channels, length), np.nan)
        result[:, 0] = windows
        if needed.any():
            inferred = np.asarray(self._infer(windows[needed]), dtype=np.float64)
            if inferred.shape != (len(inferred), self._outputs * channels, length):
                raise ValueError(f"inferred shape {inferred.shape} for {windows[needed].shape}")
            inferred = inferred.reshape(-1, *result.shape[1:])
            result[needed] = np.where(missing[needed, None], inferred, result[needed])
        self._done = int(cuts[-1])
        return result.reshape(count, -1, length).swapaxes(0, 1)[:, taken]
