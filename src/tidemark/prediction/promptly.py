"""Rows that come one by one, written as soon as their own estimates are known."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.ends import Ends
from tidemark.prediction.grid import Grid, check_model, trained_columns
from tidemark.prediction.guard import Guard, of_any_size
from tidemark.prediction.likeness import NOTHING, Demand, FirstLook, count_of, suited
from tidemark.prediction.lines import FollowedSource, FollowedWriter, standard_output
from tidemark.prediction.rewriting import Replacement
from tidemark.prediction.streaming import Estimator
from tidemark.prediction.units import in_units
from tidemark.signals.recordings.columns import find_signal, find_time
from tidemark.signals.recordings.delimited_rows import DelimitedBatch
from tidemark.signals.recordings.timestamps import on_grid


@dataclass
class Pending:
    """Rows of a batch, some of which wait for estimates."""

    batch: DelimitedBatch
    recorded: Array
    """(channels, rows)"""
    places: Array
    """(rows,) number of each row's sample, rising"""
    taken: int = 0
    """Rows that wait no longer."""


class Rows:
    """Rows in order, and estimates that come later, in pieces of another size."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._pending: deque[Pending] = deque()
        self._known: Array | None = None
        self._first = 0  # number of the first known sample

    def put(self, batch: DelimitedBatch, recorded: Array, places: Array) -> None:
        """Add rows whose samples have the numbers `places`."""
        self._pending.append(Pending(batch, recorded, places))

    def take(self, estimates: Iterable[Array]) -> Iterator[tuple[DelimitedBatch, Array, Array]]:
        """Take in estimates (channels, samples); yield rows that have theirs, recorded values, estimates."""
        parts = [*([] if self._known is None else [self._known]), *estimates]
        if not parts:
            return
        known = np.concatenate(parts, axis=1)
        needed = end = self._first + known.shape[1]
        while self._pending:
            front = self._pending[0]
            start, stop = front.taken, int(np.searchsorted(front.places, end))
            if stop > start or not len(front.places):
                own = known[:, front.places[start:stop] - self._first]
                yield rows_of(front.batch, start, stop), front.recorded[:, start:stop], own
                front.taken = stop
            if stop < len(front.places):
                needed = min(end, int(front.places[stop]))
                break
            self._pending.popleft()
        self._known, self._first = known[:, needed - self._first :].copy(), needed


def rows_of(batch: DelimitedBatch, start: int, stop: int) -> DelimitedBatch:
    """Some rows of a batch, as a batch."""
    some = slice(start, stop)
    return replace(
        batch,
        leading=batch.leading if start == 0 else "",
        cells=batch.cells[some],
        endings=batch.endings[some],
        rows=batch.rows[some],
    )


def rewrite_promptly(
    info: DatasetInfo,
    estimator: Callable[[DatasetInfo, int], Estimator],
    *,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    demand: Demand = NOTHING,
    interval: bool = False,
    replacement: Replacement | None = None,
    missing: Sequence[float] = (),
) -> None:
    """Write each row of standard input with its estimates in place, see `rewrite_file`, once they are known.

    Memory does not grow. What the input is like is looked at once, when there is a window of it or it has
    ended; where it is rescaled, nothing is written before there are the windows that a file's scale is found
    from. Raises `InputError` at the first row that is wrong; what was written before stays.
    """
    source = FollowedSource()
    time = find_time(source, time_column)
    signal = find_signal(source, columns or trained_columns(source, info), time, info.channels, "--column")
    check_model(source, info, signal)
    demand, info, _ = in_units(demand, info, source, signal)
    grid = None if time is None else Grid(source, time, info)
    ends = Ends(source, signal) if interval else None
    batches = source.batches(signal)
    if demand.rescale:
        info, batches = _rescaled(demand, info, source, signal, batches, missing)
        demand = NOTHING
    guard, rows = Guard(source, signal, info, missing), Rows()
    estimates = estimator(info, len(signal))
    last, look = -1, FirstLook(demand, info, source, signal)
    with standard_output() as stream:
        further = ends.names if ends else ()
        writer = FollowedWriter(
            stream, source.style, source.header_with(further), min(map(float, info.std)), len(further)
        )

        def write(known: Iterable[Array]) -> None:
            for batch, before, both in rows.take(known):
                after, widths = np.split(both, [len(signal)])
                guard.check_estimates(batch, before, after)
                new = replacement(source, batch, signal, before, after) if replacement else after
                if ends:  # of what is written alone
                    widths = np.where(np.isnan(new), np.nan, widths)
                extra = ends.of(signal, after, widths) if ends else {}
                writer.write(batch, dict(zip(signal, new, strict=True)) | extra)

        for batch in batches:
            values = recorded = guard.values(batch)
            look.add(recorded)
            places = last + 1 + np.arange(len(batch))
            if grid is not None and len(batch):
                places = grid.positions(batch)
                values = on_grid(recorded, places, last)
            rows.put(batch, recorded, places)
            last = int(places[-1]) if len(places) else last
            write(estimates.add(values))
        look.finish()
        write(estimates.finish())


def _rescaled(
    demand: Demand,
    info: DatasetInfo,
    source: FollowedSource,
    signal: Sequence[int],
    batches: Iterator[DelimitedBatch],
    missing: Sequence[float],
) -> tuple[DatasetInfo, Iterator[DelimitedBatch]]:
    """How a signal is scaled, known when as much of it has come as is looked at; and all batches."""
    held: list[DelimitedBatch] = []
    values, count = np.empty((len(signal), 0)), count_of(info, len(signal))
    guard = Guard(source, signal, of_any_size(info), missing)
    for batch in batches:
        held.append(batch)
        values = np.concatenate([values, guard.values(batch)], axis=1)
        if values.shape[1] >= count:
            break
    called = [source.called(column) for column in signal]
    return suited(demand, info, values[:, :count], called, source.file_name)[0], chain(held, batches)
