"""Whether a file holds signals such as the model takes: so many channels, at its rate."""

from __future__ import annotations

from collections.abc import Sequence

from tidemark.core.errors import InputError
from tidemark.prediction.model import Info
from tidemark.recordings.source import Source
from tidemark.recordings.timestamps import SAMPLE, SECONDS, Clock


def check_model(source: Source, info: Info, signal: Sequence[int]) -> None:
    """Raise `InputError` unless the model takes signals of so many channels, at the file's rate."""
    if info.channels not in (1, len(signal)):
        what = "columns" if source.has_table else "channels"
        raise InputError(
            f"{source.label}: {len(signal)} {what} where the model takes {info.channels} at a time; "
            "choose them with --column"
        )
    if source.frequency is None or info.rate_unit == SAMPLE:
        return
    expected = info.sampling_rate / SECONDS[info.rate_unit]
    if abs(source.frequency / expected - 1) > 1e-6:
        raise InputError(
            f"{source.label}: {source.frequency:g} samples per second, but the model was trained at "
            f"{expected:g}; resample the file to that rate"
        )


def check_times(clock: Clock, info: Info) -> None:
    """Raise `InputError` unless the rows come at the model's rate."""
    measured = clock.rate(info.rate_unit)
    if measured is not None and not clock.agrees(info.sampling_rate, info.rate_unit):
        hint = "" if clock.dates else f" (it counts as {info.rate_unit}; rename the column if it is no time)"
        raise InputError(
            f"{clock.where}: {measured:g} rows per {info.rate_unit}, but the model was trained at "
            f"{info.sampling_rate:g}; resample the file to that rate{hint}"
        )
