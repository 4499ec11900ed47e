"""A trained forecaster on a file: the rows to come, in a new file of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.normalisation import LARGEST, scale_of
from tidemark.core.predicting import Predicting
from tidemark.core.store import Array, DatasetInfo
from tidemark.forecast.learning import INPUT
from tidemark.forecast.metrics import predict
from tidemark.forecast.prediction.rolling import continued, half_widths
from tidemark.forecast.prediction.series import check_past, find_series, read_tail, without_counts
from tidemark.prediction.endpoints import destination_of, file_name_of, kind_of_source, reading
from tidemark.prediction.ends import names_of_ends, widths_of
from tidemark.prediction.grid import check_model
from tidemark.prediction.guard import Guard, of_any_size
from tidemark.prediction.likeness import NOTHING, Demand, demand_of, suited
from tidemark.prediction.output import writing
from tidemark.prediction.picture import Picture, picture_of, time_axis
from tidemark.prediction.rewriting import Rewritten
from tidemark.prediction.timeline import Timeline
from tidemark.prediction.units import in_units
from tidemark.prediction.writers import writer_errors
from tidemark.signals.recordings.columns import find_time, listed
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import NewRows, Source

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
    demand: Demand = NOTHING,
    widths: Array | None = None,
    plot: str | None = None,
    missing: Sequence[float] = (),
) -> Forecast:
    """Forecast the series of a file of any size, in little memory, into a new file of the same kind.

    `forward` maps scaled pasts (count, channels, length) float32 to futures (count, channels, horizon).
    Pasts of a model with a `history` hold up to so many samples more, as the file has them, gaps as NaN.
    `source`, `destination` and `kind` are as those of `rewrite_file`, the ending is `forecast`. `columns` are
    the series, see `find_series`. The new file holds `horizon` rows of the series and the time, by default as
    many as the model forecasts; for more, forecasts are fed back. `demand` is how like the training inputs
    the past has to be; half `widths` (channels, horizon) of intervals, scaled, are written with the forecast;
    `plot` is where a picture of the lookback and the forecast goes; numbers that are `missing` stand for
    missing values. Raises a one-line `InputError`, with nothing written, where the file is none for the
    model.
    """
    steps = info.horizon if horizon is None else horizon
    if steps < 1:
        raise InputError(f"--horizon = {steps}: expected at least 1")
    check_limit("rows", steps, "--horizon")
    chosen_kind = kind_of_source(source, kind)
    with reading(source) as path, open_source(path, chosen_kind, file_name_of(source)) as opened:
        target = destination_of(source, destination, chosen_kind, "forecast")
        time = find_time(opened, time_column)
        series, chosen = find_series(opened, columns, time, info)
        check_model(opened, info, series)
        timeline = Timeline(opened, time, info) if time is not None else None
        guard = Guard(opened, series, of_any_size(info) if demand.rescale else info, missing)
        past, last = read_tail(opened, series, timeline, guard, info.length, history)
        if not chosen:
            moving = without_counts(past)
            series, past = [series[place] for place in moving], past[moving]
        check_past(opened, series, past, info.length)
        demand, info, unit_note = in_units(demand, info, opened, series)
        called = [opened.called(column) for column in series]
        info, note = suited(demand, info, past[:, -info.length :], called, opened.file_name)
        future = continued(info, forward, past, steps, history)
        if (np.abs(future) > LARGEST).any():
            raise InputError(f"the forecast is no float32 within {steps} steps; ask for fewer with --horizon")
        times, texts = (timeline.after(steps), timeline.texts(steps)) if timeline else ([], [])
        half = None if widths is None else half_widths(info, widths, past, steps)
        further = {} if half is None else _ends(opened, series, future, half)
        picture = picture_of(plot, info, time_axis(opened, time))
        if picture is not None:
            moments = None if timeline is None else timeline.around(info.length, steps)
            shown = [opened.names[column] for column in series]
            _show(picture, shown, past[:, -info.length :], future, half, moments)
        rows = NewRows(series, future, moves(past), time, times, texts, further)
        with writing(target) as temporary, writer_errors():
            opened.write_rows(temporary, last, rows, Path(target).suffix.lower() == ".gz")
            if picture is not None:
                picture.draw()
        names, lacking = opened.names, int(np.isnan(past).sum())
        forecast = [names[index] for index in series]
        held_in = {*series, time}
        left_out = [name for index, name in enumerate(names) if index not in held_in]
        summary = f"{target}: {listed(forecast)}, {steps} rows forecast"
        done = "left out" if history else "interpolated"
        summary += f", {lacking} missing values {done} before them" if lacking else ""
        held, most = past.shape[1], info.length + history
        summary += f", from {held} samples where the model can use {most}" if held < most else ""
        summary += f"; left out: {listed(left_out)}" if left_out else ""
        return Forecast(target, forecast, steps, lacking, summary + unit_note + note, left_out)


def _ends(source: Source[Any], series: Sequence[int], future: Array, half: Array) -> dict[str, Array]:
    """Both ends of intervals by name, in the order of the file's columns; `half` widths are as the future."""
    found: dict[str, Array] = {}
    for place in np.argsort(series):
        ends = (future[place] - half[place], future[place] + half[place])
        found |= dict(zip(names_of_ends(source, [series[place]]), ends, strict=True))
    return found


def _show(
    picture: Picture,
    names: Sequence[str],
    past: Array,
    future: Array,
    half: Array | None,
    times: Array | None,
) -> None:
    """Put the past (series, lookback) and what follows it into a picture."""
    before, after = np.full(past.shape, np.nan), np.full(future.shape, np.nan)
    widths = future[:0] if half is None else np.concatenate([before, half], axis=1)
    picture.add(
        names,
        np.concatenate([past, after], axis=1),
        np.concatenate([before, future], axis=1),
        widths,
        times,
    )


def moves(past: Array) -> Array:
    """How far each series moves, (series,); of one that does not, its size; above zero."""
    level, size = (array[:, 0, 0] for array in scale_of(past[:, None]))
    still = np.nanmax(past, axis=1) == np.nanmin(past, axis=1)
    return np.where(still & (level != 0), np.abs(level), size)


def command(model: Trained, source: str, destination: str | None, **options: Any) -> Forecast:
    """What `tidemark predict` does for this task."""
    demand, widths = demand_of(model, options), widths_of(model, options)
    return forecast_file(
        model.info.dataset, forward_of(model), source, destination,
        history=model.network.history, demand=demand, widths=widths, **options,
    )  # fmt: skip


def forward_of(model: Trained) -> Callable[[Array], Array]:
    """A trained network as a function of scaled pasts (count, channels, samples)."""

    def forward(past: Array) -> Array:
        return predict(model.network, model.device, {INPUT: past})

    return forward


PREDICTING = Predicting(
    ("horizon", "columns", "time_column", "kind", "interval", "rescale", "unchecked", "plot", "missing"),
    command,
)
