from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle

from support.figures import results
from support.scored import predictor
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.forecast.figures.view import VIEW as FORECAST
from tidemark.report.figures import examples
from tidemark.report.figures.results import Shown
from tidemark.report.figures.signals import Example

RNN = Shown(predictor("rnn", "model", l1=1.0, mse=1.0), "best")
GRU = Shown(predictor("gru", "model", l1=1.0, mse=1.0), "second")


def drawn(example: Example, shown: Sequence[Shown] = (RNN,), view: object = DENOISE) -> Axes:
    known = results(view, *(each.predictor for each in shown))  # type: ignore[arg-type]
    (axes,) = examples.figure(known, [(each, [example]) for each in shown], [0]).axes
    return axes


def shades(axes: Axes) -> list[tuple[float, float]]:
    patches = [each for each in axes.get_children() if isinstance(each, Rectangle) and each is not axes.patch]
    return [(each.get_x(), each.get_width()) for each in patches]


def test_gaps_go_half_a_sample_beyond_what_is_missing() -> None:
    noisy = np.array([np.nan, 1, 1, np.nan, np.nan, 1, np.nan])
    assert examples.gaps(noisy, np.arange(7.0)) == [(-0.5, 0.5), (2.5, 4.5), (5.5, 6.5)]
    assert examples.gaps(np.ones(4), np.arange(4.0)) == []


def test_a_missing_truth_is_a_gap_in_its_line_and_a_shade_behind() -> None:
    clean = np.sin(np.arange(10.0))
    clean[4:6] = np.nan
    axes = drawn(Example(np.arange(10.0), clean, clean, np.zeros(10)))
    truth = next(line for line in axes.lines if line.get_linewidth() == 0.8)
    np.testing.assert_array_equal(np.isnan(np.asarray(truth.get_ydata())), np.isnan(clean))
    assert shades(axes) == [(3.5, 2.0)]


def test_every_present_sample_of_the_noisy_signal_has_a_dot() -> None:
    noisy = np.sin(np.arange(10.0))
    noisy[[0, 4]] = np.nan
    axes = drawn(Example(np.arange(10.0), noisy, noisy, np.zeros(10)))
    (dots,) = [each for each in axes.get_children() if isinstance(each, PathPatch)]
    np.testing.assert_array_equal(np.asarray(dots.get_path().vertices)[::2, 0], [1, 2, 3, 5, 6, 7, 8, 9])


def test_panels_lie_below_one_another_and_share_their_range() -> None:
    line = np.linspace(-1, 3, 10)
    axes = drawn(Example(np.arange(10.0), line, line, line), [RNN, GRU])
    upper, lower = [
        np.asarray(each.get_ydata())
        for each in axes.lines if each.get_linewidth() == 0.8 and len(each.get_xdata()) == 10
    ]  # fmt: skip
    np.testing.assert_allclose(upper - lower, examples.PITCH)
    assert lower.min() > 0 and lower.max() < 1
    low, high = axes.get_ylim()
    assert low <= lower.min() and high >= upper.max()


def test_error_counts_present_values_only() -> None:
    clean = np.array([1.0, np.nan, 3.0])
    example = Example(clean, clean, clean, np.array([1.5, 9.0, 2.0]))
    assert examples.error(example, squared=False) == pytest.approx((0.5 + 1) / 2)
    assert examples.error(example, squared=True) == pytest.approx((0.25 + 1) / 2)
    assert np.isnan(examples.error(Example(clean, clean, np.full(3, np.nan), clean), squared=False))


def test_what_a_forecast_is_made_from_is_shaded() -> None:
    time = np.arange(12.0)
    past, future = np.where(time < 8, time, np.nan), np.where(time < 8, np.nan, time)
    past[3] = np.nan
    axes = drawn(Example(time, past, future, future), view=FORECAST)
    assert shades(axes) == [(-0.5, 8.0), (2.5, 1.0)]  # and the gap in it
    assert {text.get_text() for text in axes.texts[:2]} == {"best: rnn", "MSE 0"}


@pytest.mark.parametrize(
    ("tests", "numbers", "asked", "titles"),
    [
        ({}, [0, 1, 2, 3], (), ["Test signal 0", "Test signal 1", "Test signal 2"]),
        ({}, [7, 2, 5, 3], (7, 2, 5, 3), [f"Test signal {number}" for number in (7, 2, 5, 3)]),
        ({"loud": {}}, [0, 1], (), ["Test set: test", "Test set: loud"]),
        ({"loud": {}}, [4, 1], (4, 1), [f"Test set: {each}" for each in ("test, signal 4", "test, signal 1", "loud, signal 4")]),
    ],
)  # fmt: skip
def test_all_examples_that_were_asked_for_are_drawn(
    tmp_path: Path,
    tests: dict[str, dict[str, float]],
    numbers: list[int],
    asked: tuple[int, ...],
    titles: list[str],
) -> None:
    known = replace(results(DENOISE, RNN.predictor, root=tmp_path, tests=tests), examples=asked)
    path = known.details_of(RNN.predictor) / "examples.csv"
    path.parent.mkdir(parents=True)
    rows = [f"test,{number},{place},1,{place},2" for number in numbers for place in range(4)]
    rows += [f"{test},{numbers[0]},{place},1,{place},2" for test in tests for place in range(4)]
    path.write_text("\n".join(["test,signal,position,noisy,clean,estimate", *rows, ""]))
    assert [picture.title for picture in examples.draw(known) if picture.place] == titles
