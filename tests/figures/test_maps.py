"""Contour maps of cycles, attention maps, and the frame they share."""

import numpy as np
import pytest
from matplotlib.image import AxesImage

from tidemark.figures import attention, contours, maps
from tidemark.figures.estimates import Example, Learning
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row, Score

NONE = Score(1.0, 1.0, 1.0)


def row(label: str) -> Row:
    return Row("d", 1, f"d-{label}", "model", {"l1": NONE}, 1.0, "", 1)


def attending(length: int, *kinds: str) -> Learning:
    line = np.zeros(length)
    return Learning(np.array([0]), line[None], line, line, {kind: np.eye(length) for kind in kinds})


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
    figure = contours.figure([(row("a"), example), (row("b"), example)], 6, Colours([]))
    assert figure is not None
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert [text for text in texts if text in ("clean", "noisy", "a", "b")] == ["clean", "noisy", "a", "b"]
    assert texts.count("cycle") == 4 and texts.count("sample in the cycle") == 1


@pytest.mark.parametrize(("length", "cycle"), [(24, 0), (24, 13), (24, 1)])
def test_no_map_without_two_cycles(length: int, cycle: int) -> None:
    line = np.arange(float(length))
    assert contours.figure([(row("a"), Example(line, line, line, line))], cycle, Colours([])) is None
    assert contours.figure([], 6, Colours([])) is None


def test_pooled_attention_keeps_its_sum() -> None:
    matrix = np.random.default_rng(0).uniform(size=(30, 30))
    small = attention.pooled(matrix, 10)
    assert small.shape == (10, 10)
    np.testing.assert_allclose(small.sum() * 9, matrix.sum())
    np.testing.assert_allclose(small[0, 1], matrix[:3, 3:6].mean())
    np.testing.assert_array_equal(attention.pooled(matrix, 30), matrix)


def test_a_map_for_each_model_and_kind_that_there_is() -> None:
    shown = [(row("a"), attending(8, "temporal", "spectral")), (row("b"), attending(8, "temporal")),
             (row("none"), attending(8))]  # fmt: skip
    figure = attention.figure(shown, Colours([]))
    assert figure is not None
    (axes,) = figure.axes
    images = [each for each in axes.get_children() if isinstance(each, AxesImage)]
    assert len(images) == 3 + 2  # a colour scale for each kind
    # All attention on one place of eight is eight times what looking everywhere alike gives.
    assert float(np.max(images[0].get_array())) == pytest.approx(8)
    texts = [text.get_text() for text in axes.texts]
    assert "a" in texts and "b" in texts and "none" not in texts
    assert {"temporal: looks from", "spectral: looks from"} <= set(texts)
    assert attention.figure(shown[2:], Colours([])) is None


def test_first_row_is_on_top() -> None:
    _, _, boxes = maps.grid(2, 3, (1.0, 2.0))
    assert boxes[0][0].bottom > boxes[1][0].bottom and boxes[0][1].left > boxes[0][0].left
    assert boxes[1][0].extent == pytest.approx(
        (maps.MARGINS[0], maps.MARGINS[0] + 1, maps.MARGINS[2], maps.MARGINS[2] + 2)
    )


@pytest.mark.parametrize(
    ("label", "lines"),
    [("sta-linear", "sta-linear"), ("matched-reference-sta-linear", "matched-reference-\nsta-linear"),
     ("anamewithoutanyhyphen", "anamewithoutanyhyphen")],
)  # fmt: skip
def test_long_labels_break_at_a_hyphen(label: str, lines: str) -> None:
    assert maps.wrapped(label) == lines
