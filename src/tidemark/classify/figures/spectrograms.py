"""Spectrograms of a few windows of each class: one row a class, one column a window."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.report.figures import maps
from tidemark.report.figures.colours import MUTED, class_colours
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.reading import array
from tidemark.report.figures.results import Results

GRIDS = {
    "first": "Spectrograms: the first windows of each class",
    "random": "Spectrograms: windows of each class drawn at random",
}
"""By the name of their file."""
MAP = "magma"
COLOURS = 48
"""Steps of it."""
PIXELS = 32
"""Largest number of pixels along a side of a spectrogram …"""
ROWS = 7
"""… of so many classes; of more there are fewer, since a picture stays small."""
SIDE = 0.8
"""Of one spectrogram, inches; it is three quarters as high."""
DECIBEL = 20 / math.log(10)
"""In one neper, the unit of a natural logarithm of magnitudes."""
ENDS = (5.0, 99.8)
"""Percentiles of magnitudes at the ends of the colour scale: silence would take all of it."""
STILL = 2
"""Lowest frequencies that gravity fills, with a tapered window; they have no say in the colour scale."""


def read(path: Path, classes: int) -> Array | None:
    """Log-magnitudes (classes, windows, frequencies, times), NaN where a class has fewer; none if no file.

    Raises `InputError` for an array of another shape.
    """
    if not path.is_file():
        return None
    result = array(path)
    if result.ndim != 4 or len(result) != classes:
        raise InputError(
            f"{path}: shape {result.shape}; expected ({classes}, windows, frequencies, times), a row a "
            "class; run `dvc repro` again"
        )
    return result


def draw(results: Results) -> Iterator[Picture]:
    """A picture for each of the gallery's arrays."""
    info = results.info
    files = {name: results.folder / "gallery" / f"{name}.npy" for name in GRIDS}
    result = {
        name: each for name, path in files.items() if (each := read(path, len(info.classes))) is not None
    }
    if not result:
        return
    scale = span(list(result.values()))
    window = (info.length / info.sampling_rate, info.sampling_rate / 2)
    text = (
        "spectrograms of the length of the acceleration, one row a class, in decibels on one colour scale "
        f"for all, made without the lowest line, which is gravity. Each is {window[0]:g} s from left to "
        f"right and 0 to {window[1]:g} Hz from bottom to top."
    )
    for place, (name, each) in enumerate(result.items()):
        if (drawn := figure(each, info.classes, scale, window)) is not None:
            caption = "as above, of other windows." if place else text
            yield Picture(f"spectrograms-{name}", drawn, GRIDS[name], caption, "wide")


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
    spectrograms: Array, classes: Sequence[str], scale: tuple[float, float], window: tuple[float, float]
) -> Figure | None:
    """One picture of all log-magnitudes, (classes, windows, frequencies, times); NaN windows stay blank.

    `scale` is what `span` gives; `window` is its length in seconds and the highest frequency in hertz. None
    if there is not one window.
    """
    rows, columns = spectrograms.shape[:2]
    if not np.isfinite(spectrograms).any():
        return None
    left = 0.62 + 0.075 * max(map(len, classes))
    size = (columns * SIDE, rows * 0.75 * SIDE)
    result, axes, [[box]] = maps.grid(1, 1, size, margins=(left, 0.85, 0.26, 0.12))
    most = round(PIXELS * min(1.0, math.sqrt(ROWS / rows)))
    shades = np.clip((pooled(spectrograms, most) - scale[0]) / (scale[1] - scale[0]), 0, 1)
    # Lowest frequency at the bottom of each, rows of classes from the top, a blank line between two of them.
    tiles = np.pad(shades[:, :, ::-1], [(0, 0), (0, 0), (0, 1), (0, 1)], constant_values=np.nan)
    mosaic = tiles.transpose(0, 2, 1, 3).reshape(rows * tiles.shape[2], -1)
    cmap = colormaps[MAP].resampled(COLOURS)
    axes.imshow(mosaic, norm=Normalize(0, 1), cmap=cmap, extent=box.extent, interpolation="none")
    colours = class_colours(classes)
    for row, name in enumerate(classes):
        height = box.bottom + (rows - row - 0.5) * 0.75 * SIDE
        axes.add_artist(Rectangle((0.06, height - 0.055), 0.11, 0.11, color=colours[name], linewidth=0))
        axes.text(0.24, height, name, va="center_baseline", fontsize=9, fontweight="bold")
    _units(axes, box, window)
    loud = DECIBEL * (scale[1] - scale[0])
    step = next((step for step in (5, 10, 20, 50) if loud / step <= 5), 100)
    levels = range(0, int(loud) + 1, step)
    ticks = [(1 - quiet / loud, f"−{quiet}" if quiet else "0 dB") for quiet in levels]
    maps.bar(axes, box, cmap, COLOURS, ticks)
    maps.finish(result, axes)
    return result


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
