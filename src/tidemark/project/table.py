"""A table of numbers in memory: its columns and its times, read from any file, written for the pipeline."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.project import dates
from tidemark.signals.recordings.columns import find_time
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import values_of


@dataclass(frozen=True)
class Table:
    """Columns of numbers, and the time of each row."""

    names: Sequence[str]
    values: Array
    """(columns, rows) float64, NaN where missing."""
    time: str | None
    """Name of the time column."""
    times: Array
    """(rows,) int64 microseconds since 1970 or float64 numbers; (0,) where there is no time column."""
    left_out: Sequence[str] = ()
    """Columns of the file that hold no numbers."""

    def text(self) -> str:
        """The table as CSV."""
        columns = [[_number(value) for value in row] for row in self.values.tolist()]
        names = [*self.names]
        if self.time is not None:
            names.insert(0, self.time)
            columns.insert(0, shown(self.times))
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*columns, strict=True))
        return stream.getvalue()


def read_times(path: Path, time_column: str | None) -> Array:
    """The times of a file's rows, (rows,) as in `Table`; (0,) where it has no time column."""
    with open_source(path) as source:
        place = find_time(source, time_column) if source.has_table or time_column else None
        if place is None:
            return np.zeros(0)
        times = [batch.times(place) for batch in source.batches([place]) if len(batch)]
        return np.concatenate(times) if times else np.zeros(0)


def read_table(path: Path, time_column: str | None) -> Table:
    """A file's columns of numbers; raises `InputError` where it cannot be read, or is too large."""
    with open_source(path) as source:
        time = find_time(source, time_column) if source.has_table or time_column else None
        places = [
            place for place, kind in enumerate(source.kinds) if place != time and kind in ("float", "integer")
        ]
        wanted = [*places, *([] if time is None else [time])]
        values, times, rows = [np.zeros((len(places), 0))], [], 0
        for batch in source.batches(wanted):
            if len(batch):
                rows += len(batch)
                check_limit("memory", 3 * 8 * len(wanted) * rows, str(path))
                values.append(values_of(source, batch, places) if places else np.zeros((0, len(batch))))
                times += [] if time is None else [batch.times(time)]
        return Table(
            [source.names[place] for place in places],
            np.concatenate(values, axis=1),
            None if time is None else source.names[time],
            np.concatenate(times) if times else np.zeros(0),
            [name for place, name in enumerate(source.names) if place not in wanted],
        )


def shown(times: Array) -> list[str]:
    """Times, (rows,) as in `Table`, as text: dates in ISO 8601."""
    if times.dtype.kind == "i":
        return dates.iso(times.astype("datetime64[us]"))
    return [_number(value) for value in times.tolist()]


def _number(value: float) -> str:
    return "" if value != value else repr(value).removesuffix(".0")
