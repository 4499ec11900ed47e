"""What every method of decision trees has in common: its features, and what its options must allow."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidemark.classify.features import features
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split


def probabilities(split: Split, info: DatasetInfo, trees: Any) -> Array:
    """What scikit-learn's fitted `trees` say of `split["signal"]` (windows, 3, samples) in g.

    (windows, classes) float64; 0 for a class not trained on.
    """
    result = np.zeros((len(split["signal"]), len(info.classes)))
    if len(result):
        result[:, trees.classes_] = trees.predict_proba(features(split["signal"], info.sampling_rate))
    return result


def check_leaf(method: str, smallest: int, windows: int, info: DatasetInfo) -> None:
    """Raise `InputError` unless `windows` for training can be split into two leaves of `smallest` ones."""
    if 2 * smallest > windows:
        raise InputError(
            f"{method}: smallest_leaf = {smallest}: no tree has two such leaves of the {windows} training "
            f"windows of {info.name!r}; set it to {windows // 2} or less"
        )
