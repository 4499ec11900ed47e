"""Numbers that stand for missing values, -999 and its like, as a user names them and as files hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array

NONE = "none"
"""What a user says who wants none to be taken for missing."""


def parse(texts: Iterable[str]) -> list[float] | None:
    """Numbers that a user gave, none of them for `none`; None where nothing was said. Raises `InputError`."""
    texts = [*texts]
    if not texts:
        return None
    if texts == [NONE]:
        return []
    try:
        return [float(text) for text in texts]
    except ValueError:
        raise InputError(f"--missing {' '.join(texts)}: expected a number such as -999, or {NONE}") from None


def are(values: Array, numbers: Sequence[float]) -> Array:
    """Which values are one of some numbers, or what float32 makes of one: bool in their shape."""
    exact = np.asarray(numbers, dtype=np.float64)
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    return np.isin(values, [*exact, *rounded[np.isfinite(rounded)].tolist()])


def without(values: Array, numbers: Sequence[float]) -> Array:
    """Values with NaN in the place of some numbers."""
    return np.where(are(values, numbers), np.nan, values) if len(numbers) else values
