"""The grid of spectrograms."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps

from tidemark.classify.figures import spectrograms
from tidemark.core.errors import InputError

CLASSES = ["sit", "walk"]


def test_pooling_is_the_mean_of_blocks() -> None:
    values = np.random.default_rng(0).normal(size=(2, 7, 9))
    found = spectrograms.pooled(values, 4)
    assert found.shape == (2, 3, 3)
    for number in range(2):
        for row in range(3):
            for column in range(3):
                block = values[number, 2 * row : 2 * row + 2, 3 * column : 3 * column + 3]
                assert found[number, row, column] == pytest.approx(block.mean())
    np.testing.assert_array_equal(spectrograms.pooled(values[:, :3, :4], 4), values[:, :3, :4])


def test_the_scale_is_without_gravity_and_without_what_is_missing() -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 20, 20))
    wanted = np.percentile(np.delete(values, (0, 1), axis=2)[0], spectrograms.ENDS)
    values[:, :, :2], values[1] = 100.0, np.nan
    np.testing.assert_allclose(spectrograms.span([values]), wanted)
    assert spectrograms.span([np.full((1, 1, 4, 4), np.nan)]) == (0.0, 1.0)
    low, high = spectrograms.span([np.ones((1, 1, 4, 4))])
    assert low == 1 < high


def test_one_row_a_class_lowest_frequency_at_the_bottom() -> None:
    values = np.zeros((2, 3, 4, 5))
    values[1, 2, 0] = 1.0  # the lowest line of the last window of the second class
    values[0, 1] = np.nan
    figure = spectrograms.figure(values, CLASSES, (0.0, 1.0), (30.0, 50.0))
    assert figure is not None
    (axes,) = figure.axes
    picture = np.ma.filled(axes.images[0].get_array(), np.nan)
    assert picture.shape == (2 * 5, 3 * 6)
    assert np.isnan(picture[:, 5::6]).all() and np.isnan(picture[4::5]).all()  # between two of them
    assert np.isnan(picture[:4, 6:11]).all() and np.isfinite(picture[:4, :5]).all()
    assert np.nansum(picture) == 5 and picture[-2, 12:17].tolist() == [1.0] * 5
    texts = {text.get_text() for text in axes.texts}
    assert {"sit", "walk", "30 s", "50 Hz", "0 dB"} <= texts


def test_decibels() -> None:
    """A factor of ten is 20 decibels."""
    assert spectrograms.DECIBEL * math.log(10) == pytest.approx(20)
    assert colormaps[spectrograms.MAP] is not None


def test_float16_is_read_and_nothing_has_no_figure() -> None:
    values = np.full((2, 3, 4, 5), np.nan, dtype=np.float16)
    assert spectrograms.figure(values, CLASSES, (0.0, 1.0), (30.0, 50.0)) is None
    values[0, 0] = -3.0
    assert spectrograms.figure(values, CLASSES, spectrograms.span([values]), (30.0, 50.0)) is not None


def test_an_array_fits_the_classes(tmp_path: Path) -> None:
    path = tmp_path / "first.npy"
    assert spectrograms.read(path, 2) is None
    np.save(path, np.zeros((2, 10, 4, 4), dtype=np.float16))
    assert spectrograms.read(path, 2) is not None
    np.save(path, np.zeros((2, 10, 4)))
    with pytest.raises(InputError, match=r"first.npy: shape \(2, 10, 4\); expected \(2, windows"):
        spectrograms.read(path, 2)
    path.write_bytes(b"none")
    with pytest.raises(InputError, match="first.npy: no readable NPY array"):
        spectrograms.read(path, 2)
