"""Every window is what most training windows are: what any classifier must beat.

Its probabilities are the classes' shares of the training windows.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


class Options(Frozen):
    """Nothing to choose."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> Array:
    """Shares of the classes in `train["label"]` (windows,): (classes,) float64."""
    count = np.bincount(train["label"], minlength=len(info.classes))
    return np.asarray(count / count.sum())


def estimate(split: Split, info: DatasetInfo, options: Options, learned: Array) -> Array:
    """The same probabilities for every window: (windows, classes) float64."""
    return np.tile(learned, (len(split["label"]), 1))


METHOD = Method(Options, estimate, learn)
