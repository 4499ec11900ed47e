"""Input, target and prediction, signal by signal and predictor by predictor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from tidemark.core.store import Array
from tidemark.report.figures.colours import INK, MUTED, RULE
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results, Shown, named
from tidemark.report.figures.signals import Example, examples
from tidemark.report.figures.style import dots, sized

LOOKBACK = "#56b4e9"
"""Behind what a forecast is made from."""
MOST_SIGNALS = 3
"""Example signals shown of each dataset in the page …"""
MOST_IN_FILE = 2
"""… and in the picture beside it."""
WIDTH, HEIGHT = 3.6, 1.2
"""Of a column with its margins, and of a panel with the space below it, inches."""
PITCH = 1.33
"""From one panel to the next below, in a panel's height."""
WIDEST = 29
"""Characters of a panel's title that leave room for the error beside it …"""
WIDEST_IN_ALL = 48
"""… and of both."""

Row = tuple[Shown, Sequence[Example]]
"""A predictor, and the signals as it sees them."""


def draw(results: Results) -> Iterator[Picture]:
    """A picture for each of a few signals, and one file of two of them."""
    tables = examples(results)
    rows = [
        (each, [signal.shown() for signal in tables[each.predictor.name]]) for each in results.chosen(tables)
    ]
    signals = _signals(results, rows)
    if not signals:
        return
    yield Picture("examples", figure(results, rows, signals[:MOST_IN_FILE]), place=None, png=64)
    roles = named([each for each, _ in rows])
    gaps_ = any(np.isnan(each.input[: each.start or None]).any() for _, own in rows for each in own)
    key = f"{results.view.key}{' Where samples are missing, the background is grey.' if gaps_ else ''}"
    for place, signal in enumerate(signals, 1):
        one = figure(results, rows, [signal])
        title = _title(rows[0][1][signal], several=_several(rows), chosen=bool(results.examples))
        yield Picture(
            f"example-{place}", one, title, key, place="examples", alt=f"{title} as seen by {roles}"
        )


def _title(example: Example, *, several: bool, chosen: bool) -> str:
    """What sets an example apart from the others that are shown."""
    if not several:
        return f"Test signal {example.number}"
    return f"Test set: {example.test}{f', signal {example.number}' if chosen else ''}"


def _several(rows: Sequence[Row]) -> bool:
    """Whether the signals are of several test sets."""
    return len({example.test for _, own in rows for example in own}) > 1


def _signals(results: Results, rows: Sequence[Row]) -> list[int]:
    """Which examples to show: the first few, or of several test sets one each of the hardest.

    Hardest are those at the highest levels of the law's numbers: of the first number first, and one of them
    gives way to the set highest in another. Signals of the first test set that were asked for are all shown.
    """
    count = min((len(own) for _, own in rows), default=0)
    tests = [example.test for example in rows[0][1][:count]] if rows else []
    if len(set(tests)) <= 1:
        return list(range(count if results.examples else min(MOST_SIGNALS, count)))
    keys = [sweep.key for sweep in results.view.sweeps]
    first, *further = [
        {test: level for test in tests if (level := results.law_number(key, test)) is not None and level > 0}
        for key in keys or [""]
    ]
    others = {*tests} - {tests[0]}
    richest = [max(others & {*each}, key=each.__getitem__) for each in further if others & {*each}][:1]
    hardest = sorted(others - {*richest}, key=lambda test: (-first.get(test, 0.0), test))
    picked = [tests[0], *hardest[: MOST_SIGNALS - 1 - len(richest)], *richest]
    first_of = [tests.index(test) for test in sorted(picked, key=lambda test: first.get(test, 0.0))]
    asked = range(tests.count(tests[0])) if results.examples else ()  # they come first in the file
    return list(dict.fromkeys([*asked, *first_of]))


def figure(results: Results, rows: Sequence[Row], signals: Sequence[int]) -> Figure:
    """A grid: one column for each of `signals` (numbers of examples), one row for each of `rows`."""
    count, colours, units = len(signals), results.colours, results.units
    key = 0.32 if count > 1 else 0.0
    margins = (0.55, 0.1, 0.42, 0.26 + key)
    result, [columns] = sized(
        sum(margins[:2]) + count * WIDTH - 0.65, sum(margins[2:]) + HEIGHT * len(rows), margins,
        columns=count, gap=(0.15, 0),
    )  # fmt: skip
    panels = _panels([own[signal] for _, own in rows for signal in signals], len(rows))
    for column, (axes, signal) in enumerate(zip(columns, signals, strict=True)):
        across = axes.get_yaxis_transform()
        for (each, own), panel in zip(rows, panels, strict=True):
            example, colour, top = own[signal], colours.of(each.predictor), panel.top + 0.03
            _draw(axes, example, colour, units.samples, panel)
            test = f"{example.test}: " if count > 1 and _several(rows) else ""
            beside = f"{test}{results.view.headline.label} {number(error(example, results.view.squared))}"
            axes.text(1, top, beside, transform=across, ha="right", va="bottom", color=MUTED, fontsize=8)
            if column == 0:
                title = f"{each.role}: {each.predictor.label}"
                if len(title) > WIDEST or len(title) + len(beside) > WIDEST_IN_ALL:
                    title = each.predictor.label
                axes.text(0, top, title, transform=across, color=colour, fontweight="bold", va="bottom")
        axes.margins(x=0.02)
        axes.set_ylim(panels[-1].bottom, panels[0].top)
        _frames(axes, panels, labelled=column == 0)
        axes.set_xlabel(units.time)
    result.supylabel(units.value, fontsize=9, x=0.01, ha="left")
    if key:
        line = "-" if any(example.start for _, own in rows for example in own) else "none"
        looks = [
            {"linestyle": line, "linewidth": 0.6, "marker": "o", "markersize": 2.5, "color": MUTED},
            {"color": INK, "linewidth": 0.9},
            {"color": colours.of(rows[0][0].predictor), "linewidth": 2},
        ]
        handles = [
            Line2D([], [], label=label, **look)  # type: ignore[arg-type]  # of several kinds of values
            for label, look in zip(results.view.labels, looks, strict=True)
        ]
        result.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=8,
                      borderaxespad=0.2)  # fmt: skip
    return result


