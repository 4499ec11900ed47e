"""Gradient-boosted trees on the features of each window that the random forest has.

Each tree of a round corrects what those before it say of one class (J. H. Friedman, "Greedy function
approximation: a gradient boosting machine", Annals of Statistics 29, 2001), here with features cut into
histograms, as in LightGBM (G. Ke et al., NeurIPS 2017): scikit-learn's, for which rare classes weigh as much
as frequent ones.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field
from sklearn.ensemble import HistGradientBoostingClassifier

from tidemark.classify.features import features
from tidemark.classify.trees import check_leaf, probabilities
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, NonNegative
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split

BINS = 255
"""Of a feature's histogram, at most."""


class Options(Frozen):
    """How many trees, how they grow, and how much of each is added."""

    rounds: Count = 100
    """In each, a tree for every class."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    leaves: Annotated[int, Field(ge=2)] = 31
    """Of a tree, at most."""
    smallest_leaf: Count = 20
    """Training windows in a leaf."""
    penalty: NonNegative = 0.0
    """On squared values of leaves."""
    split_features: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the features that are tried at a split."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Any:
    """Trees of `signal` (windows, 3, samples) in g and `label` (windows,).

    Raises `InputError` where all training windows are of one class, or leaves are too large for a tree.
    """
    check_leaf("gradient_boosting", options.smallest_leaf, len(train["label"]), info)
    if len(np.unique(train["label"])) < 2:
        raise InputError(
            f"gradient_boosting: all training windows of {info.name!r} are of one class; choose a split of "
            "participants that leaves two or more"
        )
    boosting = HistGradientBoostingClassifier(
        max_iter=options.rounds,
        learning_rate=options.learning_rate,
        max_leaf_nodes=options.leaves,
        min_samples_leaf=options.smallest_leaf,
        l2_regularization=options.penalty,
        max_features=options.split_features,
        max_bins=BINS,
        class_weight="balanced",
        early_stopping=False,  # it would hold out windows at random, neighbours of those trained on
        random_state=options.seed,
    )
    return boosting.fit(features(train["signal"], info.sampling_rate), np.asarray(train["label"]))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Any) -> Array:
    """Probabilities: (windows, classes) float64; 0 for a class not trained on."""
    return probabilities(split, info, learned)


METHOD = Method(Options, estimate, learn)
