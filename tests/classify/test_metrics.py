"""Classifying: scores against scikit-learn's on the same windows, the loss against torch's and its definition."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

from support.activity_windows import INFO
from tidemark.classify import learning
from tidemark.classify.evaluation import scores
from tidemark.classify.metrics import predict
from tidemark.core.network import Network
from tidemark.core.store import DatasetInfo
from tidemark.evaluation import predictions

SKLEARN = {
    "kappa": metrics.cohen_kappa_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "macro_f1": lambda truth, predicted: metrics.f1_score(truth, predicted, average="macro", zero_division=0),
    "matthews": metrics.matthews_corrcoef,
}


def windows(count: int = 300, classes: int = 5, participants: int = 6, seed: int = 0):
    """An estimate and a split in no particular order, participants numbered with holes."""
    random = np.random.default_rng(seed)
    label = random.integers(classes, size=count)
    score = random.standard_normal((count, 2, classes)) + 1.5 * np.eye(classes)[label][:, None]
    estimate = np.exp(score) / np.exp(score).sum(-1, keepdims=True)
    split = {
        "label": label,
        "participant": 3 * random.integers(participants, size=count) + 1,
        "time": random.permutation(count) * 30 * 10**9,
    }
    return estimate.astype(np.float32), split


def score(name: str, estimate: np.ndarray, split: dict[str, np.ndarray]) -> float:
    return float(scores.metric(name, *(part.sum(0) for part in scores.sums(estimate, split)[name])))


# Scores


def counted(truth: list[int], predicted: list[int], classes: int) -> np.ndarray:
    return metrics.confusion_matrix(truth, predicted, labels=range(classes)).astype(float)


@settings(deadline=None, max_examples=25)
@given(
    st.integers(2, 5).flatmap(
        lambda classes: st.tuples(
            st.just(classes),
            st.lists(
                st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)), min_size=1, max_size=30
            ),
        )
    )
)
def test_scores_are_those_of_scikit_learn_also_without_some_classes(drawn) -> None:
    classes, pairs = drawn
    truth, predicted = (list(each) for each in zip(*pairs, strict=True))
    found = {
        name: float(each(counted(truth, predicted, classes))) for name, each in scores.FROM_CONFUSION.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, of classes that are missing
        expected = {name: float(each(truth, predicted)) for name, each in SKLEARN.items()}
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_scores_are_taken_over_any_leading_axes() -> None:
    counts = np.random.default_rng(0).poisson(1.0, (7, 3, 4, 4)).astype(float)
    counts[0, 0] = 0.0
    counts[1, 1] = np.diag([5.0, 0, 0, 0])
    for each in scores.FROM_CONFUSION.values():
        one_by_one = [[float(each(counts[i, j])) for j in range(3)] for i in range(7)]
        np.testing.assert_allclose(each(counts), one_by_one, rtol=1e-12)


def test_one_class_throughout_has_no_kappa() -> None:
    alone = np.diag([9.0, 0, 0])
    assert np.isnan(learning.kappa(alone))
    assert (scores.matthews(alone), scores.balanced_accuracy(alone), scores.macro_f1(alone)) == (
        0,
        1,
        1,
    )


def test_kappa_by_hand() -> None:
    """Cohen's first kind of example: agreement 0.7, of chance 0.5, so (0.7 − 0.5) / (1 − 0.5)."""
    assert learning.kappa(np.array([[35.0, 15], [15, 35]])) == pytest.approx(0.4)


def test_sums_over_participants_give_the_scores_of_all_windows() -> None:
    estimate, split = windows()
    for place, prefix in enumerate(["", "smoothed_"]):
        predicted = estimate[:, place].argmax(-1)
        for name, each in SKLEARN.items():
            found = score(f"{prefix}{name}", estimate, split)
            assert found == pytest.approx(each(split["label"], predicted), rel=1e-12)
    expected = metrics.log_loss(split["label"], estimate[:, 0])
    assert score("log_loss", estimate, split) == pytest.approx(expected, rel=1e-6)
    assert list(scores.sums(estimate, split)) == list(scores.BETTER)


def test_sums_are_by_participant() -> None:
    estimate, split = windows()
    own = split["participant"] == 7
    (counts,) = scores.sums(estimate, split)["kappa"]
    place = np.unique(split["participant"]).tolist().index(7)
    expected = metrics.confusion_matrix(split["label"][own], estimate[own, 0].argmax(-1), labels=range(5))
    np.testing.assert_array_equal(counts[place], expected)


