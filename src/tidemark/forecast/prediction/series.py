"""Which columns of a file are series to forecast, and their last samples: what a forecast is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.grid import trained_columns
from tidemark.prediction.guard import Guard
from tidemark.prediction.timeline import Timeline
from tidemark.signals.recordings.columns import find_signal
from tidemark.signals.recordings.source import Batch, Source
from tidemark.signals.recordings.timestamps import on_grid

ENOUGH = 10
"""Samples without exception that show a column to count."""


def find_series(
    source: Source[Any], names: Sequence[str], time: int | None, info: DatasetInfo
) -> tuple[list[int], bool]:
    """Indices of the columns called `names`, and whether there is no doubt about them.

    Without names, those that the model was trained on, where a table has them all; where it is not known
    which those were, for a model of one channel all of numbers, of which some may be counts, see
    `without_counts`.
    Raises `InputError` where there is none, or where that leaves a choice.
    """
    names = names or trained_columns(source, info)
    if not names and not info.columns and source.has_table and info.channels == 1:
        kinds = [None if index == time else kind for index, kind in enumerate(source.kinds)]
        numeric = [index for index, kind in enumerate(kinds) if kind in ("float", "integer")]
        if numeric:
            return numeric, False
    return find_signal(source, names, time, info.channels, "--column"), True


def without_counts(past: Array) -> list[int]:
    """Places of the series, (series, lookback), that are more than a count of rows, or a time.

    Such a column grows by the same step in every row: an index, a year. If all do they are series.
    """
    everything = list(range(len(past)))
    if past.shape[1] < ENOUGH:
        return everything
    steps = np.diff(past, axis=1)
    counts = (steps[:, 0] > 0) & (np.ptp(steps, axis=1) <= 1e-9 * steps[:, 0])
    return everything if counts.all() else np.flatnonzero(~counts).tolist()


def check_past(source: Source[Any], series: Sequence[int], past: Array, lookback: int) -> None:
    """Raise `InputError` at the first series, (series, samples), whose last `lookback` hold no value."""
    empty = np.isnan(past[:, -lookback:]).all(axis=1)
    if empty.any():
        raise InputError(
            f"{source.file_name}: {source.called(series[int(empty.argmax())])} has no value among the "
            f"last {lookback}, on which the model looks back; choose others with --column"
        )


def read_tail(
    source: Source[Any],
    columns: Sequence[int],
    timeline: Timeline | None,
    guard: Guard,
    lookback: int,
    history: int,
) -> tuple[Array, Batch]:
    """Read a whole recording: the last samples of `columns`, (columns, samples) float64, and the last rows.

    They are the `lookback` and up to `history` before it, as many as there are. NaN is missing, as is what a
    `timeline`, which follows, shows that the file lacks. Raises `InputError` where it is shorter than the
    lookback, or where `guard` refuses a number.
    """
    values = np.empty((len(columns), 0))
    last, most = -1, lookback + history
    batch: Batch | None = None
    for piece in source.batches(columns):
        if not len(piece):
            continue
        batch = piece
        block = guard.values(piece)
        if timeline is None:
            last += len(piece)
        else:
            positions = timeline.positions(piece)
            before = max(last, int(positions[-1]) - most)  # no gap is filled that lies further back
            recent = positions > before
            block = on_grid(block[:, recent], positions[recent], before)
            last = int(positions[-1])
        values = np.concatenate([values, block], axis=1)[:, -most:]
    if batch is None or last + 1 < lookback:
        what = "rows" if source.has_table else "samples"
        raise InputError(
            f"{source.file_name}: {last + 1} {what}, but the model looks back on {lookback}; "
            f"give at least {lookback}, or name a model with a shorter lookback"
        )
    return values, batch
