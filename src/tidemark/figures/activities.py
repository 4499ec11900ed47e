"""All that the report reads of a task that tells classes of windows apart, beside its comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tidemark.core.store import Array
from tidemark.figures import class_scores, confusion, kappa_curves, participants, reliability, strip, studies
from tidemark.figures.class_scores import ClassScore
from tidemark.figures.confusion import Confusions
from tidemark.figures.participants import Participants
from tidemark.figures.reliability import Reliability
from tidemark.figures.strip import Strip
from tidemark.figures.studies import Study
from tidemark.figures.tables import Row

Found = TypeVar("Found")


@dataclass(frozen=True)
class Activities:
    """By predictor, but for studies; anything may be empty."""

    studies: Mapping[str, Study] = field(default_factory=dict)
    """By dataset."""
    confusions: Mapping[str, Confusions] = field(default_factory=dict)
    classes: Mapping[str, Mapping[tuple[str, bool], Mapping[str, ClassScore]]] = field(default_factory=dict)
    """By predictor, then by test set without and with smoothing, then by class."""
    participants: Mapping[str, Mapping[str, Participants]] = field(default_factory=dict)
    """By predictor and test set; so is what follows."""
    reliabilities: Mapping[str, Mapping[str, Reliability]] = field(default_factory=dict)
    strips: Mapping[str, Mapping[tuple[str, str], Strip]] = field(default_factory=dict)
    """By predictor, then by test set and participant."""
    kappas: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    """Step and validation κ."""

    def names(self, dataset: str, rows: Sequence[Row]) -> list[str]:
        """The classes of a dataset: as its study numbers them, then those that only `rows` speak of."""
        study = self.studies.get(dataset)
        known = list(study.classes) if study else []
        met: set[str] = set()
        for predictor in [row.predictor for row in rows]:
            for matrix in self.confusions.get(predictor, {}).values():
                met |= {*matrix.classes}
            for scores in self.classes.get(predictor, {}).values():
                met |= {*scores}
            for day in self.strips.get(predictor, {}).values():
                met |= day.classes
        return [*known, *sorted(met - {*known})]


def read(rows: Sequence[Row], details: Path, curves: Path) -> Activities:
    """From the folder of details by predictor and by study, and from the table of curves.

    Raises `InputError` naming what cannot be read.
    """

    def each(read: Callable[[Path], Mapping[Any, Found]], file: str) -> dict[str, Mapping[Any, Found]]:
        found = {row.predictor: read(details / row.predictor / file) for row in rows}
        return {name: value for name, value in found.items() if value}

    known = {name: studies.read(details / name) for name in dict.fromkeys(row.dataset for row in rows)}
    return Activities(
        studies={name: study for name, study in known.items() if study},
        confusions=each(confusion.read, "confusion.csv"),
        classes=each(class_scores.read, "classes.csv"),
        participants=each(participants.read, "participants.csv"),
        reliabilities=each(reliability.read, "reliability.csv"),
        strips=each(strip.read, "strip.csv"),
        kappas=kappa_curves.read(curves),
    )
