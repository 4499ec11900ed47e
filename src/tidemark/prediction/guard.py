"""Numbers that a network can take, and that it can have meant: the one place where others are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.normalisation import LARGEST
from tidemark.core.store import Array, DatasetInfo
from tidemark.signals.recordings.missing import without
from tidemark.signals.recordings.source import Batch, Source, values_of

RESOLVED = 2.0**24
"""A value so many times the scale of the others hides them: float32 tells no smaller steps apart."""
SUSPECT = 1e15
"""Up to here, a series that is scaled by itself is not compared with its usual size."""
FILL = 9.969209968386869e36
"""NetCDF's marker of what was never written."""
RECENT = 1000
"""Values that show what size a series usually has …"""
RECENT_VALUES = 2**17
"""… fewer of each of many series: so many in all, but a few of each."""


class Guard:
    """Reads the values of a recording, batch by batch, and refuses those that are no input for a model."""

    def __init__(
        self, source: Source[Any], columns: Sequence[int], info: DatasetInfo, missing: Sequence[float] = ()
    ) -> None:
        """For `columns` of `source`, all that the model takes or, for a model of one channel, any number.

        Some numbers stand for `missing` values.
        """
        self._source, self._columns, self._missing = source, columns, missing
        self._own = info.normalisation == "window"
        self._mean, self._std = (
            np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std)
        )
        self._recent = np.empty((len(columns), 0))
        # Values up to this size are none of those refused: most recordings hold no other.
        self._harmless = min(LARGEST, FILL / 2)
        if not self._own:
            self._harmless = min(self._harmless, float((RESOLVED * self._std - np.abs(self._mean)).min()))

    def values(self, batch: Batch) -> Array:
        """Recorded values of the columns, (columns, rows) float64, missing ones NaN; see `samples`."""
        return np.asarray(self.samples(batch), dtype=np.float64)

    def samples(self, batch: Batch) -> Array:
        """The same, float32 where `samples_of` the batch are.

        Raises `InputError`, naming row and column, at infinity, at what float32 does not hold, at NetCDF's
        fill value, and at a value of over `RESOLVED` times the scale that the model was trained at: where
        each signal is scaled by itself, the size which half the values before it do not exceed.
        """
        if not len(batch):
            return np.empty((len(self._columns), 0))
        if not self._own:
            values = without(batch.samples_of(self._columns), self._missing)
            if _largest(values) <= self._harmless:
                return values
        values = without(values_of(self._source, batch, self._columns), self._missing)
        size = np.abs(values)
        wrong = (size > LARGEST) | np.isclose(size, FILL, rtol=1e-5, atol=0)
        if self._own:
            self._recent = np.concatenate([self._recent, size], axis=1)
            if (size > SUSPECT).any():
                wrong |= (size > SUSPECT) & (size > RESOLVED * _lower_median(self._recent))
            kept = min(RECENT, max(10, RECENT_VALUES // len(self._columns)))
            self._recent = self._recent[:, -kept:]
        else:
            wrong |= np.abs(values - self._mean) > RESOLVED * self._std
        if wrong.any():
            place, row = first(wrong)
            raise InputError(
                f"{self._at(batch, row, place)}: {values[place, row]:g} is too large for the model; leave it "
                "empty, or NaN, if it stands for a missing value, else correct it or name another model"
            )
        return values

    def check_estimates(self, batch: Batch, recorded: Array, estimates: Array) -> None:
        """Raise `InputError` at an estimate that is not finite, or no float32, where a value was recorded.

        Both are (columns, rows).
        """
        with np.errstate(invalid="ignore"):
            if estimates.size and estimates.min() >= -LARGEST and estimates.max() <= LARGEST:
                return
            wrong = ~np.isnan(recorded) & ~(np.abs(estimates) <= LARGEST)
        if wrong.any():
            place, row = first(wrong)
            raise InputError(
                f"{self._at(batch, row, place)}: the model makes {estimates[place, row]:g} of "
                f"{recorded[place, row]:g}; correct the values around it, or name another model"
            )

    def _at(self, batch: Batch, row: int, place: int) -> str:
        column = self._source.called(self._columns[place])
        return f"{self._source.file_name}: {batch.place(row)}, {column}"


def of_any_size(info: DatasetInfo) -> DatasetInfo:
    """The description with which values of any scale pass, as those that are rescaled."""
    return replace(info, std=[float("inf")])


def first(wrong: Array) -> tuple[int, int]:
    """Column and row of what is wrong, (columns, rows) of bool, in the first row that has any of it."""
    row = int(wrong.any(axis=0).argmax())
    return int(wrong[:, row].argmax()), row


def _largest(values: Array) -> float:
    """The largest size of the values that are not missing; 0 where there is none."""
    size = float(max(-values.min(), values.max()))
    if not np.isnan(size):
        return size
    least, most = (each.reduce(values, axis=None, initial=0.0) for each in (np.fmin, np.fmax))
    return float(max(-least, most))


def _lower_median(size: Array) -> Array:
    """What half of the values, (columns, rows), do not exceed, (columns, 1); infinity where there is none."""
    ordered = np.sort(size, axis=1)  # NaN comes last
    count = (~np.isnan(size)).sum(axis=1, keepdims=True)
    median = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=1)
    return np.where(count > 0, median, np.inf)
