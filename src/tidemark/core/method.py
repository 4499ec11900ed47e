"""What the file of a method that is no network provides: that of a baseline or of an oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tidemark.core.frozen import Frozen
from tidemark.core.store import Array


@dataclass(frozen=True)
class Method:
    """What the file of a baseline or of an oracle provides; that of a limit provides a `core.limit.Limit`.

    Only an oracle is shown the law, in `DatasetInfo.law`, and arrays that the law drew (`Scoring.latent`).
    """

    options: type[Frozen]
    predict: Callable[..., Array]
    """(split, DatasetInfo, options, and what `fit` returned if there is one) → predictions."""
    fit: Callable[..., Any] | None = None
    """(training split, validation split, DatasetInfo, options) → what `predict` needs: a method that has
    this is learned on many signals, one without it is fitted to each signal by itself."""
    told: Callable[[Any], Sequence[str]] = lambda options: ()
    """Of an oracle: from options to those of these arrays that it is told of each signal."""
