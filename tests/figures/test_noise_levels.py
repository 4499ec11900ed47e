import math

import numpy as np

from tidemark.figures import noise_levels
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import DIM, INK, Colours
from tidemark.figures.tables import Score


def scored(label: str, kind: str, test: str, noise: float, mse: float, metric: str = "mse") -> SetScore:
    score = Score(mse, mse, mse)
    return SetScore("d", test, noise, f"d-{label}", kind, metric, score, "", math.nan, math.nan, math.nan)


def several(label: str, kind: str, mse: float) -> list[SetScore]:
    return [
        scored(label, kind, "loud", 0.3, 9 * mse), scored(label, kind, "test", 0.1, mse),
        scored(label, kind, "other", math.nan, 5.0), scored(label, kind, "test", 0.1, 77.0, "l1"),
    ]  # fmt: skip


def test_a_line_is_the_mse_by_noise_of_sets_that_differ_in_noise_only() -> None:
    scores = several("b", "model", 0.02) + several("a", "model", 0.01)
    (first, noise, values), (second, *_) = noise_levels.lines(scores)
    assert (first.label, second.label) == ("a", "b")
    np.testing.assert_array_equal(noise, [0.1, 0.3])
    np.testing.assert_allclose(values, [0.01, 0.09])


def test_one_noise_level_is_no_line() -> None:
    assert noise_levels.lines([scored("a", "model", "test", 0.1, 0.01)]) == []
    assert noise_levels.figure([scored("a", "model", "test", 0.1, 0.01)], Colours([])) is None
    assert noise_levels.figure([], Colours([])) is None


def test_best_models_have_colours_and_labels_and_training_is_marked() -> None:
    scores = [row for place in range(7) for row in several(f"m{place}", "model", 0.01 * (place + 1))]
    scores += several("raw", "baseline", 0.3) + several("bound", "limit", 0.001)
    figure = noise_levels.figure(scores, Colours(f"m{place}" for place in range(7)))
    assert figure is not None
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    texts = {text.get_text() for text in axes.texts}
    assert texts == {"m0", "m1", "m2", "m3", "3 other models", "raw", "bound", "training"}
    drawn = {
        tuple(np.round(np.asarray(line.get_ydata(), dtype=float), 6)): line
        for line in axes.lines
        if len(line.get_xdata()) == 2
    }
    colours = [
        drawn[round(0.01 * (place + 1), 6), round(0.09 * (place + 1), 6)].get_color() for place in range(7)
    ]
    assert colours.count(DIM) == 3 and len(set(colours[:4])) == 4 and DIM not in colours[:4]
    assert drawn[0.001, 0.009].get_color() == INK and drawn[0.001, 0.009].get_linestyle() == "-"
    assert drawn[0.3, 2.7].get_linestyle() == "--"
    (marked,) = [line for line in axes.lines if list(line.get_xdata()) == [0.1, 0.1]]
    assert marked.get_zorder() == 0
