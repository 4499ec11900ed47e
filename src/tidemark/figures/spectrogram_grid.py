"""Spectrograms of a few windows of each class: one row a class, one column a window."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tidemark.core.store import Array
from tidemark.figures import maps
from tidemark.figures.style import CARD, MUTED, class_colours, styled

MAP = "magma"
COLOURS = 48
"""Steps of it."""
PIXELS = 32
"""Largest number of pixels along a side of a spectrogram …"""
ROWS = 7
"""… of so many classes; of more there are fewer, since a picture stays small."""
SIDE = 0.8
"""Of one spectrogram, inches; it is three quarters as high."""
SEAM = 2.5
"""Between two of them, points."""
DECIBEL = 20 / math.log(10)
"""In one neper, the unit of a natural logarithm of magnitudes."""
ENDS = (5.0, 99.8)
"""Percentiles of magnitudes at the ends of the colour scale: silence would take all of it."""
STILL = 2
"""Lowest frequencies that gravity fills, with a tapered window; they have no say in the colour scale."""


def pooled(spectrograms: Array, most: int = PIXELS) -> Array:
    """(…, frequencies, times) as means over blocks: at most (…, most, most), float64."""
    frequencies, times = spectrograms.shape[-2:]
    high, wide = -(-frequencies // most), -(-times // most)
    cut = spectrograms[..., : frequencies // high * high, : times // wide * wide].astype(np.float64)
    shape = (*cut.shape[:-2], frequencies // high, high, times // wide, wide)
    mean: Array = cut.reshape(shape).mean(axis=(-3, -1))
    return mean


def span(examples: Sequence[Array]) -> tuple[float, float]:
    """The colour scale that several grids share: log-magnitudes at its ends."""
    moving = [each[:, :, STILL if each.shape[2] > STILL else 0 :] for each in examples]
    values = np.concatenate([each[np.isfinite(each)].astype(np.float64) for each in moving])
    if not len(values):
        return 0.0, 1.0
    low, high = (float(end) for end in np.percentile(values, ENDS))
    return low, max(high, low + 1e-6)


def figure(
    spectrograms: Array,
    classes: Sequence[str],
    scale: tuple[float, float],
    window: tuple[float, float] | None = None,
) -> Figure | None:
    """One picture of all log-magnitudes, (classes, windows, frequencies, times); NaN windows stay blank.

    `scale` is what `span` gives; `window` is its length in seconds and the highest frequency in hertz, where
    they are known. None if there is not one window.
    """
    present = np.asarray(np.isfinite(spectrograms).all(axis=(2, 3)))
    if not present.any():
        return None
    rows, columns = present.shape
    left = 0.62 + 0.075 * max(map(len, classes))
    size = (columns * SIDE, rows * 0.75 * SIDE)
    with styled():
        result, axes, [[box]] = maps.grid(1, 1, size, margins=(left, 0.85, 0.26, 0.12))
        most = round(PIXELS * min(1.0, math.sqrt(ROWS / rows)))
        values = pooled(np.where(present[..., None, None], spectrograms, scale[0]), most)
        shades = (values - scale[0]) / (scale[1] - scale[0])
        # Lowest frequency at the bottom of each; rows of classes from the top.
        mosaic = shades[:, :, ::-1].transpose(0, 2, 1, 3).reshape(rows * values.shape[2], -1)
        cmap = colormaps[MAP].resampled(COLOURS)
        axes.imshow(np.clip(mosaic, 0, 1), norm=Normalize(0, 1), cmap=cmap, extent=box.extent,
                    interpolation="none")  # fmt: skip
        for row, column in zip(*np.nonzero(~present), strict=True):
            corner = (box.left + column * SIDE, box.bottom + (rows - 1 - row) * 0.75 * SIDE)
            axes.add_artist(Rectangle(corner, SIDE, 0.75 * SIDE, color=CARD, linewidth=0.5, zorder=2))
        _seams(axes, box, rows, columns)
        colours = class_colours(classes)
        for row, name in enumerate(classes):
            height = box.bottom + (rows - row - 0.5) * 0.75 * SIDE
            axes.add_artist(Rectangle((0.06, height - 0.055), 0.11, 0.11, color=colours[name], linewidth=0))
            axes.text(0.24, height, name, va="center_baseline", fontsize=9, fontweight="bold")
        if window is not None:
            _units(axes, box, window)
        loud = DECIBEL * (scale[1] - scale[0])
        ticks = [(1 - quiet / loud, f"−{quiet:.0f}" if quiet else "0 dB") for quiet in _levels(loud)]
        maps.bar(axes, box, cmap, COLOURS, ticks)
        maps.finish(result, axes)
        return result


def _seams(axes: Axes, box: maps.Box, rows: int, columns: int) -> None:
    """Lines in the colour of the page between spectrograms."""
    for column in range(columns + 1):
        axes.plot([box.left + column * SIDE] * 2, [box.bottom, box.bottom + box.height], color=CARD,
                  linewidth=SEAM, zorder=3, solid_capstyle="butt")  # fmt: skip
    for row in range(rows + 1):
        axes.plot([box.left, box.left + box.width], [box.bottom + row * 0.75 * SIDE] * 2, color=CARD,
                  linewidth=SEAM, zorder=3, solid_capstyle="butt")  # fmt: skip


def _units(axes: Axes, box: maps.Box, window: tuple[float, float]) -> None:
    """Ticks of the spectrogram in the lower left corner."""
    seconds, hertz = window
    corner = maps.Box(box.left, box.bottom, SIDE, 0.75 * SIDE)
    maps.below(axes, corner, [(0, "0"), (1, f"{seconds:g} s")], "")
    for place, text in [(0.0, "0"), (1.0, f"{hertz:g} Hz")]:
        height = corner.bottom + place * corner.height
        axes.plot([corner.left, corner.left - maps.TICK], [height] * 2, color=MUTED, linewidth=0.8)
        axes.text(corner.left - 0.06, height, text, ha="right", va="center_baseline" if place == 0 else "top",
                  fontsize=8, color=MUTED)  # fmt: skip


def _levels(loud: float) -> list[int]:
    """Decibels below the loudest to write on the colour scale."""
    step = next((step for step in (5, 10, 20, 50) if loud / step <= 5), 100)
    return list(range(0, int(loud) + 1, step))
