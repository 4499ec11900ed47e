"""Predictors side by side: their order, which limit each is held against, and the file that says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Comparison, Predictor, Score, compare
from tidemark.evaluation.evaluate import COLUMNS
from tidemark.evaluation.origin import LEARNED, Origin

BETTER = {"l1": "lower", "mse": "lower", "snr_gain_db": "higher"}
TOLD = {"genie": ["period"], "genies": ["period"]}
"""What a genie tells some."""
Row = tuple[str, str, bool, float]
EVERYONE: list[Row] = [
    ("causal-net", "model", True, 0.4),
    ("net", "model", False, 0.2),
    ("raw", "baseline", False, 1.0),
    ("whole", "limit", False, 0.1),
    ("second", "limit", False, 0.05),
    ("past", "limit", True, 0.2),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is a pipeline's."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("scale: smoke")
    return tmp_path


def write_scores(folder: Path, predictors: list[Row], tests: dict[str, float]) -> Path:
    """Scores whose l1 on each test set is the predictor's own, times the number in `tests`."""
    rows = [
        (f"d-{name}", kind, causal, 10, test, metric, value, 0.9 * value, 1.1 * value, 1)
        for name, kind, causal, own in predictors
        for test, times in tests.items()
        for metric, value in (("l1", own * times), ("mse", (own * times) ** 2), ("snr_gain_db", -own))
    ]
    folder.mkdir()
    pd.DataFrame(rows, columns=COLUMNS).to_csv(folder / "scores.csv", index=False)
    bounds = {"bounds": list(BETTER)}
    origins = {
        f"d-{name}": {"told": TOLD.get(name, [])} | (bounds if kind == "limit" else {})
        for name, kind, *_ in predictors
    }
    (folder / "origins.json").write_text(json.dumps(origins))
    return folder


def compared(
    predictors: list[Row] = EVERYONE, tests: dict[str, float] | None = None, headline: str = "l1"
) -> Comparison:
    models = [row for row in predictors if row[1] == "model"]
    references = [row for row in predictors if row[1] != "model"]
    tests = tests or {"test": 1.0}
    folders = [write_scores(Path("models"), models, tests)] if models else []
    folders += [write_scores(Path("references"), references, tests), Path("none")]
    return compare("denoise", "d", headline, BETTER, folders)


def order(found: Comparison) -> list[str]:
    return [each.label for each in found.predictors]


def test_the_best_is_first() -> None:
    found = compared()
    assert order(found) == ["second", "whole", "net", "past", "causal-net", "raw"]
    assert [each.name for each in found.of_kind("model")] == ["d-net", "d-causal-net"]
    assert [each.label for each in found.of_kind("baseline", "model")] == ["net", "causal-net", "raw"]


def test_where_higher_is_better_the_highest_is_first() -> None:
    found = compared([*EVERYONE, ("loudest", "model", False, -0.1)], headline="snr_gain_db")
    assert order(found)[:3] == ["loudest", "second", "whole"]
    assert {key for each in found.predictors for key in each.times_limit} == set()
    assert found["d-net"].limit == "d-whole"  # it has one, but is no multiple of it


def test_equal_scores_are_in_the_order_of_names() -> None:
    found = compared([("c", "model", False, 0.9), ("b", "model", False, 0.4), ("a", "baseline", False, 0.4)])
    assert order(found) == ["a", "b", "c"]


def test_scores_are_those_of_the_tables() -> None:
    net = compared(tests={"test": 1.0, "loud": 3.0})["d-net"]
    assert (net.kind, net.causal, net.parameters, net.dataset, net.label) == ("model", False, 10, "d", "net")
    assert net.score("l1") == Score(0.2, pytest.approx(0.18), pytest.approx(0.22))
    assert net.score("mse", "loud").value == pytest.approx(0.36)
    for missing in (net.score("r2"), net.score("l1", "quiet")):
        assert missing.value != missing.value


def test_each_is_held_against_the_first_limit_that_sees_as_much() -> None:
    found = compared()
    assert (found["d-net"].limit, found["d-net"].times_limit) == ("d-whole", {"test": 0.2 / 0.1})
    assert (found["d-causal-net"].limit, found["d-causal-net"].times_limit) == ("d-past", {"test": 0.4 / 0.2})
    assert found["d-raw"].times_limit == {"test": pytest.approx(10)}
    # Better than the limit that comes first in params.yaml, of which this is a multiple below 1.
    assert found["d-second"].times_limit == {"test": pytest.approx(0.5)}


def test_a_causal_predictor_without_a_causal_limit_has_the_one_of_the_whole_signal() -> None:
    found = compared([row for row in EVERYONE if row[0] != "past"])
    assert (found["d-causal-net"].limit, found["d-causal-net"].times_limit["test"]) == ("d-whole", 0.4 / 0.1)


def test_one_that_sees_the_whole_signal_is_not_held_against_a_limit_that_does_not() -> None:
    found = compared([("net", "model", False, 0.2), ("past", "limit", True, 0.3)])
    assert (found["d-net"].limit, found["d-net"].times_limit) == ("", {})


