"""Points of many features laid out in the plane, near ones near each other."""

from __future__ import annotations

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from tidemark.core.errors import InputError
from tidemark.core.store import Array

ROUNDING = 1e-6
"""Spread of a feature, relative to its size, that float32 arithmetic makes of a constant."""


def evenly(count: int, wanted: int) -> Array:
    """At most `wanted` of the places 0 … `count` − 1, evenly spread, ends included: (places,) integers."""
    return np.linspace(0, count - 1, min(count, wanted)).round().astype(int)


def standardised(features: Array, where: str) -> Array:
    """Columns of `features` (rows, features) with mean 0 and standard deviation 1, constant ones left out.

    Raises `InputError`, naming the key `where`, unless all are finite and two at least are not constant.
    """
    values = np.asarray(features, dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError(f"{where}: the layer puts out values that are not finite; train the model again")
    spread = values.std(axis=0)
    varied = spread > ROUNDING * np.abs(values).max(axis=0)
    if varied.sum() < 2:
        raise InputError(
            f"{where}: {varied.sum()} of the layer's {values.shape[1]} features vary from point to point, "
            "expected 2 or more; choose another layer"
        )
    selected: Array = (values[:, varied] - values[:, varied].mean(axis=0)) / spread[varied]
    return selected


def plane(features: Array, perplexity: float, seed: int, where: str) -> Array:
    """Rows of `features` (rows, features) laid out by t-SNE: (rows, 2), without unit.

    Features count alike, whatever their scale. The same bytes each time on one machine: t-SNE adds up
    in an order that depends on the number of threads, so it has one. Raises `InputError`, naming the
    key `where`, for features that nothing can be seen in or fewer rows than `perplexity` asks for.

    van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9 (2008).
    """
    if len(features) <= perplexity:
        raise InputError(
            f"{where}.perplexity = {perplexity:g}: there are {len(features)} points, expected more; lower it"
        )
    method = TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1)
    with threadpool_limits(1):
        places: Array = method.fit_transform(standardised(features, f"{where}.layer"))
    return places
