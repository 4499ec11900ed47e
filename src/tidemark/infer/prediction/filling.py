"""What is written in the place of missing values; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.signals.recordings.source import Batch, Source


class Filling:
    """Goes through a recording from its first row to its last."""

    def __init__(self, length: int, steps: int | None = None) -> None:
        """By windows of `length` samples; of each gap the first `steps` values, by default all.

        Raises `InputError` for less than one.
        """
        if steps is not None and steps < 1:
            raise InputError(f"--steps {steps}: expected at least 1 value to infer of each gap")
        self._length, self._steps = length, steps
        self._behind: dict[int, int] = {}

    def __call__(
        self, source: Source[Any], batch: Batch, columns: Sequence[int], recorded: Array, known: Array
    ) -> Array:
        """Of `recorded` and inferred values, (columns, rows), what to write, NaN where a table's cell stays.

        Raises `InputError`, naming the row, where nothing was present to infer a value from.
        """
        missing = np.isnan(recorded)
        if (failed := missing & np.isnan(known)).any():  # nothing was present around it
            row = int(failed.any(axis=0).argmax())
            column = columns[int(failed[:, row].argmax())]
            raise InputError(
                f"{source.file_name}: {batch.place(row)}, {source.called(column)}: nothing is present in the "
                f"{self._length} samples around it that the model infers from; give some of them, or split "
                "the file there"
            )
        if self._steps is not None:
            place = np.stack(
                [_in_gap(gap, column, self._behind) for gap, column in zip(missing, columns, strict=True)]
            )
            known = np.where(place > self._steps, np.nan, known)
        return np.where(missing, known, np.nan) if source.has_table else known


def _in_gap(missing: Array, column: int, behind: dict[int, int]) -> Array:
    """Place of each missing value in its gap, from 1, and 0 of a present one: (rows,), as `missing`.

    `behind` holds, by column, how many missing values the rows before end with, and is brought up to date.
    """
    rows = np.arange(1, len(missing) + 1)
    last = np.maximum.accumulate(np.where(missing, -behind.get(column, 0), rows))
    place = np.where(missing, rows - last, 0)
    if len(place):
        behind[column] = int(place[-1])
    return place
