import numpy as np
import pytest

from tidemark.figures import examples
from tidemark.figures.style import Colours
from tidemark.figures.tables import Example, Row, Score
from tidemark.figures.units import Units

NONE = Score(1.0, 1.0, 1.0)


def row(kind: str, label: str) -> Row:
    return Row("d", 1, f"d-{label}", kind, NONE, NONE, NONE, 1.0, "", 1)


def test_gaps_reach_half_a_sample_beyond_what_is_missing() -> None:
    noisy = np.array([np.nan, 1, 1, np.nan, np.nan, 1, np.nan])
    assert examples.gaps(noisy, np.arange(7.0)) == [(-0.5, 0.5), (2.5, 4.5), (5.5, 6.5)]
    assert examples.gaps(np.ones(4), np.arange(4.0)) == []


def test_a_missing_truth_is_a_gap_in_its_line_and_a_shade_behind() -> None:
    clean = np.sin(np.arange(10.0))
    clean[4:6] = np.nan
    example = Example(np.arange(10.0), clean, clean, np.zeros(10))
    figure = examples.figure(
        [examples.Shown(row("model", "rnn"), "best", [example])], [0], Colours([]), Units()
    )
    (axes,) = figure.axes
    truth = next(line for line in axes.lines if line.get_linewidth() == 0.8)
    np.testing.assert_array_equal(np.isnan(np.asarray(truth.get_ydata())), np.isnan(clean))
    assert len(axes.patches) == 1


def test_error_counts_present_values_only() -> None:
    clean = np.array([1.0, np.nan, 3.0])
    assert examples.error(Example(clean, clean, clean, np.array([1.5, 9.0, 2.0]))) == pytest.approx(0.75)
    assert np.isnan(examples.error(Example(clean, clean, np.full(3, np.nan), clean)))


def test_chosen_are_best_model_plain_rnn_best_baseline_and_limit() -> None:
    rows = [row("limit", "exact"), row("model", "best"), row("baseline", "fit"), row("model", "gru"),
            row("model", "rnn"), row("baseline", "raw")]  # fmt: skip
    assert [each.label for each, _ in examples.chosen(rows)] == ["best", "rnn", "fit", "exact"]
    assert [each.label for each, _ in examples.chosen(rows[4:])] == ["rnn", "raw"]
