"""Scores that are better when higher: who is ahead, what smoothing is worth, the axis that they share."""

import math
from collections.abc import Callable

import pytest

from tidemark.figures import intervals, leaderboard, published, scatter, verdict
from tidemark.figures.intervals import LinearScale
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row, Score
from tidemark.figures.units import units
from tidemark.figures.views import CLASSIFY, DENOISE

Made = Callable[..., Row]


def test_a_network_ahead(row: Made) -> None:
    rows = [row("model", "net", 0.83), row("model", "plain", 0.7), row("baseline", "forest", 0.6)]
    assert verdict.headline(rows, "κ", "higher") == (
        "A network, net, beats every classical method: its κ is 0.830, 0.23 above that of the best of them, forest "
        "(0.600)."
    )


def test_a_classical_method_ahead(row: Made) -> None:
    rows = [row("baseline", "forest", 0.6), row("baseline", "rocket", 0.5), row("model", "net", 0.4)]
    text = verdict.headline(rows, "κ", "higher")
    assert text.startswith(
        "A classical method, forest, beats every network: its κ is 0.600, 0.2 above that of"
    )
    assert text.endswith("net (0.400). So does one more.")


def test_overlapping_intervals_put_nobody_ahead(row: Made) -> None:
    text = verdict.headline([row("model", "net", 0.83), row("baseline", "forest", 0.8)], "κ", "higher")
    assert text.startswith(
        "Neither networks nor classical methods are ahead: net (κ 0.830) and forest (0.800)"
    )
    apart = verdict.verdict([row("model", "net", 0.83), row("baseline", "forest", 0.78)], "higher")
    assert apart is not None and not apart.level and apart.margin == "+0.05"


def test_what_smoothing_is_worth(row: Made) -> None:
    rows = [
        row("model", "net", 0.8, 0.85),
        row("model", "plain", 0.7, 0.7),
        row("baseline", "forest", 0.6, 0.75),
    ]
    assert verdict.smoothing(rows, CLASSIFY) == (
        "Smoothing over time is worth +0.05 of κ to net (0.800 → 0.850) and +0.15 of κ to forest (0.600 → 0.750); "
        "it hurts no predictor."
    )
    assert verdict.smoothing(rows[:1], CLASSIFY).endswith("net (0.800 → 0.850).")
    assert verdict.smoothing([row("model", "net", math.nan)], CLASSIFY) == ""
    assert verdict.smoothing(rows, DENOISE) == ""


def test_whom_smoothing_hurts_and_whom_it_puts_first(row: Made) -> None:
    rows = [row("model", "net", 0.8, 0.78), row("baseline", "forest", 0.6, 0.9)]
    text = verdict.smoothing(rows, CLASSIFY)
    assert "−0.02 of κ to net" in text
    assert text.endswith("; it hurts net (−0.02). With it forest is best (0.900).")


def test_sentences_of_the_task(row: Made) -> None:
    rows = [row("model", "net", 0.83), row("baseline", "forest", 0.6)]
    first, second, speed = verdict.sentences(rows, [], CLASSIFY, {"d-net": 2000.0, "d-forest": 1000.0})
    assert first.startswith("A network") and second.startswith("Smoothing")
    assert speed == "On one processor core an answer takes net 2 ms, 2.0 times more than forest (1 ms)."


def test_a_linear_axis_holds_chance_and_every_interval(row: Made) -> None:
    scale = intervals.scale([row("model", "net", 0.83), row("baseline", "forest", 0.6)], CLASSIFY)
    assert isinstance(scale, LinearScale) and scale.kind == "linear" and scale.zero is None
    assert scale.low < 0 and scale.high > 0.85 and math.isnan(scale.share(math.nan))
    assert scale.share(0.4) - scale.share(0.2) == pytest.approx(scale.share(0.8) - scale.share(0.6))
    assert scale.ticks() == [0, 0.2, 0.4, 0.6, 0.8] and scale.label(0.2) == "0.2"
    below = intervals.scale([row("model", "net", -0.3)], CLASSIFY)
    assert below is not None and below.low < -0.32 and "−0.2" in [below.label(tick) for tick in below.ticks()]
    assert intervals.scale([row("model", "net", math.nan)], CLASSIFY) is None


def test_no_limit_is_drawn_nor_an_error_against_size(row: Made) -> None:
    rows = [row("model", "net", 0.83), row("baseline", "forest", 0.6)]
    colours = Colours(["net"])
    figure = leaderboard.figure(rows, colours, CLASSIFY, units(CLASSIFY))
    assert figure is not None
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "0.830" in texts and "κ" in texts and "× limit" not in texts
    assert figure.axes[0].get_xlabel() == "Cohen's κ" and figure.axes[0].get_xscale() == "linear"
    assert scatter.figure(rows, colours, CLASSIFY, units(CLASSIFY)) is None


def test_the_best_model_of_a_test_set_has_the_highest_score() -> None:
    nothing = math.nan
    scores = [
        SetScore("d", "test", nothing, f"d-{label}", "model", "kappa", Score(value, value, value), "", nothing, nothing,
                 nothing)
        for label, value in [("net", 0.8), ("plain", 0.7)]
    ]  # fmt: skip
    for better, best in [("higher", "d-net"), ("lower", "d-plain")]:
        table = published.complete(scores, "d", metric="kappa", better=better)
        assert table is not None and table.lines[0].best == best
