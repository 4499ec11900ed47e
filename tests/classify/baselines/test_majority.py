"""The shares of classes, and what κ they have."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import cohen_kappa_score

from support.activity_windows import INFO, draw
from tidemark.classify.baselines import majority


def test_it_is_scikit_learn_s_prior() -> None:
    train, test, options = draw(70, 1), draw(20, 2), majority.Options()
    learned = majority.learn(train, draw(5, 3), INFO, options)
    found = majority.estimate(test, INFO, options, learned)
    dummy = DummyClassifier(strategy="prior").fit(train["signal"][:, :, 0], train["label"])
    np.testing.assert_allclose(found[:, :3], dummy.predict_proba(test["signal"][:, :, 0]))
    assert cohen_kappa_score(test["label"], found.argmax(1)) == 0
