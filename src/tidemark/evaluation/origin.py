"""How predictors come by their answers: what they were told, fitted to or learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEARNED = "learned on many signals"
FITTED = "fitted to one signal"
TOLD = "told the law"


@dataclass(frozen=True)
class Training:
    """What a predictor was learned from."""

    signals: int
    """Different ones: those of the training split, or all that were drawn, step by step."""
    source: str = "stored"
    """`stored`: the training split's, again and again; `fresh`: drawn from the law for each step; or the name
    of what changes stored ones at each step."""
    steps: int = 0
    """Steps of gradient descent, each of `batch` signals; 0 where there were none."""
    batch: int = 0
    law: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Of the law's noise, and of what of the law was different in training: the values or ranges, one after
    another."""
    first: str = ""
    """The model that it goes on from."""
    settings: str = ""
    """A hash of all that decides the training: what was measured of another is not of this one."""


@dataclass(frozen=True)
class Origin:
    """What stands behind a predictor's answers."""

    way: str = FITTED
    """`LEARNED`, `FITTED` or `TOLD`."""
    neural: bool = False
    """Whether it is a neural network."""
    told: Sequence[str] = ()
    """Arrays of a split that a genie tells of each signal, beside the law of all."""
    bounds: Sequence[str] = ()
    """Of a limit, the metrics that it is one in."""
    sampling: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of a sampled limit, test set → metric → how far its value may be off for its finite number of draws."""
    training: Training | None = None


def read(content: Mapping[str, Any]) -> Origin:
    """An origin from plain values."""
    training = content.get("training")
    listed = {key: tuple(content.get(key, ())) for key in ("told", "bounds")}
    return Origin(**{**content, **listed, "training": Training(**training) if training else None})
