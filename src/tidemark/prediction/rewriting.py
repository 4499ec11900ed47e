"""A file of any size written anew, with estimates in the place of a signal's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.endpoints import destination_of, file_name_of, kind_of_source, reading
from tidemark.prediction.grid import Grid, check_model
from tidemark.prediction.guard import Guard
from tidemark.prediction.output import writing
from tidemark.prediction.streaming import Estimator, streamed
from tidemark.prediction.writers import WholeWriter
from tidemark.signals.recordings.columns import find_signal, find_time
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import Batch, Source


@dataclass(frozen=True)
class Rewritten:
    """What was written."""

    destination: str
    """Path of the new file, or `-`."""
    columns: Sequence[str]
    """Columns, or channels, that were estimated."""
    rows: int
    """Rows, or samples of each channel."""
    missing: int
    """Missing values among the recorded ones."""
    summary: str
    """The same in a line."""


def rewrite_file(
    info: DatasetInfo,
    estimator: Callable[[int], Estimator],
    source: str,
    destination: str | None,
    *,
    ending: str,
    summary: str,
    check: Callable[[Source[Any], Mapping[int, int], int], None],
    replacement: Callable[[Source[Any], Batch, Sequence[int], Array, Array], Array] | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
) -> Rewritten:
    """Put estimates into a new file of the same kind, in little memory; all else stays as it was.

    `source` and `destination` are paths, or `-` for standard input and output; without a destination,
    `<stem>-<ending><suffix>` beside the source. `kind` is csv, wav, npy or parquet, where no suffix says so
    (else CSV). `columns` are those of the signal (channel numbers of a WAV or NPY file); for a model of one
    channel each is a signal of its own. `estimator`, of so many channels, takes recorded values; `summary`
    says what became of `{}` missing values; `check`, of their number by column and that of rows, has the last
    word; `replacement` makes of recorded values and estimates what to write, NaN where a table's cell stays.
    Raises a one-line `InputError`, with nothing written, where the file is none for the model.
    """
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, file_name_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, ending)
        time = find_time(opened, time_column)
        signal = find_signal(opened, columns, time, info.channels, "--column")
        check_model(opened, info, signal)
        missing, rows = dict.fromkeys(signal, 0), 0
        with writing(target) as temporary:
            scale, zipped = min(map(float, info.std)), Path(target).suffix.lower() == ".gz"
            open_writer = partial(opened.writer, temporary, signal, scale, zipped)
            with closing(WholeWriter(open_writer)) as writer:
                for group in opened.groups(signal, separate=info.channels == 1):
                    part = [column for column in signal if column in group]
                    grid = None if time is None else Grid(opened, time, info)
                    rows = 0
                    guard = Guard(opened, part, info)
                    for batch, before, after in streamed(opened, group, part, grid, guard, estimator):
                        new = replacement(opened, batch, part, before, after) if replacement else after
                        writer.write(batch, dict(zip(part, new, strict=True)))
                        rows += len(batch)
                        for column, values in zip(part, before, strict=True):
                            missing[column] += int(np.isnan(values).sum())
            check(opened, missing, rows)
    names, total = tuple(opened.names[column] for column in signal), sum(missing.values())
    line = f"{target}: {', '.join(names)}, {rows} rows, {summary.format(total)}"
    return Rewritten(target, names, rows, total, line)
