"""A trained denoiser over a file of any size: the same kind of file comes out, everything else unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.endpoints import destination_of, kind_of_source, label_of, reading, writing
from tidemark.prediction.model import Model
from tidemark.prediction.overlap import OverlapAdd
from tidemark.prediction.rate import check_model, check_times
from tidemark.prediction.waiting import Waiting, passes
from tidemark.prediction.writers import Writer, open_writer
from tidemark.recordings.columns import find_signal, find_time
from tidemark.recordings.formats import open_source
from tidemark.recordings.source import Batch, Source, check_present, values_of
from tidemark.recordings.timestamps import Clock, on_grid


@dataclass(frozen=True)
class Denoised:
    """What was done."""

    destination: str
    """Path of the new file, or `-`."""
    columns: Sequence[str]
    """Columns, or channels, that were denoised."""
    rows: int
    """Rows, or samples of each channel."""
    missing: int
    """Missing values among the denoised ones, left missing."""

    @property
    def summary(self) -> str:
        """The same in a line."""
        names = ", ".join(self.columns)
        return f"{self.destination}: {names}, {self.rows} rows, {self.missing} values missing"


def denoise_file(
    model: Model,
    source: str,
    destination: str | None = None,
    *,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
    remembered: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> Denoised:
    """Denoise a file of any size, in little memory, into a new file of the same kind.

    `source` and `destination` are paths, or `-` for standard input and output; without a
    destination, `<stem>-denoised<suffix>` beside the source. `kind` is csv, wav, npy or parquet,
    for a file whose suffix does not say (standard input is CSV unless it is given). `columns` are
    those of the signal (channel numbers of a WAV or NPY file), `remembered` the names it had in
    the data that the model was trained on. `progress` is told how many values are done.
    Raises a one-line `InputError`, with nothing written, where the file is none for the model.
    """
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, label_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, "denoised")
        time = find_time(opened, time_column)
        signal = find_signal(opened, columns, time, model.info.channels, "--column", remembered)
        check_model(opened, model.info, signal)
        with writing(target) as temporary:
            std = min(map(float, model.info.std))
            writer = open_writer(temporary, opened, signal, std, Path(target).suffix.lower() == ".gz")
            try:
                rows, missing = _denoise(model, opened, writer, signal, time, progress)
            finally:
                writer.close()
    return Denoised(target, tuple(opened.names[index] for index in signal), rows, missing)


def _denoise(
    model: Model,
    source: Source,
    writer: Writer[Batch],
    signal: Sequence[int],
    time: int | None,
    progress: Callable[[int], None] | None,
) -> tuple[int, int]:
    """Read, denoise and write everything; the number of rows, and of missing values."""
    present = dict.fromkeys(signal, 0)
    rows = done = 0
    for group in passes(source, signal, model.info.channels == 1):
        part = [column for column in signal if column in group]
        rows = 0
        for batch, estimates in _estimates(model, source, group, part, time):
            writer.write(batch, dict(zip(part, estimates, strict=True)))
            rows += len(batch)
            done += estimates.size
            for column, values in zip(part, estimates, strict=True):
                present[column] += int(np.count_nonzero(~np.isnan(values)))
            if progress is not None:
                progress(done)
    for column, count in present.items():
        check_present(source, column, count > 0)
    return rows, done - sum(present.values())


def _estimates(
    model: Model, source: Source, columns: Sequence[int], signal: Sequence[int], time: int | None
) -> Iterator[tuple[Batch, Array]]:
    """Each batch of rows, and estimates of the signal's columns in it, (signal, rows) float64."""
    if not signal:
        for batch in source.batches(columns):
            yield batch, np.empty((0, len(batch)))
        return
    info = model.info
    mean = np.array(info.mean, dtype=np.float64)[:, None]
    std = np.array(info.std, dtype=np.float64)[:, None]
    overlap = OverlapAdd(
        model.estimate, len(signal), info.length, causal=info.causal, separate=info.channels == 1
    )
    waiting = Waiting[Batch](len(signal))
    clock = Clock(source.label, source.names[time]) if time is not None else None
    last = -1
    for batch in source.batches(columns):
        values = values_of(source, batch, signal)
        places = np.arange(len(batch))
        if clock is not None and time is not None and len(batch):
            positions = clock.positions(batch, time)
            check_times(clock, info)
            values = on_grid(values, positions, last)
            places = positions - last - 1
            last = int(positions[-1])
        waiting.put(batch, places, values.shape[1])
        for complete, estimates in waiting.take(overlap.add((values - mean) / std)):
            yield complete, estimates * std + mean
    for complete, estimates in waiting.take(overlap.finish()):
        yield complete, estimates * std + mean
