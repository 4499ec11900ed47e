"""Many marks as one path."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from tidemark.report.figures.style import positive_range, rectangles


def test_corners_are_those_of_each_rectangle() -> None:
    axes = Figure().subplots()
    rectangles(axes, [0, 5], [1, 2], 3, 0.5, color="red")
    rectangles(axes, [], [], 1, 1)
    (drawn,) = [each for each in axes.get_children() if isinstance(each, PathPatch)]
    corners = np.asarray(drawn.get_path().vertices).reshape(2, 5, 2)
    np.testing.assert_array_equal(corners[0], [[0, 1], [3, 1], [3, 1.5], [0, 1.5], [0, 1]])
    np.testing.assert_array_equal(corners[1], [[5, 2], [8, 2], [8, 2.5], [5, 2.5], [5, 2]])


def test_what_is_as_good_as_zero_has_no_place_on_a_logarithmic_axis() -> None:
    assert positive_range([0.0, 1e-9, 0.1, 10.0, float("nan")], margin=2) == (0.05, 20.0)
    assert positive_range([0.0, -1.0]) is None
