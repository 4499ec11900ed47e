"""A participant's day: what was annotated, and what is predicted, as coloured bands along time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.report.figures.colours import INK, MUTED, class_colours
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results, Shown, named
from tidemark.report.figures.style import rectangles, sized

FILE = "timeline.csv"
CLASSES = ["true", "predicted", "smoothed"]
MILLISECONDS = 24 * 3600 * 1000
"""In a day, the unit of time along the axis."""
MOST_DAYS = 2
"""Participants whose days are shown."""
WIDTH = 9.6
"""Of a figure, inches."""
MOST = 3000
"""Windows drawn along a band; of more of them, the most frequent of neighbours."""
TICKS = 12
"""At most."""
BAND, MARKS, CLOSE, WIDE = 0.23, 0.06, 0.05, 0.17
"""Of a band, the marks below it, the gap between two of one predictor and of others: heights, inches."""
KEY = 0.3
"""Height of a line of the key, inches."""

Day = tuple[Shown, pd.DataFrame]
"""A predictor, and a participant's windows in order of time: days since 1970, and names of classes."""


def read(results: Results) -> dict[str, pd.DataFrame]:
    """By predictor: participant, days since 1970, and the classes of each window of the set `test`.

    Raises `InputError` naming a time that is none, and a class that the dataset does not have.
    """
    columns = dict.fromkeys(["test", "participant", "time", *CLASSES], str)
    result = {}
    for name, table in results.details(FILE, columns).items():
        path = results.details_of(results.comparison[name]) / FILE
        unknown = {*table[CLASSES].to_numpy().ravel()} - {*results.info.classes}
        if unknown:
            raise InputError(f"{path}: class {min(unknown)!r}; expected {', '.join(results.info.classes)}")
        try:
            time = table["time"].to_numpy(dtype="datetime64[ms]").astype(np.int64) / MILLISECONDS
        except ValueError as error:
            raise InputError(f"{path}: {error}; expected times such as 2016-11-13T02:18:00") from None
        own = table.assign(days=time)[table["test"] == TEST]
        if len(own):
            result[name] = own.sort_values(["participant", "days"], kind="stable")
    return result


def draw(results: Results) -> Iterator[Picture]:
    """The days of the first participants, or of those asked for."""
    tables = read(results)
    chosen = results.chosen(tables)
    people = dict.fromkeys(who for each in chosen for who in tables[each.predictor.name]["participant"])
    for number, person in enumerate(list(people)[: None if results.examples else MOST_DAYS], 1):
        shown = [
            (each, own)
            for each in chosen for table in [tables[each.predictor.name]]
            for own in [table[table["participant"] == person]] if len(own)
        ]  # fmt: skip
        roles = named([each for each, _ in shown])
        text = (
            f"the annotated activity above, and below it what is predicted by {roles}: smoothed over "
            "time, and window by window. Small marks are windows that are wrong, the number on the right is "
            "the share that is right; where nothing is annotated, the bands are blank."
        )
        yield Picture(
            f"day-{number}",
            figure(shown, results.info.classes),
            f"A day of {person}",
            text if number == 1 else f"as above, by {roles}.",
            "wide",
            png=64 if number == 1 else 0,
        )


def runs(time: Array, codes: Array, step: float) -> tuple[Array, Array, Array]:
    """Start, end and code of each run of windows alike and without a gap; (runs,) each.

    `time` and the whole numbers `codes` are (windows,). A long recording is pooled to `MOST` cells first,
    each of which has the code that is the most frequent in it.
    """
    if not len(time):
        return time, time, codes
    long = float(time[-1] - time[0]) / step + 1
    if long > MOST:
        step *= long / MOST
        cell = ((time - time[0]) / step).astype(np.int64)
        kinds = int(codes.max()) + 1
        counts = np.bincount(cell * kinds + codes, minlength=(int(cell[-1]) + 1) * kinds).reshape(-1, kinds)
        full = np.flatnonzero(counts.any(axis=1))
        time, codes = time[0] + full * step, counts[full].argmax(axis=1)
    first = np.ones(len(time), dtype=bool)
    first[1:] = (codes[1:] != codes[:-1]) | (np.diff(time) > 1.5 * step)
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(time)) - 1
    return time[starts].astype(float), time[ends] + step, codes[starts]


