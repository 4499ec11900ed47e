"""A whole recording in memory: the signal, its noisy partner if it has one, its sampling rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.columns import find_signal, find_time
from tidemark.recordings.formats import Kind, open_source
from tidemark.recordings.source import Source, check_present, values_of
from tidemark.recordings.timestamps import SAMPLE, SECONDS, Clock, check_unit, on_grid


@dataclass(frozen=True)
class Recording:
    """A signal as it was recorded; a missing value is NaN, also where the file lacks the row."""

    clean: Array
    """(channels, samples) float64"""
    noisy: Array | None
    """(channels, samples) float64, where the file holds a pair"""
    columns: Sequence[str]
    """Names of the clean signal's columns; channel numbers of a WAV or NPY file."""
    sampling_rate: float
    """Samples per `rate_unit`."""
    rate_unit: str
    first_time: str | float | None
    """Time of the first sample, as the time column has it (a date in ISO 8601)."""


def read_recording(
    path: Path,
    columns: Sequence[str] | None = None,
    noisy_columns: Sequence[str] | None = None,
    time_column: str | None = None,
    sampling_rate: float | None = None,
    rate_unit: str = "s",
    kind: Kind | None = None,
) -> Recording:
    """Read a CSV, WAV, NPY or Parquet file.

    Without `columns`: all channels of a WAV or NPY file, the one column of numbers of a table.
    The rate comes from the time column or the WAV header, else from `sampling_rate`; where both
    are there they must agree. Without `time_column` and `sampling_rate` the column of dates, or
    one called time, is the time. Rows that a regular time column lacks become missing samples.
    Raises a one-line `InputError` where the file is not such a recording.
    """
    with open_source(path, kind) as source:
        check_unit(rate_unit, source.label)
        look = time_column is not None or (source.has_table and sampling_rate is None)
        time = find_time(source, time_column) if look else None
        clean = find_signal(source, columns or (), time, None, "columns")
        noisy = find_signal(source, noisy_columns, time, None, "noisy_columns") if noisy_columns else []
        if noisy and len(noisy) != len(clean):
            raise InputError(
                f"{source.label}: {len(clean)} columns ({', '.join(source.names[i] for i in clean)}) but "
                f"{len(noisy)} noisy_columns ({', '.join(noisy_columns or ())}); give one for each"
            )
        clock = Clock(source.label, source.names[time]) if time is not None else None
        chosen = [*clean, *noisy]
        values = _read(source, chosen, time, clock)
        for index, signal in zip(chosen, values, strict=True):
            check_present(source, index, bool(np.isfinite(signal).any()))
        return Recording(
            clean=values[: len(clean)],
            noisy=values[len(clean) :] if noisy else None,
            columns=tuple(source.names[index] for index in clean),
            sampling_rate=_rate(source, clock, sampling_rate, rate_unit),
            rate_unit=rate_unit,
            first_time=clock.first if clock else None,
        )


def _read(source: Source, columns: Sequence[int], time: int | None, clock: Clock | None) -> Array:
    """Values of the columns, (columns, samples), on the clock's grid if there is one."""
    blocks = []
    last = -1
    for batch in source.batches(columns):
        if not len(batch):
            continue
        block = values_of(source, batch, columns)
        if clock is not None and time is not None:
            positions = clock.positions(batch, time)
            block = on_grid(block, positions, last)
            last = int(positions[-1])
        blocks.append(block)
    return np.concatenate(blocks, axis=1)


def _rate(source: Source, clock: Clock | None, given: float | None, unit: str) -> float:
    """Samples per `unit`, from the file and what was given; raises `InputError` if they disagree."""
    measured: float | None = None
    agrees = True
    if source.frequency is not None:
        measured = 1.0 if unit == SAMPLE else source.frequency * SECONDS[unit]
        agrees = given is None or abs(given / measured - 1) < 1e-9
    elif clock is not None:
        measured = clock.rate(unit)
        agrees = given is None or clock.agrees(given, unit)
    if unit == SAMPLE:
        return given or 1.0
    if given is not None and not agrees:
        raise InputError(
            f"{source.label}: sampling_rate = {given:g} per {unit}, but the file has {measured:g}; "
            "mend sampling_rate or rate_unit"
        )
    if given is None and measured is None:
        raise InputError(f"{source.label}: the file has no sampling rate; give sampling_rate or time_column")
    return float(given if given is not None else measured or 0.0)
