"""Many rectangles as one path."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from tidemark.figures.rectangles import rectangles


def test_corners_are_those_of_each_rectangle() -> None:
    axes = Figure().subplots()
    rectangles(axes, [0, 5], [1, 2], 3, 0.5, color="red")
    rectangles(axes, [], [], 1, 1)
    (drawn,) = [each for each in axes.get_children() if isinstance(each, PathPatch)]
    corners = np.asarray(drawn.get_path().vertices).reshape(2, 5, 2)
    np.testing.assert_array_equal(corners[0], [[0, 1], [3, 1], [3, 1.5], [0, 1.5], [0, 1]])
    np.testing.assert_array_equal(corners[1], [[5, 2], [8, 2], [8, 2.5], [5, 2.5], [5, 2]])
