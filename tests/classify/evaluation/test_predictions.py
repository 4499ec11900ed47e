"""What a predictor of classes says of test sets, smoothed too, its scores, and the tables behind them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from support import labelled_windows
from support.labelled_windows import CLASSES
from tidemark.classify.evaluation import classes, smoothing
from tidemark.core.errors import InputError
from tidemark.core.scoring import Predictions
from tidemark.core.store import Array, DatasetInfo, Split, read_split, write_dataset
from tidemark.core.task import Task
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.evaluate import Candidate, evaluate, scores

ENTRY = EvaluationEntry(resamples=50, confidence=0.9, seed=0, examples=2)
CLASSIFY = Task("classify").scoring
Dataset = tuple[Path, DatasetInfo]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    splits = {
        "train": labelled_windows.split([1, 2], 60, 0.8, seed=1),
        "validation": labelled_windows.split([3, 5], 60, 0.8, seed=2),
        "test": labelled_windows.split([4, 6, 9], 60, 0.8, seed=3),
    }
    info = labelled_windows.info(splits)
    folder = tmp_path_factory.mktemp("data") / "activity"
    write_dataset(folder, info, splits)
    return folder, info


def predict(split: Split, test: str) -> Array:
    return labelled_windows.probabilities(dict(split), noise=0.8)


@pytest.fixture(scope="module")
def found(dataset: Dataset) -> Predictions:
    return CLASSIFY.collect(predict, *dataset)


@pytest.fixture(scope="module")
def folder(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What evaluation writes of one predictor of classes."""
    path = tmp_path_factory.mktemp("details") / "models"
    evaluate([Candidate("forest", "baseline", True, 7, predict)], *dataset, ENTRY, path)
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_windows_have_the_predictors_own_probabilities_and_the_smoothed_ones(
    dataset: Dataset, found: Predictions
) -> None:
    values, split = found.values["test"], found.splits["test"]
    assert (values.shape, values.dtype) == ((180, 2, 4), np.float32)
    np.testing.assert_array_equal(values[:, 0], predict(split, "test"))
    train, validation = (read_split(dataset[0], name) for name in ("train", "validation"))
    own = predict(validation, "validation")
    smooth = smoothing.learn(train, validation, own, labelled_windows.DURATION)
    np.testing.assert_array_equal(values[:, 1], smooth(values[:, 0], split))


def test_smoothing_is_chosen_without_a_look_at_test_labels(dataset: Dataset, found: Predictions) -> None:
    seen = []

    def without_opinion(split: Split, test: str) -> Array:
        seen.append(test)
        return np.full((len(split["label"]), 4), 0.25) if test == "test" else predict(split, test)

    other = CLASSIFY.collect(without_opinion, *dataset)
    assert sorted(seen) == ["test", "validation"]
    assert other.tables["smoothing.csv"] == found.tables["smoothing.csv"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda own: own[:, :3], r"shape \(180, 3\); expected \(180, 4\)"),
        (lambda own: own[:-1], r"shape \(179, 4\); expected \(180, 4\)"),
        (lambda own: np.log(own), "row 0 .* expected probabilities"),
        (lambda own: np.where(np.arange(180)[:, None] == 7, np.nan, own), "row 7 .* expected probabilities"),
    ],
)
def test_what_is_no_prediction_is_refused(
    dataset: Dataset, wrong: Callable[[Array], Array], message: str
) -> None:
    def predict_wrongly(split: Split, test: str) -> Array:
        own = predict(split, test)
        return np.asarray(wrong(own)) if test == "test" else own

    with pytest.raises(InputError, match=message):
        CLASSIFY.collect(predict_wrongly, *dataset)


def test_scores_have_every_metric_with_its_interval(found: Predictions) -> None:
    result = scores(CLASSIFY, [found.values["test"]], found.splits["test"], ENTRY)
    assert list(result) == list(CLASSIFY.better)
    assert all(each.low <= each.value <= each.high for each in result.values())


