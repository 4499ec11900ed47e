"""A trained denoiser over a file of any size: the same kind of file comes out, everything else unchanged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.store import Array
from tidemark.prediction.endpoints import destination_of, kind_of_source, label_of, reading, writing
from tidemark.prediction.model import Model
from tidemark.prediction.overlap import OverlapAdd
from tidemark.prediction.rate import check_model, check_times
from tidemark.prediction.writers import Writer, open_writer
from tidemark.recordings.columns import find_signal, find_time
from tidemark.recordings.formats import open_source
from tidemark.recordings.source import Batch, Source, check_present, values_of
from tidemark.recordings.timestamps import Clock, on_grid

VALUES_AT_ONCE = 2**20
"""Values of an NPY file's channels that are denoised together, about."""


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
    for group in _passes(source, signal, model.info.channels == 1):
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


def _passes(source: Source, signal: Sequence[int], separate: bool) -> list[Sequence[int]]:
    """Columns to read together: not all those of an NPY file, where channels lie one after another."""
    layout = getattr(source, "layout", None)
    everything = range(len(source.names))
    if layout is None or layout.time_major:
        return [everything]
    if not separate:
        return [signal, *([other] for other in everything if other not in signal)]
    together = max(1, VALUES_AT_ONCE // layout.samples)
    return [everything[start : start + together] for start in range(0, len(everything), together)]


class _Queue:
    """Batches of rows that wait for the estimates of their samples."""

    def __init__(self, channels: int) -> None:
        self._waiting: deque[tuple[Batch, Array, int]] = deque()
        self._ready = np.empty((channels, 0))

    def put(self, batch: Batch, places: Array, samples: int) -> None:
        """Add a batch whose rows stand at `places` among the next `samples` samples."""
        self._waiting.append((batch, places, samples))

    def take(self, estimates: Iterable[Array]) -> Iterator[tuple[Batch, Array]]:
        """Take in estimates (channels, samples); yield each complete batch with its own (channels, rows)."""
        self._ready = np.concatenate([self._ready, *estimates], axis=1)
        while self._waiting and self._waiting[0][2] <= self._ready.shape[1]:
            batch, places, samples = self._waiting.popleft()
            complete, self._ready = self._ready[:, :samples], self._ready[:, samples:]
            yield batch, complete[:, places]


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
    queue = _Queue(len(signal))
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
        queue.put(batch, places, values.shape[1])
        for complete, estimates in queue.take(overlap.add((values - mean) / std)):
            yield complete, estimates * std + mean
    for complete, estimates in queue.take(overlap.finish()):
        yield complete, estimates * std + mean
