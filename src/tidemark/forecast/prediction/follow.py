"""A trained forecaster on lines as they come: after each row the rows to come, as known then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.forecast.prediction.command import forward_of, moves
from tidemark.forecast.prediction.rolling import continued, half_widths
from tidemark.forecast.prediction.series import check_past, find_series, without_counts
from tidemark.prediction.ends import names_of_ends, widths_of
from tidemark.prediction.following import Following
from tidemark.prediction.grid import check_model
from tidemark.prediction.guard import Guard, of_any_size
from tidemark.prediction.likeness import NOTHING, Demand, demand_of, suited
from tidemark.prediction.lines import FollowedSource, FollowedWriter, standard_output
from tidemark.prediction.promptly import rows_of
from tidemark.prediction.timeline import Timeline
from tidemark.prediction.units import in_units
from tidemark.signals.recordings.cells import split
from tidemark.signals.recordings.columns import find_time
from tidemark.signals.recordings.delimited_rows import DelimitedBatch, number_texts, quoted_like
from tidemark.signals.recordings.timestamps import on_grid

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

ORIGIN = "origin"
"""Column of the time, or the number, of the last row that a forecast knows."""


def forecast_promptly(
    info: DatasetInfo,
    forward: Callable[[Array], Array],
    *,
    horizon: int | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    history: int = 0,
    demand: Demand = NOTHING,
    widths: Array | None = None,
    missing: Sequence[float] = (),
) -> None:
    """After each row of standard input, from the lookback on, write what `forecast_file` makes of all so far.

    The first column is `ORIGIN`. Memory does not grow. What the past is like is looked at once, before the
    first forecast; where it is rescaled, it is so for each forecast by its own lookback. Raises `InputError`
    at the first row that is wrong; what was written before it stays.
    """
    steps = info.horizon if horizon is None else horizon
    if steps < 1:
        raise InputError(f"--horizon = {steps}: expected at least 1")
    source = FollowedSource()
    time = find_time(source, time_column)
    series, certain = find_series(source, columns, time, info)
    check_model(source, info, series)
    timeline = Timeline(source, time, info) if time is not None else None
    chosen: list[int] = []
    with standard_output() as stream:
        guard = Guard(source, series, of_any_size(info) if demand.rescale else info, missing)
        for row, past in pasts(source, series, timeline, guard, info.length, history):
            if not chosen:
                chosen = list(range(len(series))) if certain else without_counts(past)
                places = [series[place] for place in chosen]
                demand, info, _ = in_units(demand, info, source, places)
                called = [source.called(column) for column in places]
                suited(demand, info, past[chosen, -info.length :], called, source.file_name)
                again = replace(demand, unchecked=True)
                ends = [] if widths is None else names_of_ends(source, places)
                shown = sorted([*(series[place] for place in chosen), *([] if time is None else [time])])
                names = split(source.header, source.style.separator)
                header = [ORIGIN, *(names[column] for column in shown), *ends]
                writer = FollowedWriter(
                    stream, source.style, source.style.separator.join(header) + source.header_ending
                )
            known = past[chosen]
            check_past(source, places, known, info.length)
            own = suited(again, info, known[:, -info.length :], called, source.file_name)[0]
            future = continued(own, forward, known, steps, history)
            texts = {} if time is None or timeline is None else {time: timeline.texts(steps)}
            scales = moves(known).tolist()
            for column, values, scale in zip(places, future, scales, strict=True):
                texts[column] = number_texts(values, scale, source.decimal)
            limits: list[list[str]] = []
            if widths is not None:
                half = half_widths(own, widths, known, steps)
                pairs = zip(future, half, scales, strict=True)
                limits = [
                    number_texts(middle + side * width, scale, source.decimal)
                    for middle, width, scale in pairs
                    for side in (-1, 1)
                ]
            example = row.cells[-1]
            origin = str(row.rows[-1]) if time is None else example[time]
            cells = [
                [
                    origin,
                    *(quoted_like(example[column], texts[column][step]) for column in shown),
                    *(limit[step] for limit in limits),
                ]
                for step in range(steps)
            ]
            writer.write(DelimitedBatch(source, "", cells, [source.header_ending] * steps, []), {})


def pasts(
    source: FollowedSource,
    series: Sequence[int],
    timeline: Timeline | None,
    guard: Guard,
    lookback: int,
    history: int,
) -> Iterator[tuple[DelimitedBatch, Array]]:
    """Each row with the last samples up to it, (series, samples) float64, once there is a lookback."""
    past, last, most = np.empty((len(series), 0)), -1, lookback + history
    for batch in source.batches(series):
        for number in range(len(batch)):
            row = rows_of(batch, number, number + 1)
            block = guard.values(row)
            if timeline is None:
                last += 1
            else:
                positions = timeline.positions(row)
                block = on_grid(block, positions, max(last, int(positions[0]) - most))
                last = int(positions[0])
            past = np.concatenate([past, block], axis=1)[:, -most:]
            if last + 1 >= lookback and (timeline is None or last):
                yield row, past


def follow(model: Trained, **options: Any) -> None:
    """Write a forecast after each row."""
    demand, widths = demand_of(model, options), widths_of(model, options)
    history = model.network.history
    forecast_promptly(
        model.info.dataset, forward_of(model), history=history, demand=demand, widths=widths, **options
    )


FOLLOWING = Following(
    ("horizon", "columns", "time_column", "interval", "rescale", "unchecked", "missing"), follow
)
