"""Contour maps of cycles and maps of attention."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import AxesImage

from support.figures import results
from support.scored import predictor
from tidemark.core.errors import InputError
from tidemark.denoise.figures import attention, contours
from tidemark.denoise.figures.view import VIEW
from tidemark.report.figures.signals import Example

KNOWN = results(VIEW, predictor("a", "model", l1=1.0), predictor("b", "model", l1=2.0))


def test_a_cycle_is_a_column() -> None:
    np.testing.assert_array_equal(contours.cut(np.arange(11), 3), [[0, 3, 6], [1, 4, 7], [2, 5, 8]])


def test_levels_span_the_clean_signal_alone() -> None:
    levels = contours.levels(np.array([np.nan, -1.0, 4.0]))
    assert (levels[0], levels[-1]) == (-1.0, 4.0)
    np.testing.assert_allclose(np.diff(levels), 5 / contours.LEVELS)
    assert np.all(np.diff(contours.levels(np.ones(3))) > 0)


def test_one_map_each_with_one_scale() -> None:
    clean = np.sin(np.arange(24.0))
    noisy = clean + 2
    noisy[3] = np.nan
    example = Example(np.arange(24.0), noisy, clean, clean * 0.5)
    figure = contours.figure(KNOWN, {"d-a": example, "d-b": example}, 6)
    assert figure is not None
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert [text for text in texts if text in ("clean", "noisy", "a", "b")] == ["clean", "noisy", "a", "b"]
    assert texts.count("cycle") == 4 and texts.count("sample in the cycle") == 1


@pytest.mark.parametrize(("length", "cycle"), [(24, 0), (24, 13), (24, 1)])
def test_no_map_without_two_cycles(length: int, cycle: int) -> None:
    line = np.arange(float(length))
    assert contours.figure(KNOWN, {"d-a": Example(line, line, line, line)}, cycle) is None
    assert contours.figure(KNOWN, {}, 6) is None and not list(contours.draw(KNOWN))


def test_pooled_attention_keeps_its_sum() -> None:
    matrix = np.random.default_rng(0).uniform(size=(30, 30))
    small = attention.pooled(matrix, 10)
    assert small.shape == (10, 10)
    np.testing.assert_allclose(small.sum() * 9, matrix.sum())
    np.testing.assert_allclose(small[0, 1], matrix[:3, 3:6].mean())
    np.testing.assert_array_equal(attention.pooled(matrix, 30), matrix)


def test_a_map_for_each_model_and_kind_that_there_is() -> None:
    known = results(VIEW, *(predictor(label, "model", l1=1.0) for label in ("a", "b", "none")))
    found = {"d-a": {"temporal": np.eye(8), "spectral": np.eye(8)}, "d-b": {"temporal": np.eye(8)}}
    figure = attention.figure(known, found)
    assert figure is not None
    (axes,) = figure.axes
    images = [each for each in axes.get_children() if isinstance(each, AxesImage)]
    assert len(images) == 3 + 2  # a colour scale for each kind
    # All attention on one place of eight is eight times what attending everywhere alike gives.
    assert float(np.max(images[0].get_array())) == pytest.approx(8)
    texts = [text.get_text() for text in axes.texts]
    assert "a" in texts and "b" in texts and "none" not in texts
    assert {"temporal: from", "spectral: from", "to"} <= set(texts)
    assert attention.figure(known, {}) is None


def test_attention_of_another_shape_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "attention_temporal.npy", np.full((4, 4), 0.25))
    assert list(attention.read(tmp_path)) == ["temporal"]
    np.save(tmp_path / "attention_spectral.npy", np.zeros((4, 5)))
    with pytest.raises(
        InputError, match=r"attention_spectral.npy: shape \(4, 5\); expected \(length, length\)"
    ):
        attention.read(tmp_path)
