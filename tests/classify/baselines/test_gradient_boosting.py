"""Boosted trees against scikit-learn's exact ones, by threads, and what they cannot learn from."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import threadpool_limits

from support.activity_windows import INFO, draw
from tidemark.classify.baselines import gradient_boosting
from tidemark.classify.features import features
from tidemark.core.errors import InputError

OPTIONS = gradient_boosting.Options(rounds=8, smallest_leaf=3, leaves=4, learning_rate=0.3)


def test_trees_on_histograms_say_what_exact_ones_do() -> None:
    """GradientBoostingClassifier sorts where this one has histograms: the same Newton steps, nearly."""
    train, test = draw(90, 1), draw(40, 2)
    learned = gradient_boosting.learn(train, test, INFO, OPTIONS)
    found = gradient_boosting.estimate(test, INFO, OPTIONS, learned)
    rate = INFO.sampling_rate
    exact = GradientBoostingClassifier(
        n_estimators=8, learning_rate=0.3, max_leaf_nodes=4, min_samples_leaf=3, random_state=0
    ).fit(features(train["signal"], rate), train["label"], compute_sample_weight("balanced", train["label"]))
    expected = exact.predict_proba(features(test["signal"], rate))
    assert (found[:, :3].argmax(1) == expected.argmax(1)).mean() > 0.9
    assert np.abs(found[:, :3] - expected).mean() < 0.05


def test_threads_change_nothing() -> None:
    train, test = draw(90, 1, noise=0.5), draw(20, 2)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="openmp"):
            learned = gradient_boosting.learn(train, test, INFO, OPTIONS)
            found.append(gradient_boosting.estimate(test, INFO, OPTIONS, learned))
    np.testing.assert_array_equal(*found)


def test_windows_of_one_class_cannot_be_learned_from() -> None:
    train = draw(30)
    train["label"][:] = 1
    with pytest.raises(InputError, match=r"all training windows of 'some' are of one class; choose a split"):
        gradient_boosting.learn(train, train, INFO, OPTIONS)
