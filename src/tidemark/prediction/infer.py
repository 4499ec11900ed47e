"""Missing values of a file inferred from what is present around them, in one column or its partner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.central import Central
from tidemark.prediction.endpoints import destination_of, kind_of_source, label_of, reading, writing
from tidemark.prediction.model import Info
from tidemark.prediction.rate import check_model
from tidemark.prediction.timeline import Timeline
from tidemark.prediction.waiting import Waiting, passes
from tidemark.prediction.writers import Writer, open_writer
from tidemark.recordings.columns import find_signal, find_time
from tidemark.recordings.formats import open_source
from tidemark.recordings.source import Batch, Source, values_of
from tidemark.recordings.timestamps import on_grid
from tidemark.windowing.points import arranged, put_back, scale_of_given


class Model(Protocol):
    """A trained model that infers."""

    @property
    def info(self) -> Info:
        """What it takes: `channels` sequences, `length` samples of each."""
        ...

    def infer(self, context: Array, /) -> Array:
        """Mean and standard deviation, (count, 2, points), of the points of an `arranged` context."""
        ...


@dataclass(frozen=True)
class Inferred:
    """What was done."""

    destination: str
    """Path of the new file, or `-`."""
    columns: Sequence[str]
    """Columns, or channels, that were looked through."""
    rows: int
    """Rows, or samples of each channel."""
    missing: int
    """Missing values of them, all inferred now."""
    std: bool
    """Whether their standard deviations were written."""

    @property
    def summary(self) -> str:
        """The same in a line."""
        what = f"{'standard deviations of ' if self.std else ''}{self.missing} values inferred"
        return f"{self.destination}: {', '.join(self.columns)}, {self.rows} rows, {what}"


def infer_file(
    model: Model,
    source: str,
    destination: str | None = None,
    *,
    std: bool = False,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
) -> Inferred:
    """Infer the missing values of a file of any size, in little memory, into a new file of the same kind.

    `source`, `destination` and `kind` are as those of `denoise_file`; without a destination,
    `<stem>-inferred<suffix>` beside the source. `columns` are the pair, in the order in which the model
    knows it; for a model of one sequence each is one of its own. A value is inferred from all that is
    present in the window of the model's length in which it is most central. Its mean takes the place of the
    missing value, or with `std` its standard deviation (then `<stem>-inferred-std<suffix>`), in the
    column's own units; present values and all else stay as they are.
    Raises a one-line `InputError`, with nothing written, where the file is none for the model, nothing is
    missing, or a whole window.
    """
    info = model.info
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, label_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, "inferred-std" if std else "inferred")
        time = find_time(opened, time_column)
        signal = find_signal(opened, columns, time, info.channels, "--column")
        check_model(opened, info, signal)
        names = tuple(opened.names[index] for index in signal)
        with writing(target) as temporary:
            scale = min(map(float, info.std))
            writer = open_writer(temporary, opened, signal, scale, Path(target).suffix.lower() == ".gz")
            try:
                rows, missing = _infer(model, opened, writer, signal, time, int(std))
            finally:
                writer.close()
            if not missing:
                raise InputError(
                    f"{opened.label}: no value of {', '.join(names)} is missing, nothing is to be inferred; "
                    "leave empty, or NaN, what is asked for"
                )
    return Inferred(target, names, rows, missing, std)


def _infer(
    model: Model, source: Source, writer: Writer[Batch], signal: Sequence[int], time: int | None, row: int
) -> tuple[int, int]:
    """Read, infer and write everything; the number of rows, and of values that were missing."""
    rows = missing = 0
    for group in passes(source, signal, model.info.channels == 1):
        part = [column for column in signal if column in group]
        rows = 0
        for batch, given, values in _values(model, source, group, part, time, row):
            gaps = np.isnan(given)
            _check_inferred(source, batch, part, gaps & np.isnan(values), model.info.length)
            # A table's writer leaves alone what is NaN: those cells stay as they were written.
            new = np.where(gaps, values, np.nan) if source.has_table else values
            writer.write(batch, dict(zip(part, new, strict=True)))
            rows += len(batch)
            missing += int(gaps.sum())
    return rows, missing


def _values(
    model: Model, source: Source, columns: Sequence[int], signal: Sequence[int], time: int | None, row: int
) -> Iterator[tuple[Batch, Array, Array]]:
    """Each batch of rows, and the signal's columns as given and as known then, (signal, rows) float64."""
    if not signal:
        for batch in source.batches(columns):
            yield batch, np.empty((0, len(batch))), np.empty((0, len(batch)))
        return
    info = model.info
    together = [slice(place, place + 1) for place in range(len(signal))]
    if info.channels > 1:
        together = [slice(0, len(signal))]

    def infer(windows: Array) -> Array:
        return inferred(model, windows, source.label)[:, row]

    parts = [(each, Central(infer, each.stop - each.start, info.length)) for each in together]
    waiting = Waiting[tuple[Batch, Array]](len(signal))
    timeline = Timeline(source, time, info) if time is not None else None
    last = -1
    for batch in source.batches(columns):
        given = values = values_of(source, batch, signal)
        places = np.arange(len(batch))
        if timeline is not None and len(batch):
            positions = timeline.positions(batch)
            values = on_grid(values, positions, last)
            places = positions - last - 1
            last = int(positions[-1])
        waiting.put((batch, given), places, values.shape[1])
        ready = zip(*(central.add(values[each]) for each, central in parts), strict=True)
        for (complete, there), known in waiting.take(np.concatenate(piece) for piece in ready):
            yield complete, there, known
    ready = zip(*(central.finish() for _, central in parts), strict=True)
    for (complete, there), known in waiting.take(np.concatenate(piece) for piece in ready):
        yield complete, there, known


