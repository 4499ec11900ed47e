"""Whether a file holds signals such as the model takes, and where on a grid of constant step its rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.months import MonthClock, are_months
from tidemark.signals.recordings.source import Batch, Source
from tidemark.signals.recordings.timestamps import SAMPLE, SECONDS, Clock
from tidemark.signals.units import bare


def check_model(source: Source[Any], info: DatasetInfo, signal: Sequence[int]) -> None:
    """Raise `InputError` unless the model takes signals of so many channels, at the file's rate."""
    if info.channels not in (1, len(signal)):
        raise InputError(
            f"{source.file_name}: {len(signal)} {source.noun}s where the model takes {info.channels} at a "
            "time; choose them with --column"
        )
    frequency = source.rate_of(signal)
    if frequency is None or info.rate_unit == SAMPLE:
        return
    expected = info.sampling_rate / SECONDS[info.rate_unit]
    if abs(frequency / expected - 1) > 1e-6:
        raise InputError(
            f"{source.file_name}: {frequency:g} samples per second, but the model was trained at "
            f"{expected:g}; resample the file to that rate"
        )


def trained_columns(source: Source[Any], info: DatasetInfo) -> list[str]:
    """Names of the columns that the model was trained on, where a table has them all; else none.

    They are the same with another unit in brackets.
    """
    if not source.has_table:
        return []
    if all(source.names.count(name) == 1 for name in info.columns):
        return list(info.columns)
    plain = [bare(name) for name in source.names]
    wanted = [bare(name) for name in info.columns]
    found = all(plain.count(name) == 1 for name in wanted) and len({*wanted}) == len(wanted)
    return [source.names[plain.index(name)] for name in wanted] if found else []


class Grid:
    """Follows a time column from the first row to the last.

    For a model that takes any rate, dates may also come month by month.
    """

    def __init__(self, source: Source[Any], column: int, info: DatasetInfo) -> None:
        """Begin before the first row."""
        self._column = column
        self._info = info
        self._clock: Clock | MonthClock = Clock(source.file_name, source.names[column])
        self._begun = False

    def positions(self, batch: Batch) -> Array:
        """Position of each row of the next batch, (rows,) int64; the file's first row is 0.

        Raises `InputError` where the times are not regular, or not at the model's rate.
        """
        return self._positions(batch, batch.times(self._column))

    def _positions(self, batch: Batch, times: Array) -> Array:
        if not self._begun and self._info.rate_unit == SAMPLE and are_months(times):
            self._clock = MonthClock(self._clock.where, times)
        self._begun = True
        positions = self._clock.positions(times, batch.place)
        if isinstance(self._clock, Clock):
            self._check_rate(self._clock)
        return positions

    def _check_rate(self, clock: Clock) -> None:
        info, measured = self._info, clock.rate(self._info.rate_unit)
        if measured is not None and not clock.agrees(info.sampling_rate, info.rate_unit):
            hint = (
                "" if clock.dates else f" (it counts as {info.rate_unit}; rename the column if it is no time)"
            )
            raise InputError(
                f"{clock.where}: {measured:g} rows per {info.rate_unit}, but the model was trained at "
                f"{info.sampling_rate:g}; resample the file to that rate{hint}"
            )
