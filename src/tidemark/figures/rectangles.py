"""Many rectangles of one look as one path: far smaller and faster than one each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

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
    """Draw rectangles, (count,) of each number or one for all, without outlines; `look` is a patch's."""
    sides = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (left, bottom, width, height)))
    corner, size = np.stack(sides[:2], axis=-1), np.stack(sides[2:], axis=-1)
    vertices = corner[:, None] + CORNERS * size[:, None]
    if len(vertices):
        path = Path(vertices.reshape(-1, 2), np.tile(CODES, len(vertices)))
        path.should_simplify = False
        axes.add_artist(PathPatch(path, linewidth=0, snap=False, **look))
