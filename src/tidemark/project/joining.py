"""Several files as one recording, in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.project.table import Table, read_table, shown
from tidemark.project.tidy import Tidied
from tidemark.signals.recordings.columns import listed
from tidemark.signals.recordings.formats import open_source

ALIKE = 0.2
"""By how much, as a share, median steps of files may differ."""


def join(readable: Sequence[Path], files: Sequence[Path], time_column: str | None) -> Tidied:
    """The rows of several files, each to be read at `readable`, in order of time; without times, as given.

    Raises `InputError`, naming the user's `files`, where columns differ, times overlap, or one of them has
    another step.
    """
    tables = []
    for path, file in zip(readable, files, strict=True):
        with open_source(path, None, str(file)) as source:
            if not source.has_table:
                raise InputError(f"{file}: only tables, CSV or Parquet, are joined; add it alone")
        tables.append((str(file), read_table(path, time_column)))
        if not tables[-1][1].values.size:
            raise InputError(f"{file}: no rows of numbers; name files that hold some")
    first = tables[0][1]
    tables = [(file, _alike(table, first, file, tables[0][0])) for file, table in tables]
    notes = []
    if first.time is None:
        notes.append(f"joined {len(tables)} files without times in the order given")
    else:
        tables.sort(key=lambda each: float(each[1].times.min()))
        for (before, earlier), (after, later) in pairwise(tables):
            if later.times.min() <= earlier.times.max():
                raise InputError(
                    f"{after}: begins at {shown(later.times.min()[None])[0]}, before {before} ends at "
                    f"{shown(earlier.times.max()[None])[0]}; files of one recording follow each other in time"
                )
        _check_steps(tables)
        begins = (f"{file} from {shown(table.times.min()[None])[0]}" for file, table in tables)
        notes.append(f"joined {len(tables)} files in order of time: {listed([*begins])}")
    if first.left_out:
        notes.append(f"left out columns without numbers: {', '.join(first.left_out)}")
    whole = replace(
        first,
        values=np.concatenate([table.values for _, table in tables], axis=1),
        times=np.concatenate([table.times for _, table in tables]),
    )
    return Tidied(whole.text(), notes)


def _alike(table: Table, first: Table, file: str, with_which: str) -> Table:
    """A table with its columns in the order of the first one; raises `InputError` where they differ."""
    names, known = {*table.names, table.time}, {*first.names, first.time}
    if names != known:
        odd = next(str(name) for name in [*table.names, table.time, *first.names, first.time]
                   if name not in names & known)  # fmt: skip
        has, lacks = (file, with_which) if odd in map(str, names) else (with_which, file)
        raise InputError(
            f"{file}: not the columns of {with_which}: {odd!r} is in {has}, not in {lacks}, as a column "
            "of its kind; files of one recording have the same"
        )
    if table.time is not None and table.times.dtype.kind != first.times.dtype.kind:
        raise InputError(
            f"{file}: column {table.time!r} holds dates in one of {file} and {with_which}, numbers in the "
            "other; write both alike"
        )
    places = [table.names.index(name) for name in first.names]
    return replace(table, names=first.names, values=table.values[places])


def _check_steps(tables: Sequence[tuple[str, Table]]) -> None:
    known = [(file, float(np.median(np.diff(table.times)))) for file, table in tables if len(table.times) > 2]
    for file, step in known[1:]:
        before, usual = known[0]
        if abs(step) > (1 + ALIKE) * abs(usual) or abs(usual) > (1 + ALIKE) * abs(step):
            scale, unit = (1e6, " s") if tables[0][1].times.dtype.kind == "i" else (1.0, "")
            raise InputError(
                f"{file}: one row every {step / scale:.6g}{unit}, {before} has one every "
                f"{usual / scale:.6g}{unit}; join files of one sampling rate"
            )