def test_an_impossible_truth_costs_no_more_than_the_precision() -> None:
    estimate = np.array([[[1.0, 0.0]] * 2], dtype=np.float32)
    split = {"label": np.array([1]), "participant": np.array([0])}
    assert score("log_loss", estimate, split) == pytest.approx(-np.log(np.finfo(np.float32).eps))


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Equation 3 of Guo et al., bin by bin, of bins ((m − 1) / M, m / M]."""
    total = 0.0
    for m in range(1, 16):
        chosen = (confidence > (m - 1) / 15) & (confidence <= m / 15)
        if chosen.any():
            total += chosen.sum() / len(right) * abs(right[chosen].mean() - confidence[chosen].mean())
    return total


def test_calibration_error_is_that_of_its_definition() -> None:
    estimate, split = windows(2000)
    own = estimate[:, 0].astype(float)
    expected = calibration_error(own.max(-1), own.argmax(-1) == split["label"])
    assert score("calibration_error", estimate, split) == pytest.approx(expected, rel=1e-9)


def test_an_honest_predictor_is_calibrated_and_a_boastful_one_is_not() -> None:
    random = np.random.default_rng(1)
    own = random.dirichlet(np.ones(4), size=20_000)
    label = (random.random((20_000, 1)) > own.cumsum(1)).sum(1)
    split = {"label": label, "participant": np.zeros(20_000, dtype=int)}
    honest = score("calibration_error", np.stack([own, own], 1), split)
    sure = own**3 / (own**3).sum(1, keepdims=True)
    assert honest < 0.02 < 0.1 < score("calibration_error", np.stack([sure, sure], 1), split)


def test_calibration_has_the_mean_confidence_and_the_share_that_is_right() -> None:
    estimate, split = windows(1000)
    confidence = estimate[:, 0].max(-1).astype(float)
    right = estimate[:, 0].argmax(-1) == split["label"]
    found = list(scores.calibration(estimate, split))
    assert sum(count.sum() for _, _, count in found) == 1000
    nominal, inside, count = found[-1]
    chosen = confidence > 14 / 15
    assert (inside.sum(), count.sum()) == (right[chosen].sum(), chosen.sum())
    assert nominal == pytest.approx(confidence[chosen].mean())
    assert len(count) == len(np.unique(split["participant"]))


def test_by_class_is_scikit_learns_report() -> None:
    estimate, split = windows()
    expected = metrics.precision_recall_fscore_support(split["label"], estimate[:, 1].argmax(-1))
    np.testing.assert_allclose(scores.by_class(estimate, split)[:, 1], expected, rtol=1e-12)


# Training


def info(classes: int) -> DatasetInfo:
    return replace(INFO, classes=[f"class {number}" for number in range(classes)])


def test_loss_is_the_mean_cross_entropy() -> None:
    logits, target = torch.randn(20, 4), torch.randint(4, (20,))
    expected = -logits.log_softmax(-1)[torch.arange(20), target].mean()
    assert learning.loss(logits, target, "cross_entropy").item() == pytest.approx(expected.item(), rel=1e-6)


def test_the_balanced_loss_weighs_classes_as_scikit_learn_does() -> None:
    train = {"label": np.repeat([0, 1, 3], [50, 10, 2])}
    weight = np.zeros(4)
    weight[[0, 1, 3]] = 0.75 * compute_class_weight("balanced", classes=np.array([0, 1, 3]), y=train["label"])
    logits, target = torch.randn(62, 4), torch.from_numpy(train["label"])
    each = -logits.log_softmax(-1)[torch.arange(62), target].double().numpy()
    expected = (weight[train["label"]] * 4 / 3 * each).mean() * 3 / 4
    found = learning.loss_for("balanced_cross_entropy", train, info(4))(logits, target)
    assert found.item() == pytest.approx(expected, rel=1e-5)
    plain = learning.loss_for("cross_entropy", train, info(4))(logits, target)
    assert plain.item() == pytest.approx(each.mean(), rel=1e-5)


def test_every_class_has_the_same_say_in_the_balanced_loss() -> None:
    train = {"label": np.repeat([0, 1, 2], [80, 15, 5])}
    logits = torch.zeros(100, 3, requires_grad=True)
    learning.loss_for("balanced_cross_entropy", train, info(3))(
        logits, torch.from_numpy(train["label"])
    ).backward()
    assert logits.grad is not None
    np.testing.assert_allclose(logits.grad.sum(0), 0, atol=1e-6)  # nothing to gain by preferring one


def test_the_score_while_training_is_that_of_evaluation() -> None:
    estimate, split = windows()
    logits = torch.from_numpy(np.log(estimate[:, 0]))
    found = learning.score(logits, torch.from_numpy(split["label"]))
    assert found == pytest.approx(score("kappa", estimate, split), rel=1e-12)


# What else a task gives


def test_a_networks_predictions_are_its_probabilities_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "BATCH", 4)
    pictures = np.random.default_rng(0).standard_normal((10, 3, 2, 2)).astype(np.float16)
    sizes = []

    class Flat(Network):
        def forward(self, spectrogram: torch.Tensor) -> torch.Tensor:
            assert spectrogram.dtype == torch.float32
            sizes.append(len(spectrogram))
            return spectrogram.flatten(1)[:, :5]

    found = predict(Flat(), torch.device("cpu"), {"spectrogram": pictures})
    expected = torch.from_numpy(pictures.astype(np.float32)).flatten(1)[:, :5].softmax(-1)
    assert sizes == [4, 4, 2]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_timeline_is_the_first_participants_windows_in_order_of_time() -> None:
    estimate, split = windows(60)
    rows = list(scores.timeline(estimate, split, np.unique(split["participant"])[:2]))
    first, second = np.unique(split["participant"])[:2]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert {row[0] for row in rows} == {first, second}
    times = [row[1] for row in rows if row[0] == second]
    assert times == sorted(split["time"][split["participant"] == second].tolist())
    row = dict(zip(scores.TIMELINE, rows[0], strict=True))
    place = int(np.flatnonzero((split["time"] == row["time"]) & (split["participant"] == first))[0])
    assert row["true"] == split["label"][place]
    assert [row["predicted"], row["smoothed"]] == estimate[place].argmax(-1).tolist()
    assert row["confidence"] == estimate[place, 0].max()