def error(example: Example, squared: bool) -> float:
    """Mean error, absolute or `squared`, where the truth is known; NaN if it is nowhere."""
    difference = np.abs(example.prediction - example.target)
    if squared:
        difference = np.square(difference)
    return float(np.nanmean(difference)) if np.isfinite(difference).any() else float("nan")


def gaps(values: Array, position: Array) -> list[tuple[float, float]]:
    """Runs of missing samples as (start, end), half a sample wider on both sides."""
    missing = np.concatenate([[False], np.isnan(values), [False]])
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    half = float(np.median(np.diff(position))) / 2 if len(position) > 1 else 0.5
    return [
        (float(position[start]) - half, float(position[end - 1]) + half)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def lookback(axes: Axes, time: Array, start: int, bottom: float, height: float) -> None:
    """Shade the first `start` samples, the input, up to half a sample before what follows."""
    end = (float(time[start - 1]) + float(time[start])) / 2
    first = float(time[0]) - (float(time[start]) - end)
    axes.add_artist(Rectangle((first, bottom), end - first, height, color=LOOKBACK, linewidth=0, alpha=0.14,
                             zorder=0))  # fmt: skip


@dataclass(frozen=True)
class _Panel:
    """Where one panel lies on the axes that all panels of a column share: bottom + 1 is its top."""

    bottom: float
    low: float
    high: float
    """Values at the panel's bottom and top."""

    @property
    def top(self) -> float:
        return self.bottom + 1

    def of(self, values: Array) -> Array:
        """Values of the signal as heights in the column."""
        return self.bottom + (values - self.low) / (self.high - self.low)


def _panels(signals: Sequence[Example], count: int) -> list[_Panel]:
    """`count` panels, the first on top, all with the same range of values.

    Panels share one pair of axes, since axes of their own would cost more than all that is in them.
    """
    values = np.concatenate([part for each in signals for part in (each.input, each.target, each.prediction)])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    margin = 0.06 * (high - low) or 1.0
    return [_Panel((count - 1 - place) * PITCH, low - margin, high + margin) for place in range(count)]


def _draw(axes: Axes, example: Example, colour: str, samples: float, panel: _Panel) -> None:
    time, start = example.position / samples, example.start
    if start:
        lookback(axes, time, start, panel.bottom, 1)
        axes.plot(time, panel.of(example.input), color=MUTED, linewidth=0.6, zorder=1)
    for left, right in gaps(example.input[: start or None], time[: start or None]):
        axes.add_artist(Rectangle((left, panel.bottom), right - left, 1, color=RULE, alpha=0.6, linewidth=0,
                                 zorder=0))  # fmt: skip
    dots(axes, time, panel.of(example.input), 1.9, 0.75)
    limit = colour == INK  # drawn in the truth's own colour, and so in dashes above it
    axes.plot(time, panel.of(example.prediction), color=colour, linewidth=2.2, zorder=3 if limit else 2,
              linestyle=(0, (2, 1.2)) if limit else "-")  # fmt: skip
    axes.plot(time, panel.of(example.target), color=INK, linewidth=0.8, zorder=2 if limit else 3,
              marker="o" if start else "", markersize=2.0)  # fmt: skip


def _frames(axes: Axes, panels: Sequence[_Panel], labelled: bool) -> None:
    """Each panel's two sides, its grid lines and, in the first column, its ticks."""
    across = axes.get_yaxis_transform()
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_yticks([])
    first = panels[0]
    ticks = [
        tick
        for tick in MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(first.low, first.high)
        if first.low < tick < first.high
    ]
    for panel in panels:
        for tick, place in zip(ticks, panel.of(np.array(ticks)), strict=True):
            axes.plot([0, 1], [place, place], color=RULE, linewidth=0.6, zorder=0.5, transform=across)
            if labelled:
                axes.text(-0.015, place, f"{tick:g}".replace("-", "−"), ha="right", va="center_baseline",
                          fontsize=8, color=MUTED, transform=across)  # fmt: skip
        axes.plot([0, 0, 1], [panel.top, panel.bottom, panel.bottom], color=MUTED, linewidth=0.8,
                  transform=across, clip_on=False)  # fmt: skip
