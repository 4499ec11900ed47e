"""The figures of one dataset, as the page wants them: drawn where there is something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidemark.core.store import Array
from tidemark.figures import (
    activity_drawings,
    animation,
    attention,
    contours,
    curves,
    levels,
    pair_drawings,
    position,
    scatter,
)
from tidemark.figures.activities import Activities
from tidemark.figures.estimates import Example, Learning
from tidemark.figures.gallery import Gallery
from tidemark.figures.inferred import Inferred
from tidemark.figures.intervals import floor
from tidemark.figures.looked_at import Looks
from tidemark.figures.projection import Projection
from tidemark.figures.reach import reach
from tidemark.figures.reliability import Reliability
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import Colours
from tidemark.figures.tables import CurriculumStage, Curve, Row
from tidemark.figures.units import Units
from tidemark.figures.views import View

MANY = 8
"""A dataset with more models shows but the best of them where a figure has a line or a panel for each."""
BEST = 5
"""That many in lines."""
BEST_BASELINES = 3
BEST_MOVING = 4
"""And in the animation."""


@dataclass(frozen=True)
class TaskResults:
    """What is known of one task; everything but `rows` may be empty."""

    view: View
    rows: Sequence[Row]
    positions: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    curves: Mapping[tuple[str, str], Curve] = field(default_factory=dict)
    stages: Mapping[str, Sequence[CurriculumStage]] = field(default_factory=dict)
    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    learnings: Mapping[str, Learning | None] = field(default_factory=dict)
    scores: Sequence[SetScore] = ()
    """Of datasets with several test sets."""
    speeds: Mapping[str, float] = field(default_factory=dict)
    """Microseconds an estimate takes, by predictor."""
    inferred: Mapping[str, Sequence[Inferred]] = field(default_factory=dict)
    """In place of `examples`, of a task whose signals are pairs; so is all that follows."""
    reliabilities: Mapping[str, Mapping[str, Reliability]] = field(default_factory=dict)
    """By predictor and test set."""
    looks: Mapping[str, Looks] = field(default_factory=dict)
    projections: Mapping[str, Projection] = field(default_factory=dict)
    """By the name of their file."""
    activities: Activities = field(default_factory=Activities)
    """Of a task that tells classes of windows apart."""


@dataclass(frozen=True)
class Drawing:
    """One dataset, what is known of it, and what all its figures share."""

    gallery: Gallery
    name: str
    task: TaskResults
    rows: Sequence[Row]
    """Of this dataset, best first; so are `scores`."""
    scores: Sequence[SetScore]
    units: Units
    colours: Colours

    @property
    def models(self) -> list[Row]:
        """The models among the rows."""
        return [row for row in self.rows if row.kind == "model"]

    def lines(self, trained: tuple[float, float] | None) -> list[dict[str, Any]]:
        """The figures with a line, or a point, for each predictor.

        `trained` is the range of the number of components in the training signals.
        """
        view, rows, models, colours = self.task.view, self.rows, self.models, self.colours
        below = ", and no method can reach the shaded area." if floor(rows, view.negligible) else "."
        below += reach(rows, view).text
        few, shown, coloured = list(rows), "", ""
        if len(models) > MANY:
            references = [row for row in rows if row.kind == "baseline"][:BEST_BASELINES]
            references += [row for row in rows if row.kind == "limit"]
            few = [row for row in rows if row in models[:BEST] or row in references]
            best = f" Of {len(models)} models the best {BEST} are"
            shown, coloured = f"{best} shown, and of the baselines {BEST_BASELINES}.", f"{best} in colour."
            colours = colours.only(row.label for row in models[:BEST])
        told = "coloured lines are the best models, those without dots limits, dashed ones baselines."
        drawn = [
            self.gallery.drawing(
                self.name,
                scatter.figure(rows, colours, view, self.units),
                "How far from the best any method could do",
                f"{view.error} against number of parameters; dashed lines are baselines and limits"
                + below
                + coloured,
            ),
            self.gallery.drawing(
                self.name,
                levels.figure(self.scores, levels.NOISE, self.colours, view),
                "Error by noise level",
                f"MSE against the noise's standard deviation; {told}"
                + levels.marks(self.scores, levels.NOISE, view, "the noise of the training signals"),
                "noise",
            ),
            self.gallery.drawing(
                self.name,
                levels.figure(self.scores, levels.COMPONENTS, self.colours, view, trained),
                "Error by number of components",
                f"MSE against the number of components of a signal; {told}"
                + levels.marks(self.scores, levels.COMPONENTS, view, "that of the training signals", trained),
                "components",
            ),
            self.gallery.drawing(
                self.name,
                position.figure(few, self.task.positions, colours, view, self.units),
                view.by_position,
                f"{view.error} {view.places}; bold lines are models, dashed ones baselines and limits."
                + shown,
            ),
            pair_drawings.reliability_of(
                self.gallery, self.name, few, self.task.reliabilities, colours, shown
            ),
            self.gallery.drawing(
                self.name,
                curves.figure(models, self.task.curves, colours, self.task.stages),
                "Learning curves",
                "loss against training step; bold lines are the validation loss, thin ones the training loss."
                + coloured
                + curves.curricula(models, self.task.stages),
            ),
            *activity_drawings.lines(self.gallery, self.name, self.task.activities, few, colours),
        ]
        return [figure for figure in drawn if figure]

    def maps(self, cycle: int) -> list[dict[str, Any]]:
        """The figures with a map for each model; `cycle` is in samples, 0 where there is none."""
        return [figure for figure in (self._contours(cycle), self._attention()) if figure]

    def _contours(self, cycle: int) -> dict[str, Any] | None:
        """Of one signal, of the test set with the next stronger noise than training's, if there is one."""
        noise = {row.test: row.noise_std for row in self.scores}
        stronger = [(level, test) for test, level in noise.items() if level > noise.get("test", np.inf)]
        test = min(stronger)[1] if stronger else "test"
        shown = [
            (row, example)
            for row in self.models
            for found in [[each for each in self.task.examples.get(row.predictor, ()) if each.test == test]]
            for example in found[:1]
        ]
        text = (
            f"a signal of the test set {test} cut into its cycles, which lie side by side; one colour scale "
            "for all, over the clean signal's range."
        )
        figure = contours.figure(shown, cycle, self.colours)
        return self.gallery.drawing(self.name, figure, "Cycle by cycle", text, "contours", 128)

    def _attention(self) -> dict[str, Any] | None:
        found = [(row, self.task.learnings.get(row.predictor)) for row in self.models]
        figure = attention.figure([(row, kept) for row, kept in found if kept is not None], self.colours)
        text = (
            "attention on a validation signal, in multiples of what looking everywhere alike would give, on "
            "a logarithmic colour scale. A row says where one output looks: along the signal (temporal), or "
            "along its spectrum (spectral)."
        )
        return self.gallery.drawing(self.name, figure, "Where attention looks", text, "attention", 128)

    def moving(self) -> dict[str, Any] | None:
        """The animation of a signal's estimate while models train."""
        found = [(row, self.task.learnings.get(row.predictor)) for row in self.models]
        most = BEST_MOVING if len(self.models) > MANY else animation.MOST
        learnings = [(row, kept.shown()) for row, kept in found if kept is not None][:most]
        images = animation.frames(learnings, self.colours, self.units)
        if not images:
            return None
        names = [row.label for row, _ in learnings]
        return self.gallery.animation(f"{self.name}-learning", images) | {"models": names}
