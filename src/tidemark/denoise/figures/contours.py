"""A signal cut into its cycles, as a contour map: what repeats lies side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.report.figures import maps
from tidemark.report.figures.colours import INK
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.signals import Example, examples

LEVELS = 10
COLUMNS = 7
"""Maps in a line."""
SIZE = (1.15, 1.45)
"""Of one map, inches."""
MAP = "viridis"
DPI = 144
"""Of the maps in a drawing whose text is sharp at any size."""


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if signals have cycles: one of the set with the next stronger noise than training's."""
    cycle = results.info.law.get("samples_per_cycle")
    if not isinstance(cycle, int):
        return
    test = _noisier(results)
    shown = {
        name: own for name, every in examples(results).items() for own in every[::-1] if own.test == test
    }
    if (drawn := figure(results, shown, cycle)) is not None:
        yield Picture(
            "contours",
            drawn,
            "Cycle by cycle",
            f"a signal of the test set {test} cut into its cycles, which lie side by side; one colour scale "
            "for all, over the clean signal's range.",
            "wide",
        )


def _noisier(results: Results) -> str:
    """The test set with the next stronger noise than that of training, if there is one."""
    levels = {test: results.law_number("noise_std", test) for test in results.comparison.tests}
    own = levels.get(TEST)
    stronger = [(level, test) for test, level in levels.items() if own is not None and level and level > own]
    return min(stronger)[1] if stronger else TEST


def cut(signal: Array, cycle: int) -> Array:
    """The whole cycles of a signal (length,) of `cycle` samples each, as columns: (cycle, cycles)."""
    cycles = len(signal) // cycle
    return signal[: cycles * cycle].reshape(cycles, cycle).T


def levels(clean: Array) -> Array:
    """Borders between the colours of all maps, evenly over what the clean signal spans."""
    low, high = float(np.nanmin(clean)), float(np.nanmax(clean))
    return np.linspace(low, high if high > low else low + 1, LEVELS + 1)


def figure(results: Results, shown: Mapping[str, Example], cycle: int) -> Figure | None:
    """Clean, noisy and the estimate of each model `shown`, all of the same signal and in the same colours.

    What lies outside the clean signal's range has the colour of the range's end. None without an
    estimate, or where a signal has fewer than two cycles of `cycle` samples.
    """
    models = [each for each in results.models if each.name in shown]
    first = shown[models[0].name] if models else None
    if first is None or cycle < 2 or len(first.target) < 2 * cycle or not np.isfinite(first.target).any():
        return None
    panels = [("clean", INK, first.target), ("noisy", INK, first.input)]
    panels += [(each.label, results.colours.of(each), shown[each.name].prediction) for each in models]
    columns = min(COLUMNS, len(panels))
    shared = levels(first.target)
    cycles = len(first.target) // cycle
    across = [(place / (cycles - 1), str(place + 1)) for place in range(cycles)]
    upward = [(place / (cycle - 1), str(place)) for place in range(0, cycle, max(1, cycle // 4))]
    result, axes, boxes = maps.grid(math.ceil(len(panels) / columns), columns, SIZE)
    result.set_dpi(DPI)
    for place, (label, colour, signal) in enumerate(panels):
        box = boxes[place // columns][place % columns]
        left, right, bottom, top = box.extent
        axes.contourf(
            np.linspace(left, right, cycles), np.linspace(bottom, top, cycle),
            np.ma.masked_invalid(cut(signal, cycle)), levels=shared, cmap=MAP, extend="both",
            antialiased=False,
        ).set_rasterized(True)  # fmt: skip
        maps.title(axes, box, label, colour)
        if place % columns == 0:
            maps.beside(axes, box, upward, "sample in the cycle")
        if place + columns >= len(panels):
            maps.below(axes, box, across, "cycle")
    ends = [(place / LEVELS, number(float(shared[place]), 2)) for place in range(0, LEVELS + 1, 2)]
    maps.bar(axes, boxes[0][-1], colormaps[MAP], LEVELS, ends)
    maps.finish(result, axes)
    return result
