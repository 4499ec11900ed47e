import numpy as np
import pytest
from matplotlib.patches import PathPatch, Rectangle

from tidemark.figures import examples
from tidemark.figures.estimates import Example
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row, Score
from tidemark.figures.units import units
from tidemark.figures.views import DENOISE, FORECAST

NONE = Score(1.0, 1.0, 1.0)


def row(kind: str, label: str) -> Row:
    return Row("d", 1, f"d-{label}", kind, {"l1": NONE}, 1.0, "", 1)


def test_gaps_reach_half_a_sample_beyond_what_is_missing() -> None:
    noisy = np.array([np.nan, 1, 1, np.nan, np.nan, 1, np.nan])
    assert examples.gaps(noisy, np.arange(7.0)) == [(-0.5, 0.5), (2.5, 4.5), (5.5, 6.5)]
    assert examples.gaps(np.ones(4), np.arange(4.0)) == []


def test_a_missing_truth_is_a_gap_in_its_line_and_a_shade_behind() -> None:
    clean = np.sin(np.arange(10.0))
    clean[4:6] = np.nan
    example = Example(np.arange(10.0), clean, clean, np.zeros(10))
    figure = examples.figure(
        [examples.Shown(row("model", "rnn"), "best", [example])], [0], Colours([]), DENOISE, units(DENOISE)
    )
    (axes,) = figure.axes
    truth = next(line for line in axes.lines if line.get_linewidth() == 0.8)
    np.testing.assert_array_equal(np.isnan(np.asarray(truth.get_ydata())), np.isnan(clean))
    (shade,) = [
        each for each in axes.get_children() if isinstance(each, Rectangle) and each is not axes.patch
    ]
    assert (shade.get_x(), shade.get_width()) == (3.5, 2.0)


def test_every_present_sample_of_the_noisy_signal_has_a_dot() -> None:
    noisy = np.sin(np.arange(10.0))
    noisy[[0, 4]] = np.nan
    example = Example(np.arange(10.0), noisy, noisy, np.zeros(10))
    shown = [examples.Shown(row("model", "rnn"), "best", [example])]
    (axes,) = examples.figure(shown, [0], Colours([]), DENOISE, units(DENOISE)).axes
    (dots,) = [each for each in axes.get_children() if isinstance(each, PathPatch)]
    np.testing.assert_array_equal(dots.get_path().vertices[::2, 0], [1, 2, 3, 5, 6, 7, 8, 9])


def test_panels_lie_below_one_another_and_share_their_range() -> None:
    line = np.linspace(-1, 3, 10)
    example = Example(np.arange(10.0), line, line, line)
    shown = [examples.Shown(row("model", label), "best", [example]) for label in ("a", "b")]
    (axes,) = examples.figure(shown, [0], Colours([]), DENOISE, units(DENOISE)).axes
    upper, lower = [
        np.asarray(each.get_ydata())
        for each in axes.lines
        if each.get_linewidth() == 0.8 and len(each.get_xdata()) == 10
    ]
    np.testing.assert_allclose(upper - lower, examples.PITCH)
    assert lower.min() > 0 and lower.max() < 1
    low, high = axes.get_ylim()
    assert low <= lower.min() and high >= upper.max()


def test_error_counts_present_values_only() -> None:
    clean = np.array([1.0, np.nan, 3.0])
    example = Example(clean, clean, clean, np.array([1.5, 9.0, 2.0]))
    assert examples.error(example, DENOISE) == pytest.approx((0.5 + 1) / 2)
    assert examples.error(example, FORECAST) == pytest.approx((0.25 + 1) / 2)
    assert np.isnan(examples.error(Example(clean, clean, np.full(3, np.nan), clean), DENOISE))


def test_chosen_are_best_model_plain_rnn_best_baseline_and_limit() -> None:
    rows = [row("limit", "exact"), row("model", "best"), row("baseline", "fit"), row("model", "gru"),
            row("model", "rnn"), row("baseline", "raw")]  # fmt: skip
    assert [each.label for each, _ in examples.chosen(rows, DENOISE)] == ["best", "rnn", "fit", "exact"]
    assert [each.label for each, _ in examples.chosen(rows[4:], DENOISE)] == ["rnn", "raw"]


def test_of_published_models_the_best_is_chosen() -> None:
    rows = [row("model", "best"), row("model", "other"), row("model", "sta"), row("model", "rnn")]
    assert [role for _, role in examples.chosen(rows, DENOISE, ["d-sta", "d-rnn"])] == [
        "best model",
        "best published",
    ]
    assert [each.label for each, _ in examples.chosen(rows, DENOISE, ["d-sta", "d-rnn"])] == ["best", "sta"]


def test_what_a_forecast_is_made_from_is_shaded() -> None:
    time = np.arange(12.0)
    past, future = np.where(time < 8, time, np.nan), np.where(time < 8, np.nan, time)
    past[3] = np.nan
    shown = [examples.Shown(row("model", "lstm"), "best", [Example(time, past, future, future)])]
    (axes,) = examples.figure(shown, [0], Colours([]), FORECAST, units(FORECAST)).axes
    shades = [each for each in axes.get_children() if isinstance(each, Rectangle) and each is not axes.patch]
    assert [(each.get_x(), each.get_width()) for each in shades] == [
        (-0.5, 8.0),
        (2.5, 1.0),
    ]  # and the gap in it
    assert {text.get_text() for text in axes.texts[:2]} == {"best: lstm", "MSE 0"}
