"""Where models attend: along the signal, and along its spectrum."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.report.figures import maps
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.reading import array
from tidemark.report.figures.results import Results

KINDS = ("temporal", "spectral")
PIXELS = 96
"""Largest number of pixels along a side of a map."""
RANGE = 1000.0
"""Largest ratio of the strongest attention to the weakest that colours differ for."""
MOST = 6
"""Models shown."""
SIDE = 1.3
"""Of one map, inches."""
MAP = "magma"
COLOURS = 64


def read(folder: Path) -> dict[str, Array]:
    """Attention by kind, (length, length) each: row t says where output t attends, and sums to 1.

    Raises `InputError` for an array that is not square.
    """
    result = {}
    for kind in KINDS:
        path = folder / f"attention_{kind}.npy"
        if path.is_file():
            result[kind] = array(path)
            if result[kind].ndim != 2 or len({*result[kind].shape}) != 1:
                raise InputError(f"{path}: shape {result[kind].shape}; expected (length, length)")
    return result


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if a model attends."""
    result = {each.name: read(results.learning(each)) for each in results.models}
    if (drawn := figure(results, {name: own for name, own in result.items() if own})) is not None:
        yield Picture(
            "attention",
            drawn,
            "Where attention goes",
            "attention on a validation signal, in multiples of what attending everywhere alike would give, "
            "on a logarithmic colour scale. A row says where one output attends: along the signal "
            "(temporal), or along its spectrum (spectral).",
            "wide",
        )


def pooled(matrix: Array, most: int = PIXELS) -> Array:
    """The matrix, (length, length), as means over square blocks: at most (most, most)."""
    side = -(-len(matrix) // most)
    size = len(matrix) // side
    cut = matrix[: size * side, : size * side].astype(np.float64)
    mean: Array = cut.reshape(size, side, size, side).mean(axis=(1, 3))
    return mean


def figure(results: Results, by_model: Mapping[str, Mapping[str, Array]]) -> Figure | None:
    """One column a model, above its attention along the signal, below along the spectrum.

    Attention is in multiples of what attending everywhere alike would give; each line has a
    logarithmic colour scale of its own. None if no model attends.
    """
    shown = [each for each in results.models if each.name in by_model][:MOST]
    kinds = [kind for kind in KINDS if any(kind in by_model[each.name] for each in shown)]
    if not shown:
        return None
    result, axes, boxes = maps.grid(len(kinds), len(shown), (SIDE, SIDE), gap=(0.14, 0.16))
    for line, kind in zip(boxes, kinds, strict=True):
        attention = {
            place: by_model[each.name][kind]
            for place, each in enumerate(shown)
            if kind in by_model[each.name]
        }
        drawn = {place: pooled(matrix) * len(matrix) for place, matrix in attention.items()}
        norm = _norm(list(drawn.values()))
        coarse = colormaps[MAP].resampled(COLOURS)
        for place, values in drawn.items():
            axes.imshow(values, norm=norm, cmap=coarse, extent=line[place].extent, interpolation="none")
        length = len(next(iter(attention.values())))
        ticks = [(quarter / 4, str(quarter * length // 4)) for quarter in range(4)]
        maps.beside(axes, line[0], [(1 - place, text) for place, text in ticks], f"{kind}: from")
        if line is boxes[-1]:
            for box in line:
                maps.below(axes, box, ticks, "to")
        maps.bar(axes, line[-1], coarse, COLOURS, _ticks(norm))
    for box, each in zip(boxes[0], shown, strict=True):
        maps.title(axes, box, each.label, results.colours.of(each))
    maps.finish(result, axes)
    return result


def _norm(values: Sequence[Array]) -> LogNorm:
    """A logarithmic scale from the weakest to the strongest attention, at most three decades."""
    strongest = max((float(np.nanmax(each)) for each in values), default=1.0)
    weakest = max(min(float(np.nanmin(each)) for each in values), strongest / RANGE)
    return LogNorm(weakest, max(strongest, weakest * 1.01), clip=True)


def _ticks(norm: LogNorm) -> list[tuple[float, str]]:
    """The two ends of a colour scale, and 1, which is attending everywhere alike, if it lies between."""
    low, high = float(norm.vmin or 0.1), float(norm.vmax or 1.0)
    alike = math.log(1 / low) / math.log(high / low)
    ends = [(0.0, f"{low:.2g}"), (1.0, f"{high:.2g}" if high < 100 else f"{high:.0f}")]
    return [ends[0], (alike, "1"), ends[1]] if 0.12 < alike < 0.88 else ends
