"""Pairs of noisy and clean signals to learn from."""

from __future__ import annotations

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split


def pairs(split: Split, info: DatasetInfo, name: str, method: str) -> tuple[Array, Array]:
    """Noisy and clean signals of a split whose clean one has no gap, (signals, channels, length) float64.

    Gaps in noisy ones are interpolated. Raises `InputError`, naming the method, where none is left, or known.
    """
    clean = np.asarray(split["clean"], dtype=np.float64)
    if info.without_truth:
        raise InputError(
            f"{method}: learns from clean signals, and of {info.name!r} only noisy ones are known; choose a "
            "method that is fitted to each signal"
        )
    whole = ~np.isnan(clean).any(axis=(1, 2))
    if not whole.any():
        raise InputError(
            f"{method}: every clean {name} signal of {info.name!r} has missing values; give a dataset that "
            "has signals without"
        )
    return gaps.fill(np.asarray(split["noisy"])[whole]).astype(np.float64), clean[whole]


def check_values(rows: Array, learned: int, info: DatasetInfo, method: str) -> None:
    """Raise `InputError`, naming the method, unless rows (signals, values) have the learned length."""
    if rows.shape[1] != learned:
        raise InputError(
            f"{method}: signals of {info.name!r} have {rows.shape[1]} values, but those learned from "
            f"{learned}; give a test set of the same channels and length"
        )
