"""What a predictor says of test sets, its scores, and the tables behind them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.core.limit import Answers
from tidemark.core.store import Array, DatasetInfo, Split, read_split, write_dataset
from tidemark.core.task import Task
from tidemark.evaluation import origin as origins
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.evaluate import COLUMNS, Candidate, evaluate
from tidemark.evaluation.origin import LEARNED, Origin, Training

ENTRY = EvaluationEntry(resamples=50, confidence=0.9, seed=0, examples=2)
DENOISE = Task("denoise").scoring
Dataset = tuple[Path, DatasetInfo]


@pytest.fixture(scope="module")
def signals(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Clean and noisy signals; the second test set is twice as noisy."""
    random = np.random.default_rng(0)
    splits: dict[str, Split] = {}
    for split, count, noise in (
        ("train", 4, 0.1),
        ("validation", 4, 0.1),
        ("test", 5, 0.1),
        ("loud", 5, 0.2),
    ):
        clean = random.standard_normal((count, 1, 8)).astype(np.float32)
        splits[split] = {"clean": clean, "noisy": clean + np.float32(noise)}
    info = DatasetInfo(
        name="d", task="denoise", generator="made_up", channels=1, length=8, sampling_rate=1.0,
        rate_unit="sample", units="", seed=0, splits={name: len(each["clean"]) for name, each in splits.items()},
        tests={"loud": {"noise": 0.2}},
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("data") / "d"
    write_dataset(folder, info, splits)
    return folder, info


def noisy(split: Split, test: str) -> Array:
    return np.asarray(split["noisy"])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# Predictions


def test_other_tasks_predictions_are_as_they_are(signals: Dataset) -> None:
    same = DENOISE.collect(noisy, *signals)
    assert list(same.values) == ["test", "loud"]
    assert same.tables == {}
    for test in same.values:
        np.testing.assert_array_equal(same.values[test], read_split(signals[0], test)["noisy"])
    with pytest.raises(InputError, match=r"shape \(5, 8\); expected \(5, 1, 8\)"):
        DENOISE.collect(lambda split, test: np.asarray(split["noisy"][:, 0]), *signals)


# Scores


def test_a_row_of_scores_is_a_predictor_a_test_set_and_a_metric(signals: Dataset, tmp_path: Path) -> None:
    candidates = [Candidate("raw", "baseline", True, 0, noisy), Candidate("net", "model", False, 12, noisy)]
    evaluate(candidates, *signals, ENTRY, tmp_path / "scored")
    found = pd.read_csv(tmp_path / "scored" / "scores.csv")
    assert tuple(found.columns) == COLUMNS
    keys = [tuple(row) for row in found[["predictor", "test", "metric"]].to_numpy()]
    assert keys == [
        (name, test, metric)
        for name in ("raw", "net")
        for test in ("test", "loud")
        for metric in DENOISE.better
    ]
    net = found[found["predictor"] == "net"].iloc[0]
    assert (net["kind"], net["causal"], net["parameters"]) == ("model", False, 12)
    l1 = found[(found["predictor"] == "raw") & (found["metric"] == "l1")].set_index("test")
    assert l1["value"].to_dict() == pytest.approx({"test": 0.1, "loud": 0.2}, rel=1e-5)
    assert (l1["low"] <= l1["value"]).all() and (l1["value"] <= l1["high"]).all()


def test_what_was_scored_stands_beside_the_scores(signals: Dataset, tmp_path: Path) -> None:
    evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, ENTRY, tmp_path / "scored")
    written = json.loads((tmp_path / "scored" / "dataset.json").read_text())
    assert (written["name"], written["task"], written["tests"]) == ("d", "denoise", {"loud": {"noise": 0.2}})
    scoring = json.loads((tmp_path / "scored" / "scoring.json").read_text())
    assert scoring == {"headline": "l1", "better": dict(DENOISE.better)}


