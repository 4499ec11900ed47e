"""Labelled windows of samples on a grid, by the published rule.

Consecutive windows from the recording's first row on; one is dropped if rows are missing in it, if a value is
NaN, or if no sample is annotated; its label is that of its most frequent annotation, of several equally
frequent ones the first in sorted order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.classify.studies.grid import Samples
from tidemark.core.store import Array

INCOMPLETE, MISSING, UNANNOTATED = "rows missing", "value missing", "not annotated"
"""Reasons to drop a window."""
TOGETHER = 256
"""Windows whose annotations are counted together."""


@dataclass(frozen=True)
class Windows:
    """Windows of one participant, in order of time."""

    signal: Array
    """(windows, 3, samples) float32 g"""
    time: Array
    """(windows,) int64 nanoseconds since 1970 of the first sample"""
    label: Array
    """(windows,) int64 class; -1 where there is none"""
    dropped: Mapping[str, int]
    """Number of windows by the reason that they were dropped for."""


def cut_windows(samples: Samples, length: int, hop: int, label: Array | None) -> Windows:
    """Windows of `length` samples, one every `hop` places of the grid.

    `label` (annotations,) is the class of each annotation; without it windows need no annotation, and get no
    label.
    """
    first, incomplete = _complete(samples.position, length, hop)
    gaps = _number_in(~np.isfinite(samples.values).all(0), first, length) > 0
    if label is None:
        bare = np.zeros(len(first), dtype=bool)
    else:
        bare = ~gaps & (_number_in(samples.code >= 0, first, length) == 0)
    first = first[~gaps & ~bare]
    signal = np.empty((len(first), len(samples.values), length), dtype=np.float32)
    if len(first):
        for axis, values in enumerate(samples.values):
            signal[:, axis] = sliding_window_view(values, length)[first]
    classes = np.full(len(first), -1) if label is None else label[_most_frequent(samples.code, first, length)]
    dropped = {INCOMPLETE: incomplete, MISSING: int(gaps.sum()), UNANNOTATED: int(bare.sum())}
    return Windows(
        signal,
        samples.time[first],
        classes.astype(np.int64),
        {reason: number for reason, number in dropped.items() if number},
    )


def _complete(position: Array, length: int, hop: int) -> tuple[Array, int]:
    """Index of the first sample of each window that lacks no row, (windows,), and number of those that do.

    Windows start at the multiples of `hop`; one without any row counts neither here nor there.
    """
    starts = np.concatenate([[0], np.flatnonzero(np.diff(position) != 1) + 1])
    ends = np.append(starts[1:], len(position))
    low, high = position[starts], position[ends - 1]  # of each run of successive places
    earliest = -(-low // hop)
    number = np.maximum((high - length + 1) // hop - earliest + 1, 0)
    order = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    first = np.repeat(starts - low + earliest * hop, number) + order * hop
    # All windows that a run reaches into, none counted twice.
    reached = np.maximum((low - length) // hop + 1, 0)
    until = high // hop
    reached[1:] = np.maximum(reached[1:], np.maximum.accumulate(until)[:-1] + 1)
    return first, int(np.maximum(until - reached + 1, 0).sum() - number.sum())


def _number_in(chosen: Any, first: Array, length: int) -> Array:
    """How many of `chosen` (samples,) bool lie in each window: (windows,)."""
    total = np.concatenate([[0], np.cumsum(chosen, dtype=np.int32)])
    return np.asarray(total[first + length] - total[first])


def _most_frequent(code: Array, first: Array, length: int) -> Array:
    """Each window's most frequent code but -1, the smallest of equally frequent ones: (windows,)."""
    present = np.flatnonzero(np.bincount(code + 1))
    present = present[present > 0] - 1
    place = np.zeros(int(code.max(initial=-1)) + 2, dtype=np.int32)  # 0 for none
    place[present + 1] = np.arange(1, len(present) + 1)
    width = len(present) + 1
    result = np.empty(len(first), dtype=np.int64)
    for start in range(0, len(first), TOGETHER):
        some = first[start : start + TOGETHER]
        collected = place[sliding_window_view(code, length)[some] + 1] + width * np.arange(len(some))[:, None]
        counts = np.bincount(collected.ravel(), minlength=width * len(some)).reshape(-1, width)
        result[start : start + TOGETHER] = present[counts[:, 1:].argmax(1)]
    return result
