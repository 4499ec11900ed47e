"""Noisy signals of the lincomb law, as oracles and limits take them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split

SIGNALS = 1024
"""Signals at once: bounds the memory."""


def checked(split: Split, info: DatasetInfo, method: str) -> Array:
    """`split["noisy"]`; raises `InputError` where the dataset is not of the lincomb law, or lacks samples."""
    if "functions" not in info.law:
        raise InputError(
            f"{method}: {info.name!r} is not made by the lincomb law; "
            "give the name of a dataset of generator lincomb"
        )
    noisy = np.asarray(split["noisy"])
    gaps.check_whole(noisy, method, info.name)
    return noisy


def by_rows(noisy: Array, estimate: Callable[[Array], Array]) -> Array:
    """Estimates of signals (signals, channels, length) from one of rows: (n, length) → (…, n, length).

    Leading axes of what `estimate` returns stay in front; all float64.
    """
    rows = noisy.reshape(-1, noisy.shape[-1])
    parts = [
        estimate(rows[first : first + SIGNALS].astype(np.float64)) for first in range(0, len(rows), SIGNALS)
    ]
    result = np.concatenate(parts, axis=-2)
    return result.reshape(*result.shape[:-2], *noisy.shape)
