"""What there is in a file: columns, sampling rate, gaps, units, range; read as the pipeline will."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.project import season, sentinels
from tidemark.project.calendars import calendar
from tidemark.project.table import read_times
from tidemark.signals.recordings.columns import TIME_NAMES, find_time, listed
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.missing import without
from tidemark.signals.recordings.recording import read_recording
from tidemark.signals.recordings.timestamps import SAMPLE, SECONDS

UNITS = re.compile(r"[\[(]([^\[\]()]+)[\])]\s*$")
SHOWN = 12
"""Columns that are told of, and drawn; of more, these are the first."""
BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Columns:
    """What a file has to choose from."""

    names: Sequence[str]
    """Columns of numbers, or channels, that may be the signal."""
    time: str | None
    """The time column."""
    is_table: bool
    units: Mapping[str, str] = field(default_factory=dict)
    """Units of columns, where the file's header says them."""


@dataclass(frozen=True)
class Survey:
    """Columns of a file that were looked at."""

    columns: Sequence[str]
    values: Array
    """(columns, samples) float64 on a grid of constant step, NaN where missing."""
    timing: dict[str, Any]
    """What params.yaml is to say of their times."""
    rate: float
    """Samples per …"""
    unit: str
    """… this unit of time."""
    first: str | float | None
    notes: Sequence[str] = field(default_factory=list)
    units: Mapping[str, str] = field(default_factory=dict)
    """Of columns, where the file's header says them."""

    missing: Sequence[float] = ()
    """Numbers that stand for missing values."""

    def unit_of(self, column: str) -> str:
        """What the header says, else what stands in brackets in the column's name."""
        return self.units.get(column) or units(column)

    @property
    def samples(self) -> int:
        """Length of the recording, missing samples included."""
        return int(self.values.shape[1])

    def season(self, share: float) -> tuple[int, float]:
        """The season of the first column, sought in the beginning, a `share` of all; and how sure it is."""
        return season.find(self.values[0, : round(share * self.samples)])

    def lines(self, name: str) -> list[str]:
        """What was found, for a terminal."""
        begins = f", from {self.first}" if self.first is not None else ""
        result = [f"{name}: {self.samples:,} samples, {self._clock()}{begins}"]
        result += [f"  {note}" for note in self.notes]
        for column, row in [*zip(self.columns, self.values, strict=True)][:SHOWN]:
            present = row[np.isfinite(row)]
            missing = np.isnan(row)
            gaps = int((missing[1:] & ~missing[:-1]).sum() + missing[0])
            some = f"{missing.sum():,} missing in {gaps:,} gap{'s' if gaps > 1 else ''}"
            lack = some if gaps else "nothing missing"
            unit = f" {self.unit_of(column)}" if self.unit_of(column) else ""
            result.append(
                f"  {column}: {present.min():.5g} to {present.max():.5g}{unit}, {lack}  {sparkline(row)}"
            )
        if (more := len(self.columns) - SHOWN) > 0:
            result.append(f"  and {more:,} more")
        return result

    def _clock(self) -> str:
        """How often there is a sample, in words."""
        if self.unit == SAMPLE:
            return "no unit of time"
        if self.rate < 1:
            return f"1 sample every {1 / self.rate:g} {self.unit}{'' if self.unit == 's' else 's'}"
        return f"{self.rate:g} sample{'' if self.rate == 1 else 's'} per {self.unit}"


def units(column: str) -> str:
    """What stands in brackets at the end of a column's name."""
    match = UNITS.search(column)
    return match[1].strip() if match else ""


def columns(path: Path, time_column: str | None = None) -> Columns:
    """The columns of a file; raises `InputError` where it cannot be read or holds no number."""
    with open_source(path) as source:
        time = find_time(source, time_column) if source.has_table or time_column else None
        names = [
            name
            for place, (name, kind) in enumerate(zip(source.names, source.kinds, strict=True))
            if place != time and kind in ("float", "integer")
        ]
        if not names:
            raise InputError(f"{path}: no column of numbers among {listed(source.names)}")
        called = None if time is None else source.names[time]
        return Columns(names, called, source.has_table, source.units)


