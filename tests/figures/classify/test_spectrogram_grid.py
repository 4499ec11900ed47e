"""The grid of spectrograms."""

import math

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from tidemark.figures import spectrogram_grid
from tidemark.figures.style import CARD

CLASSES = ["sit", "walk"]


def test_pooling_is_the_mean_of_blocks() -> None:
    values = np.random.default_rng(0).normal(size=(2, 7, 9))
    found = spectrogram_grid.pooled(values, 4)
    assert found.shape == (2, 3, 3)
    for number in range(2):
        for row in range(3):
            for column in range(3):
                block = values[number, 2 * row : 2 * row + 2, 3 * column : 3 * column + 3]
                assert found[number, row, column] == pytest.approx(block.mean())
    np.testing.assert_array_equal(spectrogram_grid.pooled(values[:, :3, :4], 4), values[:, :3, :4])


def test_the_scale_is_without_gravity_and_without_what_is_missing() -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 20, 20))
    wanted = np.percentile(np.delete(values, (0, 1), axis=2)[0], spectrogram_grid.ENDS)
    values[:, :, :2], values[1] = 100.0, np.nan
    np.testing.assert_allclose(spectrogram_grid.span([values]), wanted)
    assert spectrogram_grid.span([np.full((1, 1, 4, 4), np.nan)]) == (0.0, 1.0)
    low, high = spectrogram_grid.span([np.ones((1, 1, 4, 4))])
    assert low == 1 < high


def test_one_row_a_class_lowest_frequency_at_the_bottom() -> None:
    values = np.zeros((2, 3, 4, 5))
    values[1, 2, 0] = 1.0  # the lowest line of the last window of the second class
    values[0, 1] = np.nan
    figure = spectrogram_grid.figure(values, CLASSES, (0.0, 1.0), (30.0, 50.0))
    assert figure is not None
    (axes,) = figure.axes
    picture = np.asarray(axes.images[0].get_array())
    assert picture.shape == (8, 15)
    assert picture.sum() == 5 and picture[-1, 10:].tolist() == [1.0] * 5
    blank = [
        each
        for each in axes.get_children()
        if isinstance(each, Rectangle) and each.get_facecolor()[:3] == (1, 1, 1)
    ]
    side, box = spectrogram_grid.SIDE, axes.images[0].get_extent()
    (hole,) = [each for each in blank if each.get_width() == pytest.approx(side)]
    assert hole.get_x() == pytest.approx(box[0] + side)
    assert hole.get_y() == pytest.approx(box[2] + 0.75 * side) and CARD == "#ffffff"
    texts = {text.get_text() for text in axes.texts}
    assert {"sit", "walk", "30 s", "50 Hz", "0 dB"} <= texts


def test_decibels() -> None:
    """A factor of ten is 20 decibels."""
    assert spectrogram_grid.DECIBEL * math.log(10) == pytest.approx(20)
    assert colormaps[spectrogram_grid.MAP] is not None


def test_float16_is_read_and_nothing_has_no_figure() -> None:
    values = np.full((2, 3, 4, 5), np.nan, dtype=np.float16)
    assert spectrogram_grid.figure(values, CLASSES, (0.0, 1.0)) is None
    values[0, 0] = -3.0
    assert spectrogram_grid.figure(values, CLASSES, spectrogram_grid.span([values])) is not None
