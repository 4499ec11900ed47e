"""A participant's day: what was annotated, and what predictors make of it, as coloured strips along time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.rectangles import rectangles
from tidemark.figures.style import INK, MUTED, class_colours, sized, styled
from tidemark.figures.tables import Row

WIDTH = 9.6
"""Of a figure, inches."""
MOST = 3000
"""Windows told apart along a strip; of more of them, the most frequent of neighbours is drawn."""
HOUR = 3600
STEPS = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 96)
"""Hours between ticks."""
TICKS = 13
"""At most."""
BAND, MARKS, CLOSE, APART = 0.23, 0.06, 0.05, 0.17
"""Of a strip, the marks below it, the gap between two of one predictor and of others: heights, inches."""
KEY = 0.3
"""Height of a line of the key, inches."""


@dataclass(frozen=True)
class Strip:
    """A participant's windows in order of time; arrays (windows,)."""

    time: Array
    """Of the first sample, seconds since 1970 as the recording's clock has it."""
    true: Array
    """Names of classes, as are the next two."""
    predicted: Array
    smoothed: Array
    confidence: Array

    @property
    def classes(self) -> set[str]:
        """All that occur."""
        return {
            name for part in (self.true, self.predicted, self.smoothed) for name in np.unique(part).tolist()
        }

    @property
    def step(self) -> float:
        """Seconds from one window to the next where nothing is missing."""
        apart = np.diff(self.time)
        return float(np.median(apart)) if len(apart) else 30.0


@dataclass(frozen=True)
class Shown:
    """A predictor, why it is shown, and what it makes of the participant."""

    row: Row
    role: str
    strip: Strip


def read(path: Path) -> dict[tuple[str, str], Strip]:
    """(test set, participant) → strip, in the file's order; empty if there is no such file.

    Raises `InputError` naming what cannot be read.
    """
    if not path.exists():
        return {}
    names = ["true", "predicted", "smoothed"]
    table = cells.read(path, ["test", "participant", "time", *names], ["confidence"])
    time = _seconds(path, table.text["time"])
    columns = [np.array(table.text[name], dtype=np.str_) for name in names]
    found = {}
    for (test, participant), rows in table.groups("test", "participant").items():
        rows = rows[np.argsort(time[rows], kind="stable")]
        true, predicted, smoothed = (column[rows] for column in columns)
        confidence = table.numbers["confidence"][rows]
        found[test, participant] = Strip(time[rows], true, predicted, smoothed, confidence)
    return found


def _seconds(path: Path, text: Sequence[str]) -> Array:
    try:
        found: Array = np.array(text, dtype="datetime64[ms]").astype(np.int64) / 1000
        return found
    except ValueError:
        for row, cell in enumerate(text, start=2):
            try:
                np.datetime64(cell, "ms")
            except ValueError:
                raise InputError(
                    f"{path}, row {row}, column time: {cell!r}; expected a time such as 2016-11-13T02:18:00"
                ) from None
        raise