def survey(path: Path, chosen: Sequence[str], time: str | None, rate: tuple[float, str] | None) -> Survey:
    """Look at some columns of a file; `rate` is samples per unit, as the user says it.

    Dates of a calendar's steps (months, working days) have no constant step: their rows are counted. Raises
    `InputError` where the columns cannot be read or times have no constant step.
    """
    given, unit = rate if rate else (None, "s")
    has_rate = _has_rate(path)
    if time is None and given is None and not has_rate:
        read = read_recording(path, chosen, None, None, 1.0, SAMPLE)
        timing: dict[str, Any] = {"sampling_rate": 1, "rate_unit": SAMPLE}
        notes = ["no times in it: samples are counted; --rate says how many there are a second"]
        return Survey(chosen, read.clean, timing, 1.0, SAMPLE, None, notes)
    if time is None or has_rate:
        read = read_recording(path, chosen, None, None, given, unit)
        timing = {} if given is None else {"sampling_rate": _short(given), "rate_unit": unit}
        return Survey(chosen, read.clean, timing, read.sampling_rate, unit, None)
    if (note := calendar(read_times(path, time))) and given is None:
        read = read_recording(path, chosen, None, None, 1.0, SAMPLE)
        return Survey(
            chosen, read.clean, {"sampling_rate": 1, "rate_unit": SAMPLE}, 1.0, SAMPLE, None, [note]
        )
    read = read_recording(path, chosen, None, time, given, unit)
    dates = isinstance(read.first_time, str)
    if rate is None and dates:
        unit = _unit(read.sampling_rate)
        read = read_recording(path, chosen, None, time, None, unit)
    notes = []
    if rate is None and not dates and time.lower() not in TIME_NAMES:
        notes = [f"column {time!r} is taken to count seconds; --rate says otherwise"]
    timing = {"time_column": time, "rate_unit": unit}
    if rate is not None:
        timing["sampling_rate"] = _short(rate[0])
    return Survey(chosen, read.clean, timing, read.sampling_rate, unit, read.first_time, notes)


def _has_rate(path: Path) -> bool:
    """Whether the header of a file says how many samples there are a second."""
    with open_source(path) as source:
        return source.frequency is not None or bool(source.units)


def without_sentinels(found: Survey, missing: Sequence[float] | None) -> Survey:
    """The same with gaps where a number stands for a missing value: one of `missing`, by default found.

    Raises `InputError` where a column then has no value.
    """
    numbers = sentinels.find(found.values) if missing is None else missing
    values = without(found.values, numbers)
    for column, row in zip(found.columns, values, strict=True):
        if not np.isfinite(row).any():
            raise InputError(f"column {column!r} has no value but those that count as missing")
    notes = sentinels.said(found.values, numbers, found.columns)
    if missing is None and notes:
        notes[-1] += "; --missing none keeps it as a value"
    return replace(found, values=values, missing=numbers, notes=[*found.notes, *notes])


def sparkline(values: Array, width: int = 40) -> str:
    """A signal (samples,) as a line of blocks: means of its parts, a space where all is missing."""
    parts = [part[np.isfinite(part)] for part in np.array_split(values, min(width, len(values)))]
    means = np.array([part.mean() if len(part) else np.nan for part in parts])
    low, high = np.nanmin(means), np.nanmax(means)
    levels = (means - low) / ((high - low) or 1.0) * (len(BLOCKS) - 1)
    return "".join(" " if np.isnan(level) else BLOCKS[round(level)] for level in levels)


def _unit(per_second: float) -> str:
    """The largest unit of time in which there is at least one sample, or nearly."""
    step = 1 / per_second
    fitting = [unit for unit, seconds in SECONDS.items() if step >= 0.999 * seconds]
    return fitting[-1] if fitting else "s"


def _short(rate: float) -> float | int:
    return int(rate) if rate == int(rate) else rate