def step_of(time: Array) -> float:
    """Time from one window to the next where nothing is missing."""
    return float(np.median(np.diff(time))) if len(time) > 1 else 1.0


def figure(shown: Sequence[Day], classes: Sequence[str]) -> Figure:
    """The annotated band above; below it two for each predictor, of its smoothed and its own predictions.

    Dark marks below a band are windows where it is wrong; on its right stands the share that is right.
    All bands are one participant's.
    """
    codes = {name: place for place, name in enumerate(classes)}
    met = {name for _, day in shown for name in np.unique(day[CLASSES].to_numpy())}
    present = [name for name in classes if name in met]
    pair = 2 * (BAND + MARKS) + CLOSE
    height = BAND + len(shown) * (WIDE + pair)
    left = max(0.78 + 0.072 * max(len(each.predictor.label) for each, _ in shown), 1.0)
    bottom, top = 0.4, KEY * -(-len(present) // 8)
    result, [[axes]] = sized(WIDTH, height + bottom + top, (left, 0.5, bottom, top))
    axes.set_ylim(height, 0)
    first = shown[0][1]
    time = first["days"].to_numpy()
    start, end = float(time[0]), float(time[-1]) + step_of(time)
    axes.set_xlim(start, end)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    palette = list(class_colours(classes).values())
    across = axes.get_yaxis_transform()
    _band(axes, time, _coded(first["true"], codes), palette, 0.0)
    axes.text(-0.008, BAND / 2, "annotated", transform=across, ha="right", va="center_baseline",
              fontweight="bold")  # fmt: skip
    for place, (each, day) in enumerate(shown):
        upper, time = BAND + WIDE + place * (WIDE + pair), day["days"].to_numpy()
        for depth, name, column in [
            (upper, "smoothed", "smoothed"),
            (upper + BAND + MARKS + CLOSE, "predicted", "predicted"),
        ]:
            _band(axes, time, _coded(day[column], codes), palette, depth)
            right = (day[column] == day["true"]).to_numpy()  # as codes: of equally many the wrong ones show
            starts, ends, fine = runs(time, right.astype(np.int64), step_of(time))
            wrong = fine == 0
            rectangles(axes, starts[wrong], depth + BAND + 0.015, (ends - starts)[wrong], MARKS - 0.015,
                       color=INK)  # fmt: skip
            middle = depth + BAND / 2
            axes.text(-0.008, middle, name, transform=across, ha="right", va="center_baseline", fontsize=8,
                      color=MUTED)  # fmt: skip
            axes.text(1.008, middle, f"{100 * right.mean():.0f} %", transform=across, ha="left",
                      va="center_baseline", fontsize=8, color=INK)  # fmt: skip
        axes.text(0.06 / WIDTH, upper + BAND + (MARKS + CLOSE) / 2, each.predictor.label, fontweight="bold",
                  va="center_baseline",
                  transform=blended_transform_factory(result.transFigure, axes.transData))  # fmt: skip
    axes.text(1.008, BAND / 2, "right", transform=across, ha="left", va="center_baseline", fontsize=8,
              color=MUTED)  # fmt: skip
    locator = AutoDateLocator(maxticks=TICKS)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.grid(axis="x")
    handles = [Patch(color=palette[codes[name]], linewidth=0, label=name) for name in present]
    result.legend(handles=handles, loc="upper left", ncols=min(len(present), 8), frameon=False,
                  bbox_to_anchor=(left / WIDTH, 1), borderaxespad=0.2, handlelength=1.0, handleheight=1.0,
                  columnspacing=1.6, handletextpad=0.5, fontsize=8.5)  # fmt: skip
    return result


def _coded(names: pd.Series[str], codes: Mapping[str, int]) -> Array:
    """Numbers of classes, (windows,), from their names."""
    return np.asarray(names.map(codes).to_numpy(dtype=np.int64))


def _band(axes: Axes, time: Array, codes: Array, palette: Sequence[str], depth: float) -> None:
    starts, ends, result = runs(time, codes, step_of(time))
    for code in np.unique(result):
        here = result == code
        rectangles(axes, starts[here], depth, (ends - starts)[here], BAND, color=palette[code], zorder=2)
