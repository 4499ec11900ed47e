"""A random forest on features of each window that people have thought of.

The features are `classify.features`; the forest is scikit-learn's (L. Breiman, "Random forests", Machine
Learning 45, 2001), with rare classes weighing as much as frequent ones, as is the published benchmark of
CAPTURE-24 (S. Chan et al., Scientific Data 11, 2024).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sklearn.ensemble import RandomForestClassifier

from tidemark.classify.features import features
from tidemark.classify.trees import check_leaf, probabilities
from tidemark.core.frozen import Count, Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


class Options(Frozen):
    """Size of the forest, and how its trees grow."""

    trees: Count = 300
    smallest_leaf: Count = 2
    """Training windows in a leaf."""
    split_features: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of the features that are tried at a split; by default the square root of their number."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Any:
    """A forest of `signal` (windows, 3, samples) in g and `label` (windows,).

    Raises `InputError` where leaves are too large for a tree.
    """
    check_leaf("random_forest", options.smallest_leaf, len(train["label"]), info)
    forest = RandomForestClassifier(
        options.trees,
        min_samples_leaf=options.smallest_leaf,
        max_features=options.split_features or "sqrt",
        class_weight="balanced_subsample",
        random_state=options.seed,
        n_jobs=1,
    )
    return forest.fit(features(train["signal"], info.sampling_rate), train["label"])


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Any) -> Array:
    """Mean of the trees' probabilities: (windows, classes) float64; 0 for a class not trained on."""
    return probabilities(split, info, learned)


METHOD = Method(Options, estimate, learn)
