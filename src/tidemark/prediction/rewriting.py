"""A file of any size written anew, with estimates in the place of a signal's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.endpoints import destination_of, file_name_of, kind_of_source, reading
from tidemark.prediction.ends import Ends
from tidemark.prediction.grid import Grid, check_model, trained_columns
from tidemark.prediction.guard import Guard, of_any_size
from tidemark.prediction.likeness import NOTHING, Demand, count_of, first_values, suited
from tidemark.prediction.output import writing
from tidemark.prediction.picture import picture_of, time_axis
from tidemark.prediction.streaming import Estimator, streamed
from tidemark.prediction.units import in_units
from tidemark.prediction.writers import WholeWriter
from tidemark.signals.recordings.columns import find_signal, find_time
from tidemark.signals.recordings.formats import Kind, open_source
from tidemark.signals.recordings.source import Batch, Source

Replacement = Callable[[Source[Any], Batch, Sequence[int], Array, Array], Array]
"""(source, some of its rows, columns, recorded values, estimates, (columns, rows) each) → what is written."""


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
    estimator: Callable[[DatasetInfo, int], Estimator],
    source: str,
    destination: str | None,
    *,
    ending: str,
    summary: str,
    check: Callable[[Source[Any], Mapping[int, int], int], None],
    replacement: Replacement | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
    demand: Demand = NOTHING,
    interval: bool = False,
    plot: str | None = None,
    missing: Sequence[float] = (),
) -> Rewritten:
    """Put estimates into a new file of the same kind, in little memory; all else stays as it was.

    `source` and `destination` are paths, or `-` for standard input and output; without a destination,
    `<stem>-<ending><suffix>` beside the source. `kind` is csv, wav, npy or parquet, where no suffix says so
    (else CSV). `columns` are those of the signal (channel numbers of a WAV or NPY file), by default those
    that the model was trained on; for a model of one channel each is a signal of its own. `estimator`, of a
    description and so many channels, takes recorded values; `summary` says what became of `{}` missing
    values; `check`, of their number by column and that of rows, has the last word; `replacement` makes of
    recorded values and estimates what to write, NaN where a table's cell stays. `demand` is how like the
    training inputs the signal has to be. With an `interval`, estimates are followed by as many half widths,
    and ends of intervals are written into further columns. `plot` is where a picture goes; numbers that are
    `missing` stand for missing values. Raises a one-line `InputError`, with nothing written, where the file
    is none for the model.
    """
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, file_name_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, ending)
        time = find_time(opened, time_column)
        signal = find_signal(
            opened, columns or trained_columns(opened, info), time, info.channels, "--column"
        )
        check_model(opened, info, signal)
        demand, info, unit_note = in_units(demand, info, opened, signal)
        scaled, note = _suited(demand, info, path, opened, chosen_kind, signal, missing)
        ends = Ends(opened, signal) if interval else None
        picture = picture_of(plot, info, time_axis(opened, time))
        lacking, rows = dict.fromkeys(signal, 0), 0
        with writing(target) as temporary:
            scale, zipped = min(map(float, scaled.std)), Path(target).suffix.lower() == ".gz"
            further = ends.names if ends else ()
            open_writer = partial(opened.writer, temporary, signal, scale, zipped, further)
            with closing(WholeWriter(open_writer)) as writer:
                for group in opened.groups(signal, separate=info.channels == 1):
                    part = [column for column in signal if column in group]
                    own = part_of(scaled, [signal.index(column) for column in part])
                    grid = None if time is None else Grid(opened, time, info)
                    rows = 0
                    guard = Guard(opened, part, own, missing)
                    for batch, before, both in streamed(
                        opened, group, part, grid, guard, partial(estimator, own)
                    ):
                        after, widths = np.split(both, [len(part)])
                        new = replacement(opened, batch, part, before, after) if replacement else after
                        if ends:  # of what is written alone
                            widths = np.where(np.isnan(new), np.nan, widths)
                        extra = ends.of(part, after, widths) if ends else {}
                        writer.write(batch, dict(zip(part, new, strict=True)) | extra)
                        if picture is not None:
                            moments = None if time is None else batch.times(time)
                            shown = [opened.names[column] for column in part]
                            picture.add(shown, before, after, widths, moments)
                        rows += len(batch)
                        for column, values in zip(part, before, strict=True):
                            lacking[column] += int(np.count_nonzero(np.isnan(values)))
            check(opened, lacking, rows)
            if picture is not None:
                picture.draw()
    names, total = tuple(opened.names[column] for column in signal), sum(lacking.values())
    short = f"; {rows} rows, fewer than the model's {info.length}" if rows < info.length else ""
    line = f"{target}: {', '.join(names)}, {rows} rows, {summary.format(total)}{short}{unit_note}{note}"
    return Rewritten(target, names, rows, total, line)


def _suited(
    demand: Demand,
    info: DatasetInfo,
    path: Path,
    source: Source[Any],
    kind: Kind,
    signal: list[int],
    missing: Sequence[float],
) -> tuple[DatasetInfo, str]:
    """What `suited` makes of the start of the file, which is opened once more for that."""
    if not demand.looks:
        return info, ""
    with open_source(path, kind, source.file_name) as again:
        guard = Guard(again, signal, of_any_size(info) if demand.rescale else info, missing)
        values = first_values(again, guard.values, signal, count_of(info, len(signal)))
    return suited(demand, info, values, [source.called(column) for column in signal], source.file_name)


def part_of(info: DatasetInfo, places: Sequence[int]) -> DatasetInfo:
    """The description by which the columns at `places` are scaled, where each has a scale of its own."""
    if info.channels > 1 or len(info.mean) == 1:
        return info
    return replace(
        info, mean=[info.mean[place] for place in places], std=[info.std[place] for place in places]
    )
