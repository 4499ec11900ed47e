"""A whole recording in memory: the signal, its noisy partner if it has one, its sampling rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.columns import find_signal, find_time
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.formats import Kind, open_source
from tidemark.signals.recordings.missing import without
from tidemark.signals.recordings.source import Source, check_present, values_of
from tidemark.signals.recordings.timestamps import SAMPLE, SECONDS, Clock, check_unit, on_grid


@dataclass(frozen=True)
class Recording:
    """A signal as it was recorded; a missing value is NaN, also where the file lacks the row."""

    clean: Array
    """(channels, samples) float64"""
    noisy: Array | None
    """(channels, samples) float64, where the file holds a pair"""
    sampling_rate: float
    """Samples per unit of time."""
    first_time: str | float | None
    """Time of the first sample, as the time column has it (a date in ISO 8601)."""
    columns: Sequence[str] = ()
    """Names of a table's columns, (channels,), those of the noisy partner where there is one."""

    @property
    def arrays(self) -> dict[str, Array]:
        """`clean` and, where the file holds a pair, `noisy`: (channels, samples) each."""
        return {"clean": self.clean} | ({} if self.noisy is None else {"noisy": self.noisy})


def read(entry: RecordingEntry) -> Recording:
    """The recording that an entry describes; see `read_recording`."""
    timing = entry.time_column, entry.sampling_rate, entry.rate_unit
    return read_recording(Path(entry.file), entry.columns, entry.partner, *timing, missing=entry.missing)


def read_recording(
    path: Path,
    columns: Sequence[str] | None = None,
    noisy_columns: Sequence[str] | None = None,
    time_column: str | None = None,
    sampling_rate: float | None = None,
    rate_unit: str = "s",
    kind: Kind | None = None,
    missing: Sequence[float] = (),
) -> Recording:
    """Read a CSV, WAV, NPY, Parquet, EDF or WFDB file.

    Without `columns`: all channels of a WAV or NPY file, the one column of numbers of a table. The rate comes
    from the time column or the WAV header, and must agree with `sampling_rate` where both are there. Without
    `time_column` and `sampling_rate` the column of dates, or one called time, is the time. Rows that it lacks
    become missing samples, as do values that are one of the numbers `missing`. Raises a one-line `InputError`
    where the file is not such a recording.
    """
    with open_source(path, kind) as source:
        check_unit(rate_unit, source.file_name)
        look = time_column is not None or (source.has_table and sampling_rate is None)
        time = find_time(source, time_column) if look else None
        clean = find_signal(source, columns or (), time, None, "columns")
        noisy = find_signal(source, noisy_columns, time, None, "noisy_columns") if noisy_columns else []
        if noisy and len(noisy) != len(clean):
            raise InputError(
                f"{source.file_name}: {len(clean)} columns ({', '.join(source.names[i] for i in clean)}) but "
                f"{len(noisy)} noisy_columns ({', '.join(noisy_columns or ())}); give one for each"
            )
        if same := {*clean} & {*noisy}:
            raise InputError(
                f"{source.file_name}: {source.called(min(same))} is named both in columns and in "
                "noisy_columns; name the clean signal's columns and other ones for its noisy partner"
            )
        clock = Clock(source.file_name, source.names[time]) if time is not None else None
        chosen = [*clean, *noisy]
        values = _read(source, chosen, time, clock, missing)
        for index, signal in zip(chosen, values, strict=True):
            check_present(source, index, bool(np.isfinite(signal).any()))
        if noisy and np.array_equal(values[: len(clean)], values[len(clean) :], equal_nan=True):
            raise InputError(
                f"{source.file_name}: columns and noisy_columns hold the same values, which leaves no noise; "
                "name the clean signal and its noisy partner"
            )
        return Recording(
            clean=values[: len(clean)],
            noisy=values[len(clean) :] if noisy else None,
            sampling_rate=_rate(source, chosen, clock, sampling_rate, rate_unit),
            first_time=clock.first if clock else None,
            columns=[source.names[index] for index in noisy or clean] if source.has_table else (),
        )


def _read(
    source: Source[Any],
    columns: Sequence[int],
    time: int | None,
    clock: Clock | None,
    missing: Sequence[float],
) -> Array:
    """Values of the columns, (columns, samples), on the clock's grid if there is one."""
    blocks = []
    last, samples = -1, 0
    for batch in source.batches(columns):
        if not len(batch):
            continue
        block = values_of(source, batch, columns)
        block = without(block, missing)
        if clock is not None and time is not None:
            positions = clock.positions(batch.times(time), batch.place)
            _check_memory(source, len(columns), int(positions[-1]) + 1)
            block = on_grid(block, positions, last)
            last = int(positions[-1])
        samples += block.shape[1]
        _check_memory(source, len(columns), samples)
        blocks.append(block)
    return np.concatenate(blocks, axis=1)


def _check_memory(source: Source[Any], columns: int, samples: int) -> None:
    """Raise `InputError` where a recording, pieces and the whole, takes more memory than it may."""
    check_limit("memory", 2 * 8 * columns * samples, f"{source.file_name}: {columns} x {samples} values")


def _rate(
    source: Source[Any], columns: Sequence[int], clock: Clock | None, chosen: float | None, unit: str
) -> float:
    """Samples per `unit`, from the file or as `chosen`; raises `InputError` if they disagree."""
    measured: float | None = None
    agrees = True
    if (frequency := source.rate_of(columns)) is not None:
        measured = 1.0 if unit == SAMPLE else frequency * SECONDS[unit]
        agrees = chosen is None or abs(chosen / measured - 1) < 1e-9
    elif clock is not None:
        measured = clock.rate(unit)
        agrees = chosen is None or clock.agrees(chosen, unit)
    if unit == SAMPLE:
        return chosen or 1.0
    if chosen is not None and not agrees:
        raise InputError(
            f"{source.file_name}: sampling_rate = {chosen:g} per {unit}, but the file has {measured:g}; "
            "fix sampling_rate or rate_unit"
        )
    if chosen is None and measured is None:
        raise InputError(
            f"{source.file_name}: the file has no sampling rate; give sampling_rate or time_column"
        )
    return float(chosen if chosen is not None else measured or 0.0)
