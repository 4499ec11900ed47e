"""A trained forecaster on a file: the rows to come, in a new file of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.normalisation import scale_of
from tidemark.prediction.endpoints import destination_of, kind_of_source, label_of, reading, writing
from tidemark.prediction.model import Model
from tidemark.prediction.rate import check_model
from tidemark.prediction.rolling import continued
from tidemark.prediction.rows import NewRows, write_rows
from tidemark.prediction.series import check_past, find_series, without_counts
from tidemark.prediction.tail import read_tail
from tidemark.prediction.timeline import Timeline
from tidemark.recordings.columns import find_time
from tidemark.recordings.formats import open_source


@dataclass(frozen=True)
class Forecast:
    """What was done."""

    destination: str
    """Path of the new file, or `-`."""
    columns: Sequence[str]
    """Columns, or channels, that were forecast."""
    left_out: Sequence[str]
    """Columns, or channels, of the file that are not in the new one."""
    rows: int
    """Rows, or samples of each channel, that were forecast."""
    missing: int
    """Missing values that were interpolated in what the forecast was made from."""

    @property
    def summary(self) -> str:
        """The same in a line."""
        line = f"{self.destination}: {_listed(self.columns)}, {self.rows} rows forecast"
        if self.missing:
            line += f", {self.missing} missing values interpolated before them"
        return f"{line}; left out: {_listed(self.left_out)}" if self.left_out else line


def forecast_file(
    model: Model,
    source: str,
    destination: str | None = None,
    *,
    horizon: int | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
) -> Forecast:
    """Forecast the series of a file of any size, in little memory, into a new file of the same kind.

    `source`, `destination` and `kind` are as those of `denoise_file`; without a destination,
    `<stem>-forecast<suffix>` beside the source. `columns` are the series, unless given all columns of
    numbers that do more than count the rows; for a model of one channel each is a series of its own.
    The new file holds `horizon` rows of the series and the time: as many as the model forecasts unless
    given; for more, forecasts are fed back.
    Raises a one-line `InputError`, with nothing written, where the file is none for the model.
    """
    info = model.info
    steps = info.horizon if horizon is None else horizon
    if steps < 1:
        raise InputError(f"--horizon = {steps}: expected at least 1")
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, label_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, "forecast")
        time = find_time(opened, time_column)
        series = find_series(opened, columns, time, info.channels)
        check_model(opened, info, series)
        timeline = Timeline(opened, time, info) if time is not None else None
        tail = read_tail(opened, series, timeline, info.length)
        past = tail.values
        if not columns and opened.has_table and info.channels == 1:
            kept = without_counts(past)
            series, past = [series[place] for place in kept], past[kept]
        check_past(opened, series, past)
        future = continued(model, past, steps)
        rows = NewRows(series, future, _moves(past), time, timeline)
        with writing(target) as temporary:
            write_rows(temporary, opened, tail.batch, rows, Path(target).suffix.lower() == ".gz")
        names = opened.names
        left_out = [name for index, name in enumerate(names) if index not in {*series, time}]
        return Forecast(
            target, [names[index] for index in series], left_out, steps, int(np.isnan(past).sum())
        )


def _moves(past: Array) -> Array:
    """How far each series moves, (series,); of one that does not, its size; above zero."""
    level, size = (array[:, 0, 0] for array in scale_of(past[:, None]))
    still = np.nanmax(past, axis=1) == np.nanmin(past, axis=1)
    return np.where(still & (level != 0), np.abs(level), size)


def _listed(names: Sequence[str]) -> str:
    """Names for a line, the first ten of many; a column may have none."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(name or "''" for name in names[:10]) + more
