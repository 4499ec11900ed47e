from dataclasses import replace

import numpy as np
from matplotlib.patches import Rectangle

from support.figures import results
from support.scored import predictor
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.evaluation.comparison import Predictor
from tidemark.forecast.figures.view import VIEW as FORECAST
from tidemark.report.figures import levels
from tidemark.report.figures.colours import DIM, INK
from tidemark.report.figures.results import Results

NOISE, COMPONENTS = FORECAST.sweeps
LAW = {"noise_std": 0.1, "amplitude": 1.0}
TESTS = {"loud": LAW | {"noise_std": 0.3}, "other": LAW | {"amplitude": 2.0}}


def several(label: str, kind: str, mse: float) -> Predictor:
    tests = {"loud": {"l1": 9.0, "mse": 9 * mse}, "other": {"l1": 1.0, "mse": 5.0}}
    return predictor(label, kind, l1=77.0, mse=mse, **tests)


def noisy(*predictors: Predictor) -> Results:
    return results(DENOISE, *predictors, law=LAW, tests=TESTS)


def test_a_line_is_the_mse_by_noise_of_sets_that_differ_in_noise_only() -> None:
    found = levels.read(noisy(several("b", "model", 0.02), several("a", "model", 0.01)), NOISE)
    first, second = found.lines
    assert (first.predictor.label, second.predictor.label) == ("a", "b")
    np.testing.assert_array_equal(first.level, [0.1, 0.3])
    np.testing.assert_allclose(first.error, [0.01, 0.09])


def test_one_noise_level_is_no_line() -> None:
    known = noisy(predictor("a", "model", l1=1.0, mse=0.01))
    found = levels.read(known, NOISE)
    assert found.lines == [] and levels.figure(known, found) is None and not list(levels.draw(known))


def test_best_models_have_colours_and_labels_and_training_is_marked() -> None:
    models = [several(f"m{place}", "model", 0.01 * (place + 1)) for place in range(7)]
    known = noisy(*models, several("raw", "baseline", 0.3), several("bound", "limit", 0.001))
    figure = levels.figure(known, levels.read(known, NOISE))
    assert figure is not None
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    texts = {text.get_text() for text in axes.texts}
    assert texts == {"m0", "m1", "m2", "m3", "3 other models", "raw", "bound", "training"}
    drawn = {
        tuple(np.round(np.asarray(line.get_ydata(), dtype=float), 6)): line
        for line in axes.lines if len(line.get_xdata()) == 2
    }  # fmt: skip
    pairs = [(round(0.01 * (place + 1), 6), round(0.09 * (place + 1), 6)) for place in range(7)]
    colours = [drawn[pair].get_color() for pair in pairs]
    assert colours.count(DIM) == 3 and len(set(colours[:4])) == 4 and DIM not in colours[:4]
    assert drawn[0.001, 0.009].get_color() == INK and drawn[0.001, 0.009].get_linestyle() == "-"
    assert drawn[0.3, 2.7].get_linestyle() == "--"
    (marked,) = [line for line in axes.lines if list(line.get_xdata()) == [0.1, 0.1]]
    assert marked.get_zorder() == 0


def test_no_noise_has_a_place_left_of_the_others_and_is_marked() -> None:
    tests = {f"n{noise}": {"noise_std": noise} for noise in (0.1, 0.3)}

    def forecast(label: str, kind: str, none: float, some: float, much: float) -> Predictor:
        return predictor(label, kind, mse=none, **{"n0.1": {"mse": some}, "n0.3": {"mse": much}})

    net, ar = forecast("net", "model", 1e-3, 0.01, 0.05), forecast("ar", "baseline", 7e-10, 0.02, 0.2)
    known = results(FORECAST, net, ar, law={"noise_std": 0.0}, tests=tests)
    found = levels.read(known, NOISE)
    figure = levels.figure(known, found)
    assert figure is not None
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "0.1", "0.3"]
    places = axes.get_xticks()
    assert 0 < places[0] < places[1] == 0.1
    line = next(line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_allclose(line.get_xdata(), places)
    assert axes.get_ylim()[0] > 1e-5  # the models fill the axes; what is far below leaves them
    assert "training" in {text.get_text() for text in axes.texts}
    assert found.marks == (
        " The dotted line marks the noise of the training signals. Lines that leave the figure are 1,000 times "
        "below the best model, or above the worst."
    )


def test_by_components_with_the_range_of_training_shaded() -> None:
    tests = {"c3": {"components": 3}, "c20": {"components": 20}}
    net = predictor("net", "model", mse=7.0, c3={"mse": 0.1}, c20={"mse": 0.4})
    known = results(FORECAST, net, law={"components": [2, 6]}, tests=tests)
    found = levels.read(known, COMPONENTS)
    (line,) = found.lines
    assert (
        line.predictor.label == "net" and line.level.tolist() == [3, 20] and line.error.tolist() == [0.1, 0.4]
    )
    figure = levels.figure(known, found)
    assert figure is not None
    (axes,) = figure.axes
    (shade,) = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    left, right = axes.get_xlim()
    assert shade.get_x() == left > 2 and shade.get_x() + shade.get_width() == 6 < right
    assert axes.get_xlabel() == "number of components of a signal"
    assert found.marks == " The shaded area marks that of the training signals."
    assert replace(found, span=None).marks == ""
    assert [picture.name for picture in levels.draw(known)] == ["components"]
