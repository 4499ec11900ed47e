"""The table of test sets: noise levels, limits on the same set, published figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidemark.comparison.leaderboard import Competitor
from tidemark.comparison.test_sets import test_sets as table
from tidemark.core import params

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").model_copy(
    update={
        "datasets": {
            "many": params.DatasetEntry.model_validate(
                {
                    "generator": "lincomb",
                    "seed": 0,
                    "splits": {"train": 1, "validation": 1, "test": 1},
                    "law": {"noise_std": 0.1, "functions": []},
                    "tests": {"loud": {"noise_std": 0.9}, "other": {"functions": [], "noise_std": 0.9}},
                }
            )
        },
        "published": {"net": params.PublishedEntry(metric="mse", scores={"loud": 0.5})},
    }
)


def scores(mse: float) -> dict[str, dict[str, float]]:
    values = {"l1": mse / 2, "mse": mse, "snr_gain_db": 3.0}
    return {metric: {"value": v, "low": v - 0.01, "high": v + 0.01} for metric, v in values.items()}


def rows() -> list[dict[str, Any]]:
    everyone = [
        Competitor("net", "model", "many", False, 7, {"test": scores(0.2), "loud": scores(0.6), "other": scores(0.9)}),
        Competitor("best", "limit", "many", False, 0, {"test": scores(0.1), "loud": scores(0.2), "other": scores(0.3)}),
        Competitor("alone", "model", "single", False, 7, {"test": scores(0.2)}),
    ]  # fmt: skip
    header, body = table(everyone, SETTINGS)
    return [dict(zip(header, row, strict=True)) for row in body]


def one(**wanted: str) -> dict[str, Any]:
    (row,) = [row for row in rows() if all(row[key] == value for key, value in wanted.items())]
    return row


def test_a_dataset_with_one_test_set_is_left_out() -> None:
    assert {row["dataset"] for row in rows()} == {"many"}
    assert len(rows()) == 2 * 3 * 3  # predictors, test sets, metrics


def test_each_score_stands_beside_the_limit_on_its_own_test_set() -> None:
    loud = one(predictor="net", test="loud", metric="mse")
    assert (loud["value"], loud["limit"], loud["limit_value"]) == (0.6, "best", 0.2)
    assert loud["times_limit"] == 0.6 / 0.2
    assert one(predictor="net", test="loud", metric="snr_gain_db")["times_limit"] == ""


def test_noise_is_given_where_it_alone_sets_a_test_set_apart() -> None:
    noise = {
        test: one(predictor="net", test=test, metric="l1")["noise_std"] for test in ("test", "loud", "other")
    }
    assert noise == {"test": 0.1, "loud": 0.9, "other": ""}


def test_what_was_published_stands_where_it_was_measured() -> None:
    printed = {(row["predictor"], row["test"], row["metric"]): row["published"] for row in rows()}
    assert printed[("net", "loud", "mse")] == 0.5
    assert {key for key, value in printed.items() if value != ""} == {("net", "loud", "mse")}
