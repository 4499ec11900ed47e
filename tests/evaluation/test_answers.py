"""What a predictor says of test sets, and the tables behind its scores."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics

from support import labelled_windows
from support.labelled_windows import CLASSES
from tidemark.core.entries import EvaluationEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split, write_dataset
from tidemark.evaluation.answers import Answers, answers
from tidemark.evaluation.details import write_details
from tidemark.evaluation.results import write_results
from tidemark.evaluation.scores import scores
from tidemark.tasks import classify, denoise, forecast, infer

ENTRY = EvaluationEntry(resamples=50, confidence=0.9, seed=0, examples=2)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetInfo]:
    splits = {
        "train": labelled_windows.split([1, 2], 60, 0.8, seed=1),
        "validation": labelled_windows.split([3, 5], 60, 0.8, seed=2),
        "test": labelled_windows.split([4, 6, 9], 60, 0.8, seed=3),
    }
    info = labelled_windows.info(splits)
    folder = tmp_path_factory.mktemp("data") / "activity"
    write_dataset(folder, info, splits)
    return folder, info


def predict(split: Split, name: str) -> Array:
    return labelled_windows.probabilities(dict(split), noise=0.8)


@pytest.fixture(scope="module")
def found(dataset: tuple[Path, DatasetInfo]) -> Answers:
    return answers(classify, predict, *dataset)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# Answers


def test_windows_in_sequence_have_the_predictor_s_own_answer_and_a_smoothed_one(found: Answers) -> None:
    estimate, split = found.estimates["test"], found.splits["test"]
    assert (estimate.shape, estimate.dtype) == ((180, 2, 4), np.float32)
    np.testing.assert_array_equal(estimate[:, 0], predict(split, "test"))
    assert found.smoothing is not None
    np.testing.assert_array_equal(estimate[:, 1], found.smoothing(estimate[:, 0], split))


def test_smoothing_is_learnt_without_a_look_at_test_labels(dataset: tuple[Path, DatasetInfo]) -> None:
    asked = []

    def note(split: Split, name: str) -> Array:
        asked.append(name)
        return np.full((len(split["label"]), 4), 0.25) if name == "test" else predict(split, name)

    other = answers(classify, note, *dataset)
    assert sorted(asked) == ["test", "validation"]
    assert other.smoothing is not None
    assert other.smoothing.trials == answers(classify, predict, *dataset).smoothing.trials


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda own: own[:, :3], r"shape \(180, 3\); expected \(180, 4\)"),
        (lambda own: own[:-1], r"shape \(179, 4\); expected \(180, 4\)"),
        (lambda own: np.log(own), "row 0 .* expected probabilities"),
        (lambda own: np.where(np.arange(180)[:, None] == 7, np.nan, own), "row 7 .* expected probabilities"),
    ],
)
def test_answers_that_are_none_are_refused(dataset: tuple[Path, DatasetInfo], wrong, message: str) -> None:
    def predict_wrongly(split: Split, name: str) -> Array:
        own = predict(split, name)
        return np.asarray(wrong(own)) if name == "test" else own

    with pytest.raises(InputError, match=message):
        answers(classify, predict_wrongly, *dataset)


def test_other_tasks_answers_are_as_they_are(tmp_path: Path, dataset: tuple[Path, DatasetInfo]) -> None:
    clean = np.zeros((5, 1, 8), dtype=np.float32)
    (tmp_path / "data" / "test").mkdir(parents=True)
    np.save(tmp_path / "data" / "test" / "noisy.npy", clean)
    np.save(tmp_path / "data" / "test" / "clean.npy", clean)
    info = dataset[1]
    same = answers(denoise, lambda split, _: np.asarray(split["noisy"]), tmp_path / "data", info)
    assert same.smoothing is None
    np.testing.assert_array_equal(same.estimates["test"], clean)
    with pytest.raises(InputError, match=r"shape \(5, 8\); expected \(5, 1, 8\)"):
        answers(denoise, lambda split, _: np.asarray(split["noisy"][:, 0]), tmp_path / "data", info)


# Scores


def test_scores_have_every_metric_with_its_interval(found: Answers) -> None:
    result = scores(classify, found.estimates["test"], found.splits["test"], ENTRY)
    assert list(result) == list(classify.BETTER)
    assert all(each["low"] <= each["value"] <= each["high"] for each in result.values())


def test_a_test_set_of_one_class_has_no_kappa_and_says_so(found: Answers) -> None:
    split = dict(found.splits["test"]) | {"label": np.zeros(180, dtype=int)}
    estimate = np.zeros((180, 2, 4), dtype=np.float32)
    estimate[:, :, 0] = 1
    with pytest.raises(InputError, match="kappa has no value .* expected ones that differ"):
        scores(classify, estimate, split, ENTRY)


# Tables


@pytest.fixture(scope="module")
def folder(found: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("details") / "forest"
    write_details(path, classify, found, ENTRY)
    return path


def test_a_task_has_the_tables_that_it_has_functions_for(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "classes.csv", "confusion.csv", "participants.csv", "reliability.csv", "smoothing.csv", "strip.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (denoise, {"position.csv", "examples.csv"}),
        (forecast, {"position.csv", "examples.csv"}),
        (infer, {"position.csv", "examples.csv", "reliability.csv"}),
    ],
)
def test_other_tasks_keep_the_tables_they_had(task, expected: set[str]) -> None:
    from tidemark.evaluation.details import TABLES

    assert {name for name, (function, _) in TABLES.items() if hasattr(task, function)} == expected


def test_confusion_counts_every_window_twice(folder: Path, found: Answers) -> None:
    rows = table(folder / "confusion.csv")
    assert len(rows) == 2 * 4 * 4
    truth = found.splits["test"]["label"]
    for smoothed in (0, 1):
        expected = metrics.confusion_matrix(truth, found.estimates["test"][:, smoothed].argmax(-1))
        counts = [int(row["windows"]) for row in rows if row["smoothed"] == str(smoothed)]
        assert counts == expected.ravel().tolist()
    assert (rows[1]["test"], rows[1]["true"], rows[1]["predicted"]) == ("test", CLASSES[0], CLASSES[1])


def test_classes_are_scikit_learns_report(folder: Path, found: Answers) -> None:
    rows = [row for row in table(folder / "classes.csv") if row["smoothed"] == "0"]
    predicted = found.estimates["test"][:, 0].argmax(-1)
    expected = metrics.precision_recall_fscore_support(found.splits["test"]["label"], predicted)
    for place, row in enumerate(rows):
        assert row["class"] == CLASSES[place]
        values = [float(row[key]) for key in ("precision", "recall", "f1", "windows")]
        assert values == pytest.approx([each[place] for each in expected], rel=1e-4)


def test_participants_are_named_and_scored_one_by_one(folder: Path, found: Answers) -> None:
    rows = table(folder / "participants.csv")
    split, estimate = found.splits["test"], found.estimates["test"]
    assert [row["participant"] for row in rows] == [found.info.participants[number] for number in (4, 6, 9)]
    own = split["participant"] == 6
    truth = split["label"][own]
    expected = {
        "windows": 60,
        "kappa": metrics.cohen_kappa_score(truth, estimate[own, 0].argmax(-1)),
        "smoothed_kappa": metrics.cohen_kappa_score(truth, estimate[own, 1].argmax(-1)),
        "macro_f1": metrics.f1_score(truth, estimate[own, 0].argmax(-1), average="macro"),
    }
    assert {key: float(rows[1][key]) for key in expected} == pytest.approx(expected, rel=1e-4)


def test_a_participant_of_one_class_has_an_empty_cell_for_kappa(found: Answers, tmp_path: Path) -> None:
    split, estimate = dict(found.splits["test"]), found.estimates["test"].copy()
    own = split["participant"] == 6
    split["label"] = np.where(own, 0, split["label"])
    estimate[own] = np.eye(4)[0]
    write_details(tmp_path / "d", classify, Answers(found.info, {"test": split}, {"test": estimate}), ENTRY)
    row = table(tmp_path / "d" / "participants.csv")[1]
    assert (row["kappa"], row["smoothed_kappa"], row["balanced_accuracy"]) == ("", "", "1")


def test_reliability_has_the_share_that_is_right_within_its_interval(folder: Path) -> None:
    rows = table(folder / "reliability.csv")
    assert list(rows[0]) == ["test", "nominal", "observed", "low", "high"]
    for row in rows:
        assert float(row["low"]) <= float(row["observed"]) <= float(row["high"])
    assert sorted(rows, key=lambda row: float(row["nominal"])) == rows


def test_the_strip_is_every_window_of_the_first_participants(folder: Path, found: Answers) -> None:
    rows = table(folder / "strip.csv")
    assert list(rows[0]) == ["test", "participant", "time", "true", "predicted", "smoothed", "confidence"]
    assert len(rows) == 2 * 60
    assert (rows[0]["time"], rows[61]["time"]) == ("2016-11-13T02:18:00.000", "2016-11-13T02:18:30.000")
    assert rows[0]["true"] == CLASSES[found.splits["test"]["label"][0]]
    assert rows[60]["participant"] == found.info.participants[6]


def test_results_are_written_in_the_form_that_all_tasks_share(found: Answers, tmp_path: Path) -> None:
    entry, settings = (
        SimpleNamespace(task="classify", dataset="activity"),
        SimpleNamespace(scale="smoke", evaluation=ENTRY),
    )
    write_results(classify, entry, settings, 7, found, tmp_path / "m.json", tmp_path / "d")  # type: ignore[arg-type]
    record = json.loads((tmp_path / "m.json").read_text())
    assert {key: record[key] for key in ("task", "dataset", "scale", "parameters")} == {
        "task": "classify", "dataset": "activity", "scale": "smoke", "parameters": 7,
    }  # fmt: skip
    assert set(record["test"]["test"]["smoothed_kappa"]) == {"value", "low", "high"}
