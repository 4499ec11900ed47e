"""The forest against scikit-learn's own on the same features."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from support.activity_windows import INFO, draw
from tidemark.classify.baselines import random_forest
from tidemark.classify.features import features

RATE = INFO.sampling_rate


@pytest.mark.parametrize(("seed", "share", "own_share"), [(0, None, "sqrt"), (3, 0.4, 0.4)])
def test_the_forest_is_scikit_learn_s(seed: int, share: float | None, own_share: str | float) -> None:
    train, test = draw(60, 1), draw(20, 2)
    options = random_forest.Options(trees=10, split_features=share, seed=seed)
    learned = random_forest.learn(train, test, INFO, options)
    found = random_forest.estimate(test, INFO, options, learned)
    own = RandomForestClassifier(
        10,
        min_samples_leaf=2,
        max_features=own_share,
        class_weight="balanced_subsample",
        random_state=seed,
    ).fit(features(train["signal"], RATE), train["label"])
    np.testing.assert_allclose(found[:, :3], own.predict_proba(features(test["signal"], RATE)))
