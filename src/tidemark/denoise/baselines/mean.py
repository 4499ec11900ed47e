"""Each signal's own mean as the estimate of all its samples: what knowing nothing of its shape scores."""

from __future__ import annotations

import numpy as np

from tidemark.core.frozen import NoOptions
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split


def estimate(split: Split, info: DatasetInfo, options: NoOptions) -> Array:
    """Mean of the present samples of each channel of `split["noisy"]`, (signals, channels, length).

    Same shape, float64. A channel with no present sample gets zeros.
    """
    noisy = np.asarray(split["noisy"], dtype=np.float64)
    count = np.maximum((~np.isnan(noisy)).sum(axis=-1, keepdims=True), 1)
    mean = np.nansum(noisy, axis=-1, keepdims=True) / count
    return np.repeat(mean, noisy.shape[-1], axis=-1)


METHOD = Method(NoOptions, estimate)
