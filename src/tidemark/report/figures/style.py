"""What all figures share: type, the frame, logarithmic axes, and many small marks as one path."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from tidemark.core.errors import printable
from tidemark.core.store import Array
from tidemark.report.figures.colours import CARD, INK, MUTED, RULE
from tidemark.report.figures.numbers import tick

HASH_SALT = "tidemark"
"""What ids in a drawing are made with."""
DASHES = ((0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1.5)), (0, (8, 2)))
LONGEST = 100
"""Characters of a name from a recording."""
SETTINGS: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "lines.solid_capstyle": "round",
    "figure.facecolor": CARD,
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": HASH_SALT,
}


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults and this page's type, whatever the user's own settings are."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def as_label(text: str) -> str:
    """A name from a recording as Matplotlib shows it: one line, in which a dollar begins no formula."""
    return printable(text, LONGEST).replace("$", r"\$")


def sized(
    width: float, height: float, margins: tuple[float, float, float, float], rows: int = 1, columns: int = 1,
    gap: tuple[float, float] = (0.3, 0.2),
) -> tuple[Figure, list[list[Axes]]]:  # fmt: skip
    """A figure and its grid of axes; every length in inches, `margins` left, right, bottom, top.

    `gap` is the space between columns, then between rows. Margins are fixed, not fitted, so
    that the layout does not hang on how wide a text happens to be drawn.
    """
    left, right, bottom, top = margins
    figure = Figure(figsize=(width, height))
    panel = ((width - left - right - gap[0] * (columns - 1)) / columns,
             (height - bottom - top - gap[1] * (rows - 1)) / rows)  # fmt: skip
    grid = figure.subplots(
        rows, columns, squeeze=False, sharex=True, sharey=True,
        gridspec_kw={
            "left": left / width, "right": 1 - right / width, "bottom": bottom / height,
            "top": 1 - top / height, "wspace": gap[0] / panel[0], "hspace": gap[1] / panel[1],
        },
    )  # fmt: skip
    for axes in grid[:-1].flat:  # their ticks would cost as much as all else
        axes.xaxis.set_visible(False)
    return figure, [list(line) for line in grid]


def logarithmic(axes: Axes, which: str) -> None:
    """Make one axis logarithmic, with plain numbers at 1, 2 and 5 in each decade."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    decades = math.log10(high / low) if low > 0 else 3
    crowded = decades > (1.3 if which == "x" else 2.5)
    axis.set_major_locator(LogLocator(subs=(1,) if crowded else (1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axis.set_minor_locator(LogLocator(subs=(2, 5)) if crowded else NullLocator())
    axis.set_minor_formatter(NullFormatter())


def positive_range(
    values: Iterable[float], margin: float = 1.15, negligible: float = 1e-6
) -> tuple[float, float] | None:
    """Ends of a logarithmic axis that holds all positive `values`; none if there are none.

    What is below a share `negligible` of the largest is left out: it would squeeze all else into a corner.
    """
    array = np.fromiter(values, dtype=np.float64)
    positive = array[np.isfinite(array) & (array > 0)]
    shown = positive[positive > negligible * positive.max(initial=0.0)]
    return (float(shown.min()) / margin, float(shown.max()) * margin) if len(shown) else None


def dots(
    axes: Axes, time: Array, values: Array, size: float, alpha: float, colour: str = MUTED, order: float = 1
) -> None:
    """Dots, grey or of a colour, of a diameter in points; one path, far smaller and faster than markers.

    A dot is a line next to no length with round ends; a missing value has none.
    """
    present = np.isfinite(time) & np.isfinite(values)
    ends = np.stack([time, values], axis=1)[present].repeat(2, axis=0)
    if len(ends):
        ends[1::2, 0] += 1e-4 * float(np.ptp(ends[:, 0]) or 1.0)
        codes = np.tile([Path.MOVETO, Path.LINETO], len(ends) // 2)
        _add(axes, ends, codes, fill=False, edgecolor=colour, linewidth=size, alpha=alpha, zorder=order,
             capstyle="round")  # fmt: skip


CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
CODES = np.array([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY])


def rectangles(
    axes: Axes,
    left: npt.ArrayLike,
    bottom: npt.ArrayLike,
    width: npt.ArrayLike,
    height: npt.ArrayLike,
    **look: Any,
) -> None:
    """Rectangles as one path, (count,) of each number or one for all, without outlines; `look` a patch's."""
    sides = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (left, bottom, width, height)))
    corner, size = np.stack(sides[:2], axis=-1), np.stack(sides[2:], axis=-1)
    vertices = corner[:, None] + CORNERS * size[:, None]
    if len(vertices):
        _add(axes, vertices.reshape(-1, 2), np.tile(CODES, len(vertices)), linewidth=0, **look)


def _add(axes: Axes, vertices: Array, codes: Array, **look: Any) -> None:
    path = Path(vertices, codes)
    path.should_simplify = False
    axes.add_artist(PathPatch(path, snap=False, **look))
