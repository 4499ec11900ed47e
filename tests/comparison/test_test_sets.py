"""The table of test sets: noise levels, limits on the same set, published figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidemark.comparison.leaderboard import Competitor
from tidemark.comparison.test_sets import test_sets as table
from tidemark.core import entries, params

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").model_copy(
    update={
        "datasets": {
            "many": entries.DatasetEntry.model_validate(
                {
                    "generator": "lincomb",
                    "seed": 0,
                    "splits": {"train": 1, "validation": 1, "test": 1},
                    "law": {"noise_std": 0.1, "functions": []},
                    "tests": {"loud": {"noise_std": 0.9}, "other": {"functions": [], "noise_std": 0.9}},
                }
            )
        },
        "published": {"net": entries.PublishedEntry(metric="mse", scores={"loud": 0.5})},
    }
)


BETTER = {"l1": "lower", "mse": "lower", "snr_gain_db": "higher"}


def scores(mse: float) -> dict[str, dict[str, float]]:
    values = {"l1": mse / 2, "mse": mse, "snr_gain_db": 3.0}
    return {metric: {"value": v, "low": v - 0.01, "high": v + 0.01} for metric, v in values.items()}


def rows() -> list[dict[str, Any]]:
    everyone = [
        Competitor("net", "model", "many", False, 7, {"test": scores(0.2), "loud": scores(0.6), "other": scores(0.9)}),
        Competitor("best", "limit", "many", False, 0, {"test": scores(0.1), "loud": scores(0.2), "other": scores(0.3)}),
        Competitor("alone", "model", "single", False, 7, {"test": scores(0.2)}),
    ]  # fmt: skip
    header, body = table(everyone, SETTINGS, BETTER)
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


FORECASTS = SETTINGS.model_copy(
    update={
        "datasets": {
            "many": entries.DatasetEntry.model_validate(
                {
                    "generator": "harmonics",
                    "seed": 0,
                    "splits": {"train": 1, "validation": 1, "test": 1},
                    "law": {"components": [3, 6], "noise_std": 0},
                    "tests": {
                        "crowded": {"components": 20},
                        "some": {"components": [9, 10]},
                        "both": {"components": 20, "noise_std": 0.1},
                        "loud": {"noise_std": 0.1},
                    },
                }
            )
        },
        "published": {},
    }
)


def test_components_are_given_where_they_alone_set_a_test_set_apart() -> None:
    tests = ["test", "crowded", "some", "both", "loud"]
    everyone = [Competitor("net", "model", "many", False, 7, dict.fromkeys(tests, scores(0.2)))]
    header, body = table(everyone, FORECASTS, {"mse": "lower"})
    found = [dict(zip(header, row, strict=True)) for row in body]
    assert {row["test"]: row["components"] for row in found} == {
        "test": "", "crowded": 20, "some": "", "both": "", "loud": "",
    }  # fmt: skip
    assert {row["test"]: row["noise_std"] for row in found} == {
        "test": 0, "crowded": "", "some": "", "both": "", "loud": 0.1,
    }  # fmt: skip


def test_no_multiple_of_a_limit_of_zero() -> None:
    tiny = {test: {"mse": {"value": 1e-14, "low": 0.0, "high": 1e-13}} for test in ("test", "loud")}
    everyone = [
        Competitor("net", "model", "many", False, 7, {"test": scores(0.2), "loud": scores(0.3)}),
        Competitor("genie", "limit", "many", False, 0, tiny),
    ]
    header, body = table(everyone, FORECASTS, {"mse": "lower"})
    assert {row[header.index("times_limit")] for row in body} == {""}


def test_test_sets_are_in_the_order_of_their_numbers() -> None:
    tests = ["components-20", "components-3", "std-0.3", "std-0.03", "test"]
    changed = FORECASTS.datasets["many"].model_copy(update={"tests": {test: {} for test in tests[:4]}})
    settings = FORECASTS.model_copy(update={"datasets": {"many": changed}})
    everyone = [Competitor("net", "model", "many", False, 7, dict.fromkeys(tests, scores(0.2)))]
    header, body = table(everyone, settings, {"mse": "lower"})
    found = [row[header.index("test")] for row in body]
    assert found == ["components-3", "components-20", "std-0.03", "std-0.3", "test"]
