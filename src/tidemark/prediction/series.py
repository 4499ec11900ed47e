"""Which columns of a file are series to forecast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.columns import find_signal
from tidemark.recordings.source import Source

ENOUGH = 10
"""Samples without exception that show a column to count."""


def find_series(source: Source, names: Sequence[str], time: int | None, channels: int) -> list[int]:
    """Indices of the columns called `names`; without names, for a model of one channel all of numbers.

    Raises `InputError` where there is none, or where a model of several channels leaves a choice.
    """
    if not names and source.has_table and channels == 1:
        kinds = [None if index == time else kind for index, kind in enumerate(source.kinds)]
        numeric = [index for index, kind in enumerate(kinds) if kind in ("float", "integer")]
        if numeric:
            return numeric
    return find_signal(source, names, time, channels, "--column")


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


def check_past(source: Source, series: Sequence[int], past: Array) -> None:
    """Raise `InputError` at the first series of which the lookback, (series, lookback), holds no value."""
    empty = np.isnan(past).all(axis=1)
    if empty.any():
        what = "column" if source.has_table else "channel"
        raise InputError(
            f"{source.label}: {what} {source.names[series[int(empty.argmax())]]!r} has no value among the "
            f"last {past.shape[1]}, on which the model looks back; choose others with --column"
        )
