"""A picture of what was read and of what a model made of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.core.store import Array, DatasetInfo
from tidemark.prediction.output import check_destination
from tidemark.signals.recordings.source import Source

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = (".png", ".svg", ".pdf")
MOST = 2000
"""Samples that are shown, the first ones …"""
PANELS = 8
"""… of the first columns."""
SEEN, MADE, BETWEEN = "recorded", "predicted", "interval"


@dataclass(frozen=True)
class TimeAxis:
    """What samples are drawn over."""

    label: str = "sample"
    dates: bool = False
    """Whether times are dates, in microseconds since 1970."""
    rate: float = 1.0
    """Samples in a unit of it, where they have no times of their own."""


def time_axis(source: Source[Any], time: int | None) -> TimeAxis:
    """That of a recording: its time column, or seconds where the file says its rate, or else samples."""
    if time is not None:
        return TimeAxis(source.names[time], source.kinds[time] == "date")
    return TimeAxis() if source.frequency is None else TimeAxis("time (s)", rate=source.frequency)


class Picture:
    """The first samples of each column, recorded and predicted, taken up as they come."""

    def __init__(self, path: str, info: DatasetInfo, axis: TimeAxis) -> None:
        """Into a file of a kind that its name says; raises `InputError` where it cannot be one."""
        self.path = Path(path)
        if self.path.suffix.lower() not in KINDS:
            raise InputError(f"--plot {path}: expected a file whose name ends in {', '.join(KINDS)}")
        check_destination(path)
        self._info, self._axis = info, axis
        self._columns: dict[str, Array] = {}
        self._rows = 0

    def add(
        self,
        names: Sequence[str],
        recorded: Array,
        predicted: Array,
        widths: Array,
        times: Array | None = None,
    ) -> None:
        """Take up more samples of some columns, (columns, samples) each, NaN where there is none.

        Half `widths` of intervals have no columns where there are none; `times` are (samples,).
        """
        half = widths if len(widths) else np.full(predicted.shape, np.nan)
        for name, *parts in zip(names, recorded, predicted, half, strict=True):
            held = self._columns.get(name, np.empty((4, 0)))
            if name in self._columns or len(self._columns) < PANELS:
                own = (held.shape[1] + np.arange(recorded.shape[1])) / self._axis.rate
                more = np.stack([own if times is None else times, *parts])[:, : MOST - held.shape[1]]
                self._columns[name] = np.concatenate([held, more], axis=1)

    def draw(self) -> None:
        """Write it, whole or not at all."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        from tidemark.report.figures.style import as_label, sized, styled

        count = len(self._columns)
        with styled():
            figure, grid = sized(7.5, 0.8 + 1.9 * count, (0.75, 0.1, 0.45, 0.3), rows=count, gap=(0, 0.15))
            FigureCanvasAgg(figure)
            for (axes,), (name, values) in zip(grid, self._columns.items(), strict=True):
                self._panel(axes, name, *values)
            grid[0][0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=8)
            grid[-1][0].set_xlabel(as_label(self._axis.label))
            with replacing(self.path) as temporary:
                form = self.path.suffix[1:].lower()
                with warnings.catch_warnings():  # a name's letters that the font lacks are drawn as boxes
                    warnings.filterwarnings("ignore", "Glyph .* missing")
                    figure.savefig(temporary, format=form, dpi=150)

    def _panel(
        self, axes: Axes, name: str, times: Array, recorded: Array, predicted: Array, half: Array
    ) -> None:
        from tidemark.report.figures.colours import CLASSES, MUTED
        from tidemark.report.figures.style import as_label

        info = self._info
        time = times.astype(np.int64).astype("datetime64[us]") if self._axis.dates else times
        axes.plot(time, recorded, ".-", color=MUTED, markersize=2, linewidth=0.5, alpha=0.7, label=SEEN)
        if np.isfinite(half).any():
            ends = (predicted - half, predicted + half)
            axes.fill_between(time, *ends, color=CLASSES[0], alpha=0.25, linewidth=0, label=BETWEEN)
        axes.plot(time, predicted, color=CLASSES[0], linewidth=1.4, label=MADE)
        axes.set_ylabel(as_label(f"{name} ({info.units})" if info.units else name))
        axes.margins(x=0.01)
        axes.grid(axis="y")


def picture_of(path: str | None, info: DatasetInfo, axis: TimeAxis) -> Picture | None:
    """The one that the option `plot` asks for."""
    return None if path is None else Picture(path, info, axis)
