"""Windows of many participants, laid out side by side in their order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidemark.core.store import Array, Split

BREAK = 1.5
"""Windows that begin this many windows apart, or more, do not follow one another."""
OVERLAP = 0.99
"""A window that begins sooner after another, in windows, overlaps it; clocks are not exact."""


@dataclass(frozen=True)
class Sequences:
    """Where each window of a split lies: one row a participant, one column a window, in order of time."""

    row: Array
    """(windows,)"""
    column: Array
    """(windows,)"""
    broken: Array
    """(participants, longest) bool: whether nothing goes before; true past the end too."""

    @property
    def shape(self) -> tuple[int, int]:
        """Participants, and windows of the one who has most."""
        participants, longest = self.broken.shape
        return participants, longest

    def laid_out(self, values: Array, nothing: float) -> Array:
        """Values of windows, (windows, …), as (participants, longest, …), with `nothing` past the end."""
        result = np.full((*self.shape, *values.shape[1:]), nothing, dtype=values.dtype)
        result[self.row, self.column] = values
        return result

    def by_window(self, values: Array) -> Array:
        """Back again: from (…, participants, longest, last) to (…, windows, last)."""
        return np.asarray(values[..., self.row, self.column, :])


def sequences(split: Split, duration: int) -> Sequences:
    """Lay out the windows of a split, which last `duration` ns, by `participant` and `time` (ns), (windows,).

    A sequence breaks where the next window begins more than about one window later: what lies between is
    unknown.
    """
    participant, time = np.asarray(split["participant"]), np.asarray(split["time"])
    order = np.lexsort((time, participant))
    _, start, row = np.unique(participant[order], return_index=True, return_inverse=True)
    column = np.arange(len(order)) - start[row]
    broken = np.ones((row[-1] + 1, column.max() + 1), dtype=bool)
    follows = (column[1:] > 0) & (np.diff(time[order]) < BREAK * duration)
    broken[row[1:], column[1:]] = ~follows
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return Sequences(row[back], column[back], broken)


def without_overlap(split: Split, duration: int) -> Array:
    """Which windows to keep so that none overlaps one kept before it, (windows,) bool.

    From each participant's first window on, the next one is the first that begins where the last one ends, or
    later. Windows last `duration` ns.
    """
    participant, time = np.asarray(split["participant"]), np.asarray(split["time"])
    result = np.zeros(len(time), dtype=bool)
    for person in np.unique(participant):
        own = np.flatnonzero(participant == person)
        own = own[time[own].argsort()]
        after = np.searchsorted(time[own], time[own] + round(OVERLAP * duration)).tolist()
        place = 0
        while place < len(own):
            result[own[place]] = True
            place = after[place]
    return result
