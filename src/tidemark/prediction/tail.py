"""The end of a recording: what a forecast is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.timeline import Timeline
from tidemark.recordings.source import Batch, Source, values_of
from tidemark.recordings.timestamps import on_grid


@dataclass(frozen=True)
class Tail:
    """The last samples, and how the file wrote them."""

    values: Array
    """(columns, lookback) float64, NaN where missing, also where the file lacks the row."""
    batch: Batch
    """The last rows that were read."""


def read_tail(source: Source, columns: Sequence[int], timeline: Timeline | None, lookback: int) -> Tail:
    """Read a whole recording and keep its last `lookback` samples of `columns`.

    Missing rows count as samples where there is a `timeline`, which follows. Raises `InputError`
    where the recording is shorter.
    """
    values = np.empty((len(columns), 0))
    last = -1
    batch: Batch | None = None
    for piece in source.batches(columns):
        if not len(piece):
            continue
        batch = piece
        block = values_of(source, piece, columns)
        if timeline is None:
            last += len(piece)
        else:
            positions = timeline.positions(piece)
            before = max(last, int(positions[-1]) - lookback)  # no gap is filled that lies further back
            recent = positions > before
            block = on_grid(block[:, recent], positions[recent], before)
            last = int(positions[-1])
        values = np.concatenate([values, block], axis=1)[:, -lookback:]
    if batch is None or last + 1 < lookback:
        what = "rows" if source.has_table else "samples"
        raise InputError(
            f"{source.label}: {last + 1} {what}, but the model looks back on {lookback}; "
            f"give at least {lookback}, or name a model with a shorter lookback"
        )
    return Tail(values, batch)
