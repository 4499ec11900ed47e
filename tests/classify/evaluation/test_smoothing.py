"""Smoothing over time: what it is worth where there is something to gain, and that it does no harm otherwise."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from support import labelled_windows
from support.labelled_windows import DURATION
from tidemark.classify.evaluation import smoothing
from tidemark.classify.evaluation.hidden_markov import posteriors
from tidemark.classify.evaluation.sequences import sequences
from tidemark.classify.evaluation.smoothing import FORMS, Smoothing, learn

TRAIN = labelled_windows.split([1, 2, 3, 4], 120, seed=1)
VALIDATION = labelled_windows.split([5, 6], 120, seed=2)
TEST = labelled_windows.split([7, 8, 9], 120, seed=3)


def kappa(probabilities: np.ndarray, split: dict[str, np.ndarray]) -> float:
    return float(cohen_kappa_score(split["label"], probabilities.argmax(-1)))


def learnt(probabilities: np.ndarray, validation: dict[str, np.ndarray] = VALIDATION) -> Smoothing:
    return learn(TRAIN, validation, probabilities, DURATION)


@cache
def usual() -> Smoothing:
    """Learnt from an honest predictor."""
    return learnt(labelled_windows.probabilities(VALIDATION))


def test_labels_that_stay_are_worth_smoothing() -> None:
    found = usual()
    own = labelled_windows.probabilities(TEST, seed=4)
    smoothed = found(own, TEST)
    assert found.chosen.form != "none"
    assert kappa(smoothed, TEST) > kappa(own, TEST) + 0.2
    assert smoothed.dtype == np.float32
    np.testing.assert_allclose(smoothed.sum(1), 1, rtol=1e-5)


def test_what_is_predicted_is_scored_on_all_windows_with_the_task_s_headline() -> None:
    own, found = labelled_windows.probabilities(VALIDATION), usual()
    none = found.trials[0]
    assert (none.form, none.gain) == ("none", 0)
    assert none.score == pytest.approx(kappa(own, VALIDATION))
    assert none.log_loss == pytest.approx(-np.log(own[np.arange(240), VALIDATION["label"]]).mean(), rel=1e-5)
    if found.chosen.form != "confusion":  # which is tried with matrices of others
        assert found.chosen.score == pytest.approx(kappa(found(own, VALIDATION), VALIDATION))


def test_the_gain_is_that_of_the_mean_participant() -> None:
    own, found = labelled_windows.probabilities(VALIDATION), usual()
    smoothed = Smoothing(found.chain, found.confused, DURATION, found.trials[3])(own, VALIDATION)
    gains = []
    for participant in (5, 6):
        at = VALIDATION["participant"] == participant
        labels = {"label": VALIDATION["label"][at]}
        gains.append(kappa(smoothed[at], labels) - kappa(own[at], labels))
    assert found.trials[3].gain == pytest.approx(np.mean(gains))
    assert found.trials[3].gain_error == pytest.approx(np.std(gains, ddof=1) / np.sqrt(2))


@pytest.mark.parametrize("seed", range(5))
def test_never_worse_on_validation(seed: int) -> None:
    """Whatever the predictor is worth, and however sure it is of itself."""
    random = np.random.default_rng(seed)
    own = labelled_windows.probabilities(VALIDATION, noise=random.choice([0.1, 1.0, 5.0]), seed=seed)
    own = own ** random.choice([0.3, 1.0, 4.0])
    own = (own / own.sum(1, keepdims=True)).astype(np.float32)
    found = learnt(own)
    assert found.chosen.score >= found.trials[0].score == pytest.approx(kappa(own, VALIDATION))


def test_a_perfect_predictor_is_left_alone() -> None:
    own = np.eye(4, dtype=np.float32)[VALIDATION["label"]]
    found = learnt(own)
    assert found.chosen.form == "none"
    np.testing.assert_array_equal(found(own, VALIDATION), own)


def test_a_predictor_without_an_opinion_is_left_alone() -> None:
    own = np.full((240, 4), 0.25, dtype=np.float32)
    found = learnt(own)
    np.testing.assert_array_equal(found(own, VALIDATION), own)


def test_labels_that_do_not_stay_as_they_did_in_training_are_left_alone() -> None:
    """The chain of training believes that activities last; here none does."""
    restless = labelled_windows.split([5, 6], 120, stay=0.0, seed=2)
    own = labelled_windows.probabilities(restless, noise=0.6)
    assert learnt(own, restless).chosen.form == "none"


def test_what_helps_one_participant_and_harms_the_other_is_not_chosen() -> None:
    """The first one's activities last, the other's do not: the mean gain is not beyond its standard error."""
    steady, restless = (
        labelled_windows.split([number], 120, stay=stay, seed=2) for number, stay in ((5, 0.95), (6, 0.0))
    )
    both = {name: np.concatenate([steady[name], restless[name]]) for name in steady}
    found = learnt(labelled_windows.probabilities(both, noise=1.0), both)
    helps = [trial for trial in found.trials if trial.gain > 0]
    for trial in helps:
        assert trial.gain > trial.gain_error or found.chosen != trial
    assert found.chosen.gain >= found.chosen.gain_error


def test_a_temperature_corrects_a_predictor_that_is_too_sure() -> None:
    """Errors that last look like evidence that adds up: at its word the predictor is hardly smoothed."""
    calm = labelled_windows.probabilities(VALIDATION, noise=1.2)
    sure = calm.astype(np.float64) ** 8
    found = learnt((sure / sure.sum(1, keepdims=True)).astype(np.float32))
    assert found.chosen.form == "confusion" or found.chosen.temperature > 2


def test_the_published_form_takes_the_label_for_what_is_seen() -> None:
    own, found = labelled_windows.probabilities(VALIDATION), usual()
    trial = next(each for each in found.trials if (each.form, each.temperature) == ("confusion", 1.0))
    published = Smoothing(found.chain, found.confused, DURATION, trial)
    test = labelled_windows.probabilities(TEST, seed=4)
    counts = np.zeros((4, 4))
    np.add.at(counts, (VALIDATION["label"], own.argmax(-1)), 1)
    share = (counts + 1 / 4) / (counts + 1 / 4).sum(1, keepdims=True)
    laid = sequences(TEST, DURATION)
    emission = laid.laid_out(np.log(share[:, test.argmax(-1)].T), 0.0)
    expected = laid.by_window(posteriors(emission, laid.broken, found.chain)[0])
    np.testing.assert_allclose(published(test, TEST), expected, rtol=1e-5)


def test_a_participant_is_not_judged_by_a_matrix_that_knows_the_answers() -> None:
    """Alone, a validation participant has nobody else's matrix: the published form cannot be tried."""
    alone = labelled_windows.split([5], 120, seed=2)
    found = learnt(labelled_windows.probabilities(alone), alone)
    tried = [trial for trial in found.trials if trial.form == "confusion"]
    assert max(trial.score for trial in tried) <= 0.05
    assert found.chosen.form in ("scaled", "plain")


