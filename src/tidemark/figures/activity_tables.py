"""Scores of the best predictors by class and by participant, as the template wants them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tidemark.figures import examples
from tidemark.figures.activities import Activities
from tidemark.figures.activity_drawings import TEST
from tidemark.figures.class_scores import ClassScore
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row
from tidemark.figures.views import View

Line = tuple[str, int, Sequence[Sequence[float]]]
"""A name, its windows, and the scores of each predictor."""
Told = Sequence[tuple[Row, str]]
"""The predictors, and why they are shown."""


def tables(
    name: str, found: Activities, rows: Sequence[Row], view: View, colours: Colours
) -> list[dict[str, Any]]:
    """Those tables of one dataset that there is something for."""
    chosen = examples.chosen(rows, view)
    made = [_by_class(name, found, chosen, colours), _by_participant(found, chosen, colours)]
    return [table for table in made if table]


def _by_class(name: str, found: Activities, chosen: Told, colours: Colours) -> dict[str, Any] | None:
    told = [each for each in chosen if (TEST, False) in found.classes.get(each[0].predictor, ())]
    plain = [found.classes[row.predictor][TEST, False] for row, _ in told]
    smooth = [found.classes[row.predictor].get((TEST, True), {}) for row, _ in told]
    lines: list[Line] = []
    for label in found.names(name, [row for row, _ in told]):
        known = [each[label] for each in plain if label in each]
        if known:
            scores = [
                _scores(own.get(label), other.get(label)) for own, other in zip(plain, smooth, strict=True)
            ]
            lines.append((label, known[0].windows, scores))
    if not lines:
        return None
    return {
        "title": "By class",
        "about": "Precision is the share of a class's answers that are right, recall the share of its "
        "windows that are found, F1 their harmonic mean.",
        "first": "Class",
        "columns": ["Precision", "Recall", "F1", "F1, smoothed"],
        "groups": _groups(told, colours),
        "lines": lines,
    }


def _scores(plain: ClassScore | None, smooth: ClassScore | None) -> list[float]:
    own = [plain.precision, plain.recall, plain.f1] if plain else [math.nan] * 3
    return [*own, smooth.f1 if smooth else math.nan]


def _by_participant(found: Activities, chosen: Told, colours: Colours) -> dict[str, Any] | None:
    told = [each for each in chosen if TEST in found.participants.get(each[0].predictor, ())]
    people = [found.participants[row.predictor][TEST] for row, _ in told]
    lines: list[Line] = []
    for label in dict.fromkeys(name for each in people for name in each.names):
        scores, windows = [], 0
        for each in people:
            if label not in each.names:
                scores.append([math.nan] * 4)
                continue
            place = each.names.index(label)
            columns = (each.kappa, each.smoothed_kappa, each.balanced_accuracy, each.macro_f1)
            scores.append([float(column[place]) for column in columns])
            windows = int(each.windows[place])
        lines.append((label, windows, scores))
    if not lines:
        return None
    return {
        "title": "By test participant",
        "about": "Of one participant's windows each; κ says nothing (–) of somebody who does but one thing.",
        "first": "Participant",
        "columns": ["κ", "κ, smoothed", "Balanced accuracy", "Macro F1"],
        "groups": _groups(told, colours),
        "lines": lines,
    }


def _groups(told: Told, colours: Colours) -> list[dict[str, str]]:
    return [
        {"label": row.label, "role": role, "kind": row.kind, "colour": colours.of(row.label, row.kind)}
        for row, role in told
    ]
