"""A trained forecaster on a file: the rows to come, in a new file of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.core.task import Predicting
from tidemark.forecast.learning import INPUT
from tidemark.forecast.metrics import predict
from tidemark.forecast.prediction.rolling import continued
from tidemark.forecast.prediction.series import check_past, find_series, read_tail, without_counts
from tidemark.prediction.endpoints import destination_of, file_name_of, kind_of_source, reading
from tidemark.prediction.grid import check_model
from tidemark.prediction.guard import LARGEST, Guard
from tidemark.prediction.output import writing
from tidemark.prediction.rewriting import Rewritten
from tidemark.prediction.timeline import Timeline
from tidemark.prediction.writers import writer_errors
from tidemark.signals.recordings.columns import find_time, listed
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import NewRows
from tidemark.signals.windows.normalisation import scale_of

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


@dataclass(frozen=True)
class Forecast(Rewritten):
    """What was written; missing are values in what the forecast was made from."""

    left_out: Sequence[str]
    """Columns, or channels, of the file that are not in the new one."""


def forecast_file(
    info: DatasetInfo,
    forward: Callable[[Array], Array],
    source: str,
    destination: str | None = None,
    *,
    horizon: int | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
    history: int = 0,
) -> Forecast:
    """Forecast the series of a file of any size, in little memory, into a new file of the same kind.

    `forward` maps scaled pasts (count, channels, length) float32 to futures (count, channels, horizon).
    Pasts of a model with a `history` hold up to so many samples more, as the file has them, gaps as NaN.
    `source`, `destination` and `kind` are as those of `rewrite_file`, the ending is `forecast`. `columns` are
    the series, by default all columns of numbers that do more than count the rows. The new file holds
    `horizon` rows of the series and the time, by default as many as the model forecasts; for more, forecasts
    are fed back. Raises a one-line `InputError`, with nothing written, where the file is none for the model.
    """
    steps = info.horizon if horizon is None else horizon
    if steps < 1:
        raise InputError(f"--horizon = {steps}: expected at least 1")
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, file_name_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, "forecast")
        time = find_time(opened, time_column)
        series = find_series(opened, columns, time, info.channels)
        check_model(opened, info, series)
        timeline = Timeline(opened, time, info) if time is not None else None
        guard = Guard(opened, series, info)
        past, last = read_tail(opened, series, timeline, guard, info.length, history)
        if not columns and opened.has_table and info.channels == 1:
            moving = without_counts(past)
            series, past = [series[place] for place in moving], past[moving]
        check_past(opened, series, past, info.length)
        future = continued(info, forward, past, steps, history)
        if (np.abs(future) > LARGEST).any():
            raise InputError(f"the forecast is no float32 within {steps} steps; ask for fewer with --horizon")
        times, texts = (timeline.after(steps), timeline.texts(steps)) if timeline else ([], [])
        rows = NewRows(series, future, moves(past), time, times, texts)
        with writing(target) as temporary, writer_errors():
            opened.write_rows(temporary, last, rows, Path(target).suffix.lower() == ".gz")
        names, missing = opened.names, int(np.isnan(past).sum())
        forecast = [names[index] for index in series]
        left_out = [name for index, name in enumerate(names) if index not in {*series, time}]
        summary = f"{target}: {listed(forecast)}, {steps} rows forecast"
        done = "left out" if history else "interpolated"
        summary += f", {missing} missing values {done} before them" if missing else ""
        held, most = past.shape[1], info.length + history
        summary += f", from {held} samples where the model can use {most}" if held < most else ""
        summary += f"; left out: {listed(left_out)}" if left_out else ""
        return Forecast(target, forecast, steps, missing, summary, left_out)


def moves(past: Array) -> Array:
    """How far each series moves, (series,); of one that does not, its size; above zero."""
    level, size = (array[:, 0, 0] for array in scale_of(past[:, None]))
    still = np.nanmax(past, axis=1) == np.nanmin(past, axis=1)
    return np.where(still & (level != 0), np.abs(level), size)


def command(model: Trained, source: str, destination: str | None, **options: Any) -> Forecast:
    """What `tidemark predict` does for this task."""
    forward, history = forward_of(model), model.network.history
    return forecast_file(model.info.dataset, forward, source, destination, history=history, **options)


def forward_of(model: Trained) -> Callable[[Array], Array]:
    """A trained network as a function of scaled pasts (count, channels, samples)."""

    def forward(past: Array) -> Array:
        return predict(model.network, model.device, {INPUT: past})

    return forward


PREDICTING = Predicting(("horizon", "columns", "time_column", "kind"), command)
