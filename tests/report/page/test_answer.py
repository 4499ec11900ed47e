"""What is said of which method to use: by scores whose order and overlap are written down here."""

import math
from dataclasses import replace

import pytest

from support.scored import KAPPA, VIEW, compared, predictor, score
from tidemark.evaluation.comparison import Predictor
from tidemark.evaluation.origin import LEARNED, Origin
from tidemark.report.page import answer
from tidemark.report.page.section import Section
from tidemark.report.page.speeds import Speed

MANY = Section(view=VIEW, tested={"windows": 1200})
POOLED = replace(predictor("ridge", "baseline", mse=0.021, parameters=0), origin=Origin(LEARNED))
NET, LAST = (
    predictor("net", "model", mse=0.02, parameters=7872),
    predictor("last", "baseline", mse=0.03, parameters=0),
)


def said(*predictors: Predictor, section: Section = MANY, seconds: float = math.nan, **speeds: Speed) -> str:
    compared_ = compared(*predictors)
    return " ".join(
        answer.sentences(compared_, section, {f"d-{k}": v for k, v in speeds.items()}, lambda each: seconds)
    )


def test_the_best_what_is_level_what_it_costs_and_what_a_simpler_one_loses() -> None:
    known = predictor("exact", "limit", mse=0.001)  # nobody can use it
    assert said(known, NET, POOLED, LAST, seconds=30.4, net=Speed(batched=9, alone=25000)) == (
        "Which to use: net scores best, MSE 0.02000 [0.0180, 0.0220] on 1,200 test windows. Level with it, their 95 % "
        "intervals overlapping: ridge; the simpler of the two is ridge, learned on many signals without a network. net has "
        "7,872 parameters, was trained in 30 s of one processor core and takes 25 ms for a forecast. The best simpler "
        "method that is behind, last, has 1.50 times its error."
    )


def test_a_simple_method_that_nobody_equals_has_nothing_simpler_to_be_held_against() -> None:
    assert said(replace(LAST, scores={"test": {"mse": score(0.001)}}), NET) == (
        "Which to use: last scores best, MSE 0.001000 [0.000900, 0.00110] on 1,200 test windows. No other method is "
        "level with it."
    )


def test_of_several_that_are_level_the_simplest_is_named() -> None:
    near = replace(LAST, scores={"test": {"mse": score(0.0215)}})
    assert "overlapping: ridge and last; the simplest of these is last, fitted to each signal" in said(
        NET, POOLED, near
    )


def test_higher_scores_are_told_by_their_difference() -> None:
    found = compared(
        predictor("net", "model", kappa=score(0.9, 0.01)), predictor("forest", "baseline", kappa=score(0.8, 0.01)),
        headline="kappa", better={"kappa": "higher"},
    )  # fmt: skip
    section = Section(view=KAPPA, tested={"participants": 4, "windows": 900})
    text = " ".join(answer.sentences(found, section, {}, lambda each: math.nan))
    assert "κ 0.900 [0.891, 0.909] on 900 test windows of 4 test participants." in text
    assert "The best simpler method that is behind, forest, scores 0.1 less." in text
    assert text.endswith(
        "Too few to be sure: 4 test participants; with fewer than 5 participants take ranks for a hint."
    )


@pytest.mark.parametrize(("windows", "warned"), [(1, True), (29, True), (30, False), (0, False)])
def test_fewer_than_thirty_test_windows_are_too_few(windows: int, warned: bool) -> None:
    text = said(NET, LAST, section=Section(view=VIEW, tested={"windows": windows}))
    assert ("Too few to be sure" in text) == warned


def test_nothing_is_said_where_nobody_can_be_used() -> None:
    assert said(predictor("exact", "limit", mse=0.001)) == ""