def runs(time: Array, codes: Array, step: float) -> tuple[Array, Array, Array]:
    """Start and end, in seconds, and code of each run of windows alike and without a gap; (runs,) each.

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
        kept = np.flatnonzero(counts.any(axis=1))
        time, codes = time[0] + kept * step, counts[kept].argmax(axis=1)
    first = np.ones(len(time), dtype=bool)
    first[1:] = (codes[1:] != codes[:-1]) | (np.diff(time) > 1.5 * step)
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(time)) - 1
    return time[starts].astype(float), time[ends] + step, codes[starts]


def figure(shown: Sequence[Shown], classes: Sequence[str]) -> Figure | None:
    """The annotated strip above; below it two for each predictor, of its smoothed and its own answers.

    Dark marks below a strip are windows where it is wrong; on its right stands the share that is right.
    All strips are one participant's. None without windows.
    """
    shown = [each for each in shown if len(each.strip.time)]
    if not shown:
        return None
    first = shown[0].strip
    codes = {name: place for place, name in enumerate(classes)}
    met = set[str]().union(*(each.strip.classes for each in shown))
    present = [name for name in classes if name in met]
    pair = 2 * (BAND + MARKS) + CLOSE
    lines = -(-len(present) // 8)
    height = BAND + len(shown) * (APART + pair)
    left, right, bottom, top = (
        0.78 + 0.072 * max(len(each.row.label) for each in shown),
        0.5,
        0.4,
        KEY * lines,
    )
    left = max(left, 1.0)
    with styled():
        result, [[axes]] = sized(WIDTH, height + bottom + top, (left, right, bottom, top))
        axes.set_ylim(height, 0)
        start, end = float(first.time[0]), float(first.time[-1]) + first.step
        axes.set_xlim(start, end)
        axes.spines["left"].set_visible(False)
        axes.set_yticks([])
        palette = list(class_colours(classes).values())
        across = axes.get_yaxis_transform()
        _band(axes, first, _coded(first.true, codes), palette, 0.0)
        axes.text(-0.008, BAND / 2, "annotated", transform=across, ha="right", va="center_baseline",
                  fontweight="bold")  # fmt: skip
        for place, each in enumerate(shown):
            upper = BAND + APART + place * (APART + pair)
            for depth, name, answers in [
                (upper, "smoothed", each.strip.smoothed),
                (upper + BAND + MARKS + CLOSE, "answer", each.strip.predicted),
            ]:
                _band(axes, each.strip, _coded(answers, codes), palette, depth)
                agree = answers == each.strip.true  # as codes, so that of equally many the wrong ones show
                starts, ends, fine = runs(each.strip.time, agree.astype(np.int64), each.strip.step)
                wrong = fine == 0
                rectangles(axes, starts[wrong], depth + BAND + 0.015, (ends - starts)[wrong],
                           MARKS - 0.015, color=INK)  # fmt: skip
                middle = depth + BAND / 2
                axes.text(-0.008, middle, name, transform=across, ha="right", va="center_baseline",
                          fontsize=8, color=MUTED)  # fmt: skip
                axes.text(1.008, middle, f"{100 * agree.mean():.0f} %", transform=across, ha="left",
                          va="center_baseline", fontsize=8, color=INK)  # fmt: skip
            axes.text(0.06 / WIDTH, upper + BAND + (MARKS + CLOSE) / 2, each.row.label,
                      fontweight="bold", va="center_baseline",
                      transform=blended_transform_factory(result.transFigure, axes.transData))  # fmt: skip
        axes.text(1.008, BAND / 2, "right", transform=across, ha="left", va="center_baseline", fontsize=8,
                  color=MUTED)  # fmt: skip
        ticks = _ticks(start, end)
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.grid(axis="x")
        handles = [Patch(color=palette[codes[name]], linewidth=0, label=name) for name in present]
        result.legend(handles=handles, loc="upper left", ncols=min(len(present), 8), frameon=False,
                      bbox_to_anchor=(left / WIDTH, 1), borderaxespad=0.2, handlelength=1.0, handleheight=1.0,
                      columnspacing=1.6, handletextpad=0.5, fontsize=8.5)  # fmt: skip
        return result


def _coded(names: Array, codes: Mapping[str, int]) -> Array:
    """Numbers of classes, (windows,), from their names."""
    unique, places = np.unique(names, return_inverse=True)
    return np.array([codes[str(name)] for name in unique], dtype=np.int64)[places]


def _band(axes: Axes, strip: Strip, codes: Array, palette: Sequence[str], depth: float) -> None:
    starts, ends, found = runs(strip.time, codes, strip.step)
    for code in np.unique(found):
        here = found == code
        rectangles(axes, starts[here], depth, (ends - starts)[here], BAND, color=palette[code], zorder=2)


def _ticks(start: float, end: float) -> dict[float, str]:
    """Full hours, or parts of them, and what is written there: first, and first of each day, the date too."""
    hours = (end - start) / HOUR
    step = next((step for step in STEPS if hours / step < TICKS), STEPS[-1]) * HOUR
    places = np.arange(np.ceil(start / step), np.floor(end / step) + 1) * step
    times = places.astype("datetime64[s]")
    days = times.astype("datetime64[D]")
    fresh = np.ones(len(days), dtype=bool)
    fresh[1:] = days[1:] != days[:-1]
    return {
        float(place): f"{str(time)[11:16]}\n{day}" if new else str(time)[11:16]
        for place, time, day, new in zip(places, times, days, fresh, strict=True)
    }