def test_a_test_set_of_one_class_has_no_kappa_and_says_so(found: Predictions) -> None:
    split = dict(found.splits["test"]) | {"label": np.zeros(180, dtype=int)}
    values = np.zeros((180, 2, 4), dtype=np.float32)
    values[:, :, 0] = 1
    with pytest.raises(InputError, match="kappa has no value .* expected ones that differ"):
        scores(CLASSIFY, [values], split, ENTRY)


def test_each_predictor_has_a_folder_of_tables(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "forest").iterdir()) == [
        "classes.csv", "confusion.csv", "participants.csv", "reliability.csv", "smoothing.csv", "timeline.csv",
    ]  # fmt: skip


def test_confusion_counts_every_window_twice(folder: Path, found: Predictions) -> None:
    rows = table(folder / "forest" / "confusion.csv")
    assert len(rows) == 2 * 4 * 4
    truth = found.splits["test"]["label"]
    for smoothed in (0, 1):
        expected = metrics.confusion_matrix(truth, found.values["test"][:, smoothed].argmax(-1))
        counts = [int(row["windows"]) for row in rows if row["smoothed"] == str(smoothed)]
        assert counts == expected.ravel().tolist()
    assert (rows[1]["test"], rows[1]["true"], rows[1]["predicted"]) == ("test", CLASSES[0], CLASSES[1])


def test_classes_are_scikit_learns_report(folder: Path, found: Predictions) -> None:
    rows = [row for row in table(folder / "forest" / "classes.csv") if row["smoothed"] == "0"]
    predicted = found.values["test"][:, 0].argmax(-1)
    expected = metrics.precision_recall_fscore_support(found.splits["test"]["label"], predicted)
    for place, row in enumerate(rows):
        assert row["class"] == CLASSES[place]
        values = [float(row[key]) for key in ("precision", "recall", "f1", "windows")]
        assert values == pytest.approx([each[place] for each in expected], rel=1e-4)


def test_participants_are_named_and_scored_one_by_one(folder: Path, found: Predictions) -> None:
    rows = table(folder / "forest" / "participants.csv")
    split, values = found.splits["test"], found.values["test"]
    assert [row["participant"] for row in rows] == [found.info.participants[number] for number in (4, 6, 9)]
    own = split["participant"] == 6
    truth = split["label"][own]
    expected = {
        "windows": 60,
        "kappa": metrics.cohen_kappa_score(truth, values[own, 0].argmax(-1)),
        "smoothed_kappa": metrics.cohen_kappa_score(truth, values[own, 1].argmax(-1)),
        "macro_f1": metrics.f1_score(truth, values[own, 0].argmax(-1), average="macro"),
    }
    assert {key: float(rows[1][key]) for key in expected} == pytest.approx(expected, rel=1e-4)


def test_a_participant_of_one_class_has_no_kappa(found: Predictions) -> None:
    split, values = dict(found.splits["test"]), found.values["test"].copy()
    own = split["participant"] == 6
    split["label"] = np.where(own, 0, split["label"])
    values[own] = np.eye(4)[0]
    made = classes.participants(Predictions(found.info, {"test": split}, {"test": values}), ENTRY)
    row = dict(zip(made.header, made.rows[1], strict=True))
    assert np.isnan([row["kappa"], row["smoothed_kappa"]]).all()
    assert row["balanced_accuracy"] == 1


def test_reliability_has_the_share_that_is_right_within_its_interval(folder: Path) -> None:
    rows = table(folder / "forest" / "reliability.csv")
    assert list(rows[0]) == ["test", "nominal", "observed", "low", "high"]
    for row in rows:
        assert float(row["low"]) <= float(row["observed"]) <= float(row["high"])
    assert sorted(rows, key=lambda row: float(row["nominal"])) == rows


def test_the_timeline_is_every_window_of_the_first_participants(folder: Path, found: Predictions) -> None:
    rows = table(folder / "forest" / "timeline.csv")
    assert list(rows[0]) == ["test", "participant", "time", "true", "predicted", "smoothed", "confidence"]
    assert len(rows) == 2 * 60
    assert (rows[0]["time"], rows[61]["time"]) == ("2016-11-13T02:18:00.000", "2016-11-13T02:18:30.000")
    assert rows[0]["true"] == CLASSES[found.splits["test"]["label"][0]]
    assert rows[60]["participant"] == found.info.participants[6]
