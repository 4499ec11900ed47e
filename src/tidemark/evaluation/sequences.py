"""Windows of many participants, laid out side by side in their order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidemark.core.store import Array, Split

APART = 1.5
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
    order, row, column = _ordered(participant, time)
    broken = np.ones((row[-1] + 1, column.max() + 1), dtype=bool)
    follows = (column[1:] > 0) & (np.diff(time[order]) < APART * duration)
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
    order, row, column = _ordered(participant, time)
    overlapping = (column[1:] > 0) & (np.diff(time[order]) < OVERLAP * duration)
    if not overlapping.any():
        return np.ones(len(time), dtype=bool)
    # Times on one axis on which participants lie far apart, so that one search serves them all.
    since = time[order] - time.min()
    line = since + row * (since.max() + 2 * duration)
    after = np.searchsorted(line, line + round(OVERLAP * duration))
    kept = np.zeros(len(time) + 1, dtype=bool)
    here = np.flatnonzero(column == 0)
    ends = np.append(here[1:], len(time))
    while len(here):  # one step along all participants at once
        kept[here] = True
        here = after[here]
        here, ends = here[here < ends], ends[here < ends]
    result = np.zeros(len(time), dtype=bool)
    result[order] = kept[:-1]
    return result


def _ordered(participant: Array, time: Array) -> tuple[Array, Array, Array]:
    """The order of windows by participant, then time; row (participant) and column (place) in that order."""
    order = np.lexsort((time, participant))
    _, start, row = np.unique(participant[order], return_index=True, return_inverse=True)
    return order, row, np.arange(len(order)) - start[row]