def test_the_order_of_rows_does_not_matter() -> None:
    own = labelled_windows.probabilities(VALIDATION)
    order = np.random.default_rng(0).permutation(240)
    shuffled = {name: each[order] for name, each in VALIDATION.items()}
    first, second = usual(), learnt(own[order], shuffled)
    assert (first.chosen.form, first.chosen.temperature) == (second.chosen.form, second.chosen.temperature)
    np.testing.assert_allclose(first(own, VALIDATION)[order], second(own[order], shuffled), rtol=1e-5)


def test_windows_across_a_gap_do_not_smooth_one_another() -> None:
    found = usual()
    own = labelled_windows.probabilities(TEST, seed=4)
    parted = TEST | {"time": TEST["time"] + (np.arange(360) % 120 >= 60) * 10 * DURATION}
    smoothed = found(own, parted)
    half = {name: each[:60] for name, each in parted.items()}
    np.testing.assert_allclose(smoothed[:60], found(own[:60], half), rtol=1e-5)
    assert not np.allclose(smoothed[:60], found(own, TEST)[:60], rtol=1e-5)


def test_overlapping_windows_are_learnt_from_as_if_they_did_not() -> None:
    own = labelled_windows.probabilities(VALIDATION)
    double = {name: np.repeat(each, 2) for name, each in VALIDATION.items()}
    double["time"] = double["time"] + np.arange(480) % 2 * DURATION // 2
    first, second = usual(), learnt(np.repeat(own, 2, 0), double)
    assert first.trials == second.trials


def test_the_table_has_all_that_was_tried_and_one_that_was_chosen() -> None:
    table = list(smoothing.rows(usual()))
    assert len(table) == 1 + len(FORMS) * len(smoothing.TEMPERATURES)
    assert all(len(row) == len(smoothing.HEADER) for row in table)
    assert sum(row[-1] for row in table) == 1
