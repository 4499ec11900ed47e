"""What is known of others' runs on one dataset, as pipelines/<task>/published.yaml has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tidemark.core.frozen import Frozen


class Positions(Frozen):
    """The error that ranks at the beginning of signals, between, and at their end."""

    ends: Annotated[int, Field(ge=1)]
    """Samples of a beginning or an end."""
    errors: Mapping[str, tuple[float, float, float]]
    """By label of a predictor."""


class Elsewhere(Frozen):
    """One method's score on other data than those here."""

    method: str
    value: float | None = None
    """None where nothing was printed."""
    interval: tuple[float, float] | None = None
    others: Mapping[str, float] = {}
    """Further metrics."""
    ours: str
    """Label of the predictor here that is most like it …"""
    metric: str
    """… and the metric of ours that is like the value."""


class OtherData(Frozen):
    """Scores on data that were not run here."""

    data: str
    setting: str
    scores: tuple[Elsewhere, ...]


class Artefact(Frozen):
    """A published score that says more of how it was counted than of the method."""

    predictor: str
    """Label of ours that is like it."""
    metric: str
    value: float
    about: str
    """How it was counted."""
    test: str
    """Test set of ours at scale paper that is counted in the same way …"""
    alone: str
    """… that of the artefact alone …"""
    without: str
    """… and that of all else."""


class Published(Frozen):
    """Of one dataset."""

    metric: str
    scores: Mapping[str, Mapping[str, float]] = {}
    """Label of a predictor → test set → value."""
    length: int | None = None
    """Samples of a signal at the published size."""
    source: Literal["authors", "recipe"] = "authors"
    """Whether authors printed the scores, or they were measured by running what authors describe."""
    note: str = ""
    """A sentence on how they came about."""
    also: Mapping[str, Mapping[str, Mapping[str, float]]] = {}
    """The same in further metrics."""
    positions: Positions | None = None
    elsewhere: OtherData | None = None
    artefacts: tuple[Artefact, ...] = ()