def test_a_predictor_that_fails_leaves_what_was_there(signals: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "scored"
    evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, ENTRY, folder)
    before = (folder / "scores.csv").read_bytes()
    wrong = Candidate("cut", "model", True, 0, lambda split, test: np.asarray(split["noisy"][:1]))
    with pytest.raises(InputError, match=r"expected \(5, 1, 8\)"):
        evaluate([Candidate("raw", "baseline", True, 0, noisy), wrong], *signals, ENTRY, folder)
    assert (folder / "scores.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["scored"]


def test_nobody_to_score_is_a_table_without_rows(signals: Dataset, tmp_path: Path) -> None:
    """A dataset may have no limits and no baselines."""
    evaluate([], *signals, ENTRY, tmp_path / "scored")
    assert (tmp_path / "scored" / "scores.csv").read_text() == ",".join(COLUMNS) + "\n"


# Limits


def test_a_limit_answers_each_score_with_what_is_best_in_it(signals: Dataset, tmp_path: Path) -> None:
    def answers(split: Split, test: str) -> Answers:
        clean = np.asarray(split["clean"], dtype=np.float64)
        first, second = clean + 0.1, clean + 0.3
        halves = [{"l1": clean + 0.12, "mse": clean + 0.31}, {"l1": clean + 0.14, "mse": clean + 0.33}]
        return Answers({"l1": first, "mse": second}, halves)

    limit = Candidate(
        "best", "limit", False, 0, lambda split, test: answers(split, test).shown, answers=answers
    )
    evaluate([limit], *signals, ENTRY, tmp_path / "scored")
    found = pd.read_csv(tmp_path / "scored" / "scores.csv").set_index(["test", "metric"])["value"]
    assert found["test", "l1"] == pytest.approx(0.1)
    assert found["test", "mse"] == pytest.approx(0.09)
    # The gain has no answer of its own: that of the first is scored.
    assert found["loud", "snr_gain_db"] == pytest.approx(20 * np.log10(0.2 / 0.1), rel=1e-4)
    origin = json.loads((tmp_path / "scored" / "origins.json").read_text())["best"]
    assert origin["bounds"] == ["l1", "mse"]
    # How much worse the halves are, 0.13 − 0.1, and half of what they differ by, 0.02.
    assert origin["sampling"]["test"]["l1"] == pytest.approx(np.hypot(0.03, 0.01))
    assert set(origin["sampling"]["loud"]) == {"l1", "mse"}


def test_who_comes_by_answers_how_is_written(signals: Dataset, tmp_path: Path) -> None:
    origin = Origin(
        LEARNED, True, training=Training(40, "fresh", 10, 4, {"noise": [[0.1, 0.2]]}, "other", "abc")
    )
    evaluate(
        [Candidate("net", "model", False, 12, noisy, origin=origin)], *signals, ENTRY, tmp_path / "scored"
    )
    written = json.loads((tmp_path / "scored" / "origins.json").read_text())
    assert origins.read(written["net"]) == origin


# Tables


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("denoise", {"position.csv", "examples.csv"}),
        ("forecast", {"position.csv", "examples.csv"}),
        ("infer", {"position.csv", "examples.csv", "reliability.csv"}),
        ("classify", {"classes.csv", "confusion.csv", "participants.csv", "reliability.csv", "timeline.csv"}),
    ],
)
def test_each_task_has_its_tables(task: str, expected: set[str]) -> None:
    assert set(Task(task).scoring.tables) == expected


def test_examples_are_a_few_signals_of_the_test_set_and_one_of_each_other(
    signals: Dataset, tmp_path: Path
) -> None:
    evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, ENTRY, tmp_path / "scored")
    rows = table(tmp_path / "scored" / "raw" / "examples.csv")
    shown = list(dict.fromkeys((row["test"], row["signal"]) for row in rows))
    assert shown == [("test", "0"), ("test", "1"), ("loud", "0")]
    assert len(rows) == 3 * 8
    clean = read_split(signals[0], "test")["clean"][1, 0]
    found = [float(row["clean"]) for row in rows if (row["test"], row["signal"]) == ("test", "1")]
    assert found == pytest.approx(clean.tolist(), rel=1e-4)


def test_examples_asked_for_are_those(signals: Dataset, tmp_path: Path) -> None:
    entry = ENTRY.model_copy(update={"examples": (4, 2)})
    evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, entry, tmp_path / "scored")
    rows = table(tmp_path / "scored" / "raw" / "examples.csv")
    shown = list(dict.fromkeys((row["test"], row["signal"]) for row in rows))
    assert shown == [("test", "4"), ("test", "2"), ("loud", "4")]
    clean = read_split(signals[0], "loud")["clean"][4, 0]
    found = [float(row["clean"]) for row in rows if row["test"] == "loud"]
    assert found == pytest.approx(clean.tolist(), rel=1e-4)
    assert json.loads((tmp_path / "scored/scoring.json").read_text())["examples"] == [4, 2]
    with pytest.raises(InputError, match=r"evaluation.examples = \[5\]: d has 5 examples .* 0 to 4"):
        entry = ENTRY.model_copy(update={"examples": (5,)})
        evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, entry, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_error_by_position_is_of_the_first_test_set(signals: Dataset, tmp_path: Path) -> None:
    evaluate([Candidate("raw", "baseline", True, 0, noisy)], *signals, ENTRY, tmp_path / "scored")
    rows = table(tmp_path / "scored" / "raw" / "position.csv")
    assert [row["position"] for row in rows] == [str(place) for place in range(8)]
    assert [float(row["l1"]) for row in rows] == pytest.approx([0.1] * 8, rel=1e-4)
