"""The figures of a task that tells classes apart, as the page wants them: drawn where there is something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidemark.figures import (
    confusion,
    examples,
    kappa_curves,
    participants,
    reliability,
    spectrogram_grid,
    strip,
)
from tidemark.figures.activities import Activities
from tidemark.figures.gallery import Gallery
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row
from tidemark.figures.views import View

TEST = "test"
"""The test set that is shown."""
MOST_DAYS = 2
"""Participants whose days are shown."""
COLOURS = 128
"""Of a picture with many shades."""
Figures = list[dict[str, Any]]
GRIDS = {
    "first": "Spectrograms: the first windows of each class",
    "random": "Spectrograms: windows of each class drawn at random",
}


def wide(
    gallery: Gallery,
    name: str,
    found: Activities,
    rows: Sequence[Row],
    view: View,
    window: tuple[float, float] | None,
) -> Figures:
    """The figures as wide as the page.

    `window` is the length of one in seconds, and the highest frequency in hertz, where they are known.
    """
    classes = found.names(name, rows)
    drawn = [
        *_days(gallery, name, found, rows, view, classes),
        _confusions(gallery, name, found, rows, view, classes),
        *_spectrograms(gallery, name, found, window),
    ]
    return [figure for figure in drawn if figure]


def _days(
    gallery: Gallery,
    name: str,
    found: Activities,
    rows: Sequence[Row],
    view: View,
    classes: Sequence[str],
) -> list[dict[str, Any] | None]:
    """The first participants' days."""
    known = [row for row in rows if any(test == TEST for test, _ in found.strips.get(row.predictor, ()))]
    chosen = examples.chosen(known, view)
    days = dict.fromkeys(
        day for row, _ in chosen for test, day in found.strips[row.predictor] if test == TEST
    )
    drawn = []
    for number, day in enumerate(list(days)[:MOST_DAYS]):
        shown = [
            strip.Shown(row, role, found.strips[row.predictor][TEST, day])
            for row, role in chosen if (TEST, day) in found.strips[row.predictor]
        ]  # fmt: skip
        roles = ", ".join(f"{each.role} ({each.row.label})" for each in shown)
        told = (
            f"the annotated activity above, and below it what is made of it by {roles}: smoothed over "
            "time, and window by window. Small marks are windows that are wrong, the number on the right is "
            "the share that is right; where nothing is annotated, the strips are blank."
        )
        drawn.append(
            gallery.drawing(
                name,
                strip.figure(shown, classes),
                f"A day of {day}",
                f"as above, by {roles}." if number else told,
                f"day-{number + 1}",
            )
        )
    return drawn


def _confusions(
    gallery: Gallery,
    name: str,
    found: Activities,
    rows: Sequence[Row],
    view: View,
    classes: Sequence[str],
) -> dict[str, Any] | None:
    known = [row for row in rows if any(test == TEST for test, _ in found.confusions.get(row.predictor, ()))]
    shown = []
    for row, role in examples.chosen(known, view):
        every = found.confusions[row.predictor].items()
        matrices = {smoothed: each for (test, smoothed), each in every if test == TEST}
        shown.append(confusion.Shown(row, role, matrices))
    return gallery.drawing(
        name,
        confusion.figure(shown, classes),
        "What is taken for what",
        "of all test windows annotated as a class, the share that gets each answer, in per cent: a row sums "
        "to 100, what is right lies on the diagonal, and less than half a per cent is left out. Above each "
        "window by itself, below smoothed over time.",
        "confusion",
        192,  # fewer, and the few dots in the classes' colours would lose theirs to the cells
    )


def _spectrograms(
    gallery: Gallery, name: str, found: Activities, window: tuple[float, float] | None
) -> list[dict[str, Any] | None]:
    study = found.studies.get(name)
    if study is None or not study.examples:
        return []
    scale = spectrogram_grid.span(list(study.examples.values()))
    size = (
        f" Each is {window[0]:g} s from left to right and 0 to {window[1]:g} Hz from bottom to top."
        if window
        else ""
    )
    told = (
        "spectrograms of the length of the acceleration, one row a class, in decibels on one colour scale "
        f"for all, made without the lowest line, which is gravity.{size}"
    )
    known = {which: title for which, title in GRIDS.items() if which in study.examples}
    return [
        gallery.drawing(
            name,
            spectrogram_grid.figure(study.examples[which], study.classes, scale, window),
            title,
            told if place == 0 else "as above, of other windows.",
            f"spectrograms-{which}",
            COLOURS,
        )
        for place, (which, title) in enumerate(known.items())
    ]


def lines(gallery: Gallery, name: str, found: Activities, rows: Sequence[Row], colours: Colours) -> Figures:
    """The figures with a line, or dots, for each predictor."""
    people = {name: tests[TEST] for name, tests in found.participants.items() if TEST in tests}
    reliable = {name: tests[TEST] for name, tests in found.reliabilities.items() if TEST in tests}
    models = [row for row in rows if row.kind == "model"]
    drawn = [
        gallery.drawing(
            name,
            kappa_curves.figure(models, found.kappas, colours),
            "κ while training",
            "the κ of the validation windows, without smoothing, against training step; a ring marks the "
            "best.",
            "kappa",
        ),
        gallery.drawing(
            name,
            participants.figure(rows, people, colours),
            "From one participant to the next",
            "the κ of each test participant's own windows. Rings are without smoothing, dots with it, "
            f"upright marks medians.{_helped(rows, people)}",
            "participants",
        ),
        gallery.drawing(
            name,
            reliability.figure(rows, reliable, colours, reliability.CONFIDENCE),
            "Reliability of confidence",
            "how many answers are right among those given with about the same confidence, the probability of "
            "the answer. On the diagonal as many as were promised, above it more, below it fewer. Bands and "
            "upright lines are 95 % intervals.",
            "reliability",
        ),
    ]
    return [figure for figure in drawn if figure]


def _helped(rows: Sequence[Row], people: Mapping[str, participants.Participants]) -> str:
    """Of how many participants smoothing helps the best model."""
    for row in rows:
        if row.kind == "model" and row.predictor in people:
            better, changed = people[row.predictor].helped
            if changed:
                return f" Smoothing helps {row.label} with {better} of {changed}."
    return ""
