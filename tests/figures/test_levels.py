import math

import numpy as np
from matplotlib.patches import Rectangle

from tidemark.figures import levels
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import DIM, INK, Colours
from tidemark.figures.tables import Score
from tidemark.figures.views import DENOISE, FORECAST


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
    (first, noise, values), (second, *_) = levels.lines(scores, levels.NOISE)
    assert (first.label, second.label) == ("a", "b")
    np.testing.assert_array_equal(noise, [0.1, 0.3])
    np.testing.assert_allclose(values, [0.01, 0.09])


def test_one_noise_level_is_no_line() -> None:
    assert levels.lines([scored("a", "model", "test", 0.1, 0.01)], levels.NOISE) == []
    assert (
        levels.figure([scored("a", "model", "test", 0.1, 0.01)], levels.NOISE, Colours([]), DENOISE) is None
    )
    assert levels.figure([], levels.NOISE, Colours([]), DENOISE) is None


def test_best_models_have_colours_and_labels_and_training_is_marked() -> None:
    scores = [row for place in range(7) for row in several(f"m{place}", "model", 0.01 * (place + 1))]
    scores += several("raw", "baseline", 0.3) + several("bound", "limit", 0.001)
    figure = levels.figure(scores, levels.NOISE, Colours(f"m{place}" for place in range(7)), DENOISE)
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


def forecast(label: str, kind: str, errors: dict[float, float]) -> list[SetScore]:
    return [
        scored(label, kind, "test" if not noise else f"n{noise}", noise, mse) for noise, mse in errors.items()
    ]


def test_no_noise_has_a_place_left_of_the_others_and_is_marked() -> None:
    scores = forecast("net", "model", {0.0: 1e-3, 0.1: 0.01, 0.3: 0.05})
    scores += forecast("ar", "baseline", {0.0: 7e-10, 0.1: 0.02, 0.3: 0.2})
    figure = levels.figure(scores, levels.NOISE, Colours(["net"]), FORECAST)
    assert figure is not None
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "0.1", "0.3"]
    places = axes.get_xticks()
    assert 0 < places[0] < places[1] == 0.1
    net = next(line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_allclose(net.get_xdata(), places)
    assert axes.get_ylim()[0] > 1e-5  # the models fill the axes; what is far below leaves them
    assert "training" in {text.get_text() for text in axes.texts}
    text = levels.marks(scores, levels.NOISE, FORECAST, "the noise")
    assert text == (
        " The dotted line marks the noise. Lines that leave the figure are 1,000 times below the best model, or above "
        "the worst."
    )


def counted(label: str, test: str, components: float, mse: float) -> SetScore:
    score = Score(mse, mse, mse)
    return SetScore(
        "d", test, math.nan, f"d-{label}", "model", "mse", score, "", math.nan, math.nan, math.nan, components
    )


def test_by_components_with_the_range_of_training_shaded() -> None:
    scores = [
        counted("net", "test", math.nan, 7.0),
        counted("net", "c3", 3, 0.1),
        counted("net", "c20", 20, 0.4),
    ]
    ((who, found, values),) = levels.lines(scores, levels.COMPONENTS)
    assert who.label == "net" and found.tolist() == [3, 20] and values.tolist() == [0.1, 0.4]
    figure = levels.figure(scores, levels.COMPONENTS, Colours(["net"]), FORECAST, (2, 6))
    assert figure is not None
    (axes,) = figure.axes
    (shade,) = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    left, right = axes.get_xlim()
    assert shade.get_x() == left > 2 and shade.get_x() + shade.get_width() == 6 < right
    assert axes.get_xlabel() == "components of the signal"
    assert levels.marks(scores, levels.COMPONENTS, FORECAST, "it", (2, 6)) == " The shaded area marks it."
    assert levels.marks(scores, levels.COMPONENTS, FORECAST, "it") == ""
    assert levels.figure(scores, levels.NOISE, Colours(["net"]), FORECAST) is None
