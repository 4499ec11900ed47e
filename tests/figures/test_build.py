"""The report where something is missing that it would like to show."""

import math

import numpy as np

from tidemark.figures.drawings import TaskResults
from tidemark.figures.estimates import Example, Learning
from tidemark.figures.report import build
from tidemark.figures.tables import Row, Score
from tidemark.figures.views import DENOISE, FORECAST


def row(kind: str, label: str, l1: float) -> Row:
    score = Score(l1, l1, l1)
    scores = {"l1": score, "snr_gain_db": Score(math.nan, math.nan, math.nan), "mse": score}
    return Row("d", 1, f"d-{label}", kind, scores, math.nan, "", 10)


def test_only_a_leaderboard() -> None:
    report = build([TaskResults(DENOISE, [row("model", "rnn", 0.1)])], {}, {}, "smoke")
    assert 'data-predictor="d-rnn"' in report.page
    assert report.animations == {}
    assert list(report.pictures) == ["d-leaderboard.png"]


def test_nothing_at_all() -> None:
    assert "<h1>" in build([TaskResults(DENOISE, [])], {}, {}, "smoke").page


def test_a_task_without_results_has_no_figures_either() -> None:
    report = build([TaskResults(FORECAST, [])], {}, {}, "smoke")
    assert "<h2" in report.page and "<svg" not in report.page and report.pictures == {}


def test_no_model_and_no_finite_score() -> None:
    rows = [row("baseline", "raw", math.nan), row("limit", "exact", 0.0)]
    page = build([TaskResults(DENOISE, rows)], {}, {}, "smoke").page
    assert "No model is trained" in page
    assert "nan" not in page.replace('value="nan"', "")


def test_one_example_with_gaps_and_learning_of_one_frame() -> None:
    line = np.sin(np.arange(12.0))
    holed = line.copy()
    holed[3:5] = np.nan
    results = TaskResults(
        DENOISE,
        [row("model", "a<b", 0.1)],
        positions={"d-a<b": (np.arange(12.0), np.full(12, np.nan))},
        examples={"d-a<b": [Example(np.arange(12.0), holed, holed, line)]},
        learnings={"d-a<b": Learning(np.array([7]), line[None], holed, holed)},
    )
    report = build([results], {}, {}, "smoke")
    assert "Test signal 1" in report.page
    assert "Test signal 2" not in report.page
    assert "Where samples are missing" in report.page
    assert "<b" not in report.page.replace("<body", "").replace("<br", "")
    assert "d-learning.gif" in report.animations
