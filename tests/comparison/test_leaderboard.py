"""The leaderboard: its order, and which limit a predictor is held against."""

from tidemark.comparison.leaderboard import Competitor, leaderboard, limit_of, ratio


def competitor(name: str, kind: str, l1: float, *, causal: bool = False, dataset: str = "a") -> Competitor:
    scores = {
        "l1": {"value": l1, "low": 0.9 * l1, "high": 1.1 * l1},
        "mse": {"value": l1**2, "low": 0.0, "high": 1.0},
    }
    return Competitor(name, kind, dataset, causal, 10, {"test": scores})


EVERYONE = [
    competitor("causal-net", "model", 0.4, causal=True),
    competitor("net", "model", 0.2),
    competitor("raw", "baseline", 1.0),
    competitor("whole", "limit", 0.1),
    competitor("second", "limit", 0.05),
    competitor("past", "limit", 0.2, causal=True),
    competitor("alone", "model", 0.3, dataset="b"),
    competitor("exact", "limit", 0.0, dataset="c"),
    competitor("close", "model", 0.01, dataset="c"),
    competitor("past-only", "model", 0.4, causal=True, dataset="c"),
]


def rows() -> list[dict[str, object]]:
    header, body = leaderboard(EVERYONE, ["l1", "mse"])
    return [dict(zip(header, row, strict=True)) for row in body]


def test_best_first_within_each_dataset() -> None:
    order = [(row["dataset"], row["rank"], row["predictor"]) for row in rows()]
    assert order[:6] == [
        ("a", 1, "second"), ("a", 2, "whole"), ("a", 3, "net"), ("a", 4, "past"), ("a", 5, "causal-net"),
        ("a", 6, "raw"),
    ]  # fmt: skip
    assert [place for place in order if place[0] == "b"] == [("b", 1, "alone")]


def test_ratio_to_the_limit_that_sees_as_much() -> None:
    by_name = {row["predictor"]: row for row in rows()}
    assert (by_name["net"]["limit"], by_name["net"]["times_limit"]) == ("whole", 0.2 / 0.1)
    assert (by_name["causal-net"]["limit"], by_name["causal-net"]["times_limit"]) == ("past", 0.4 / 0.2)
    assert by_name["alone"]["times_limit"] == ""
    assert by_name["alone"]["limit"] == ""


def test_no_ratio_to_a_limit_of_zero() -> None:
    by_name = {row["predictor"]: row for row in rows()}
    assert (by_name["close"]["limit"], by_name["close"]["times_limit"]) == ("exact", "")


def test_a_causal_model_without_a_causal_limit_gets_the_whole_signals() -> None:
    assert limit_of(EVERYONE[-1], EVERYONE) == EVERYONE[7]


def test_header_has_every_bound() -> None:
    header, _ = leaderboard(EVERYONE, ["l1", "mse"])
    assert header == [
        "dataset", "rank", "predictor", "kind", "l1", "l1_low", "l1_high", "mse", "mse_low", "mse_high",
        "times_limit", "limit", "parameters",
    ]  # fmt: skip


def test_metrics_are_in_the_order_asked_for_and_the_first_ranks() -> None:
    header, body = leaderboard(EVERYONE, ["mse", "l1"])
    assert header[4:10] == ["mse", "mse_low", "mse_high", "l1", "l1_low", "l1_high"]
    first = dict(zip(header, next(body), strict=True))
    assert (first["predictor"], first["mse"], first["times_limit"]) == ("second", 0.05**2, 0.05**2 / 0.1**2)


def test_a_squared_limit_that_is_rounding_is_zero() -> None:
    assert ratio("mse", 1e-3, 1e-12, worst=0.5) == "" == ratio("l1", 1e-3, 1e-7, worst=0.5)
    assert ratio("one_step_mse", 1e-3, 1e-7, worst=0.5) == 1e-3 / 1e-7


def test_where_higher_is_better_the_highest_is_first_and_nothing_is_a_multiple_of_the_limit() -> None:
    header, body = leaderboard(EVERYONE, ["l1", "mse"], higher=True)
    found = [dict(zip(header, row, strict=True)) for row in body]
    first = [(row["rank"], row["predictor"]) for row in found if row["dataset"] == "a"]
    assert first[:2] == [(1, "raw"), (2, "causal-net")]
    assert {row["times_limit"] for row in found} == {""}


def test_a_score_below_zero_is_last_and_equal_ones_are_in_the_order_of_their_names() -> None:
    everyone = [competitor(name, "model", l1) for name, l1 in (("c", -0.1), ("b", 0.4), ("a", 0.4))]
    header, body = leaderboard(everyone, ["l1"], higher=True)
    assert [row[header.index("predictor")] for row in body] == ["a", "b", "c"]