def inferred(model: Model, windows: Array, label: str) -> Array:
    """Mean and standard deviation of every value: (count, sequences, length) → (count, 2, sequences, length).

    `windows` are in recorded units, as is the result, NaN where missing; each holds something. The
    sequence with more present values comes first, as one that is known in full does in training. Raises
    `InputError`, naming the file `label`, where values are too large for the model.
    """
    info = model.info
    mean, std = (np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std))
    member = np.argsort(np.isnan(windows).sum(2), axis=1, kind="stable")
    given = np.take_along_axis((windows - mean) / std, member[..., None], 1)
    level, size = np.zeros((1, 1, 1)), np.ones((1, 1, 1))
    if info.normalisation == "window":
        level, size = scale_of_given(given)
    with np.errstate(over="ignore"):
        context, _, order = arranged((given - level) / size, np.full_like(given, np.nan), member)
    _check_finite(~np.isinf(context), label)
    estimates = np.asarray(model.infer(context), dtype=np.float64)
    expected = (len(context), 2, context.shape[2])
    if estimates.shape != expected:
        raise ValueError(f"the model returned shape {estimates.shape} instead of {expected}")
    _check_finite(np.isfinite(estimates), label)
    result = put_back(estimates, order, windows.shape[1]) * size[:, None]
    result[:, 0] += level
    unsorted = np.empty_like(result)
    np.put_along_axis(unsorted, np.broadcast_to(member[:, None, :, None], result.shape), result, 2)
    unsorted *= std
    unsorted[:, 0] += mean
    return unsorted


def _check_finite(finite: Array, label: str) -> None:
    """Raise `InputError` unless everything is."""
    if not finite.all():
        raise InputError(f"{label}: values too large for the model; name one trained on such values")


def _check_inferred(source: Source, batch: Batch, columns: Sequence[int], failed: Array, length: int) -> None:
    """Raise `InputError` at the first missing value, of (columns, rows), around which nothing was present."""
    if failed.any():
        row = int(failed.any(axis=0).argmax())
        name = source.names[columns[int(failed[:, row].argmax())]]
        what = "column" if source.has_table else "channel"
        raise InputError(
            f"{source.label}: {batch.place(row)}, {what} {name!r}: nothing is present in the {length} "
            "samples around it that the model infers from; give some of them, or split the file there"
        )