def test_who_is_told_more_than_a_limit_is_not_held_against_it() -> None:
    everyone: list[Row] = [*EVERYONE, ("genie", "oracle", False, 0.06)]
    assert compared(everyone)["d-genie"].limit == ""
    found = compare("denoise", "d", "l1", BETTER, [write_scores(Path("more"), [*everyone, ("genies", "limit", False, 0.01)], {"test": 1.0})])  # fmt: skip
    assert found["d-genie"].limit == "d-genies"
    # Others have one that knows no more than they do.
    assert (found["d-net"].limit, found["d-causal-net"].limit) == ("d-whole", "d-past")


def test_a_limit_is_one_in_its_own_metrics_alone() -> None:
    found = compared()
    whole = replace(found["d-whole"], origin=replace(found["d-whole"].origin, bounds=["mse"]))
    assert comparison.limit_of(found["d-net"], "mse", [whole]) is whole
    assert comparison.limit_of(found["d-net"], "l1", [whole]) is None


def test_networks_and_classical_methods_are_the_two_sides() -> None:
    net = compared()["d-net"]
    assert net.side == "classical" and not net.is_network  # nothing says that it is a neural network
    learned = replace(net, origin=Origin(LEARNED, neural=True))
    assert (learned.side, learned.is_network) == ("network", True)


def test_without_limits_there_is_nothing_to_be_held_against() -> None:
    found = compared([row for row in EVERYONE if row[1] != "limit"])
    assert {(each.limit, *each.times_limit) for each in found.predictors} == {("",)}


def test_each_test_set_has_its_own_ratio() -> None:
    everyone: list[Row] = [("net", "model", False, 0.2)]
    folders = [write_scores(Path("models"), everyone, {"test": 1.0, "loud": 3.0})]
    folders += [write_scores(Path("references"), [("best", "limit", False, 0.1)], {"test": 1.0, "loud": 2.0})]
    net = compare("denoise", "d", "l1", BETTER, folders)["d-net"]
    assert net.times_limit == {"test": pytest.approx(2.0), "loud": pytest.approx(3.0)}


@pytest.mark.parametrize(
    ("headline", "limit", "says_something"),
    [
        ("l1", 0.0, False),
        ("l1", 0.9e-6, False),
        ("l1", 1.1e-6, True),
        ("mse", 3e-5, False),  # squared, below a billionth
        ("mse", 4e-5, True),
    ],
)
def test_no_multiple_of_a_limit_that_is_rounding(headline: str, limit: float, says_something: bool) -> None:
    everyone: list[Row] = [
        ("raw", "baseline", False, 1.0),
        ("net", "model", False, 0.01),
        ("exact", "limit", False, limit),
    ]
    net = compared(everyone, headline=headline)["d-net"]
    assert net.limit == "d-exact"
    assert bool(net.times_limit) == says_something


def test_test_sets_are_in_the_order_of_their_numbers() -> None:
    tests = ["components-20", "std-0.3", "components-3", "test", "std-0.03", "loud"]
    found = compared(tests=dict.fromkeys(tests, 1.0))
    assert found.tests == ["test", "components-3", "components-20", "loud", "std-0.03", "std-0.3"]


def test_a_name_without_that_of_its_dataset_is_a_label() -> None:
    one = compared()["d-net"]
    assert replace(one, name="d").label == "d"
    assert replace(one, name="other-net").label == "other-net"


def test_what_was_written_comes_back() -> None:
    found = compared(tests={"test": 1.0, "loud": 3.0})
    comparison.write(Path("metrics/d.json"), found)
    assert comparison.read(Path("metrics/d.json")) == found
    assert (found.task, found.dataset, found.scale, found.headline) == ("denoise", "d", "smoke", "l1")
    before = Path("metrics/d.json").read_bytes()
    comparison.write(Path("metrics/d.json"), comparison.read(Path("metrics/d.json")))
    assert Path("metrics/d.json").read_bytes() == before


def test_the_file_is_json_with_a_score_a_line() -> None:
    found = compared([("net", "model", False, 0.25), ("raw", "baseline", False, 1.0)])
    comparison.write(Path("d.json"), found)
    text = Path("d.json").read_text()
    net = json.loads(text)["predictors"][0]
    assert net["name"] == "d-net"
    assert net["scores"]["test"]["l1"] == [0.25, pytest.approx(0.225), pytest.approx(0.275)]
    assert '"l1": [0.25, 0.225, 0.275' in text


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", '{"predictors": [{"name": "x"}]}', '{"predictors": 3}', '{"predictors": [{"scores": {"test": {"l1": [1]}}}]}'],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(content: str) -> None:
    Path("d.json").write_text(content)
    with pytest.raises(
        InputError, match=r"^d\.json: no comparison of predictors \(.*\); run `dvc repro` again$"
    ):
        comparison.read(Path("d.json"))


def test_a_table_with_other_columns_is_refused() -> None:
    Path("models").mkdir()
    Path("models/scores.csv").write_text("predictor,value\nx,1\n")
    with pytest.raises(InputError) as error:
        compare("denoise", "d", "l1", BETTER, [Path("models")])
    assert str(error.value) == (f"models/scores.csv: columns predictor, value; expected {', '.join(COLUMNS)}")


def test_a_comparison_knows_its_predictors_by_name() -> None:
    one = Predictor("d-a", "d", "model", False, 1, {"test": {"l1": Score(1.0, 0.5, 2.0)}})
    two = replace(one, name="d-b")
    found = Comparison("denoise", "d", "smoke", "l1", BETTER, [one, two])
    assert found["d-b"] is two
