"""Whether a network learns sooner, and better, that begins with its output equal to its input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from tidemark.core.store import Array, read_json
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures import curves
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.signals import learned
from tidemark.report.figures.style import logarithmic, sized

CHOICE = "initialisation"
"""The hyperparameter in which two models of a pair differ."""
ALIKE = 0.05
"""Two losses closer than this share of the larger one are called about the same."""
DIGITS = 3
"""Of the numbers in sentences."""
SIZE = (3.6, 2.6)
"""Of a panel with its margins, inches."""


@dataclass(frozen=True)
class Training:
    """How one model of a pair learnt."""

    model: Predictor
    step: Array
    """Of snapshots, from 0, before any training: (snapshots,)."""
    first: Array
    """Mean absolute error of the first validation signal at each snapshot, (snapshots,)."""
    curve: pd.DataFrame
    """step, train, validation: losses."""

    def loss(self, row: int) -> float:
        """Validation loss at a row of the curve."""
        return float(self.curve["validation"].iloc[row])


Pair = tuple[Training, Training]
"""Begun as the identity; the same model begun at random."""


def pairs(results: Results) -> list[Pair]:
    """Models that differ in nothing but how their weights begin, and of which both runs are there."""
    entries = {each.name: _entry(results, each) for each in results.models}
    trainings = {name: own for name, own in ((e.name, _training(results, e)) for e in results.models) if own}
    result = []
    for name, (chosen, rest) in entries.items():
        partners = [other for other, own in entries.items() if own == ("random", rest)]
        if chosen == "identity" and name in trainings:
            result += [(trainings[name], trainings[other]) for other in partners if other in trainings]
    return result


def _entry(results: Results, model: Predictor) -> tuple[str, Any]:
    """How a model begins, and everything else of its entry."""
    path = results.learning(model).with_name("training.json")
    entry = read_json(path) if path.exists() else {}
    hyperparameters = dict(entry.get("hyperparameters", {}))
    return hyperparameters.pop(CHOICE, "random"), entry | {"hyperparameters": hyperparameters}


def _training(results: Results, model: Predictor) -> Training | None:
    folder = results.learning(model)
    tables = curves.read(results)
    found = learned(folder, results.view.arrays, follows=False)
    if found is None or model.name not in tables:
        return None
    return Training(
        model, found.step, np.nanmean(np.abs(found.prediction - found.target), axis=1), tables[model.name]
    )


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if there is such a pair."""
    if found := pairs(results):
        yield Picture(
            CHOICE,
            figure(results, found),
            "Beginning as the identity",
            "the same networks, their weights drawn at random (dashed) or set so that the first estimate is "
            "the input (solid). Thin: error of one validation signal, from before the first step, which "
            "stands at 1; thick: loss of all validation signals.",
            "wide",
        )


def figure(results: Results, found: Sequence[Pair]) -> Figure:
    """A panel for each pair: errors against the training step plus one, both logarithmic."""
    result, [line] = sized(
        0.6 + SIZE[0] * len(found), SIZE[1], (0.6, 0.1, 0.45, 0.26), columns=len(found), gap=(0.25, 0)
    )
    for axes, pair in zip(line, found, strict=True):
        for training, style in zip(pair, ("-", (0, (3, 1.5))), strict=True):
            colour = results.colours.of(training.model)
            axes.plot(
                training.step + 1, training.first, color=colour, linewidth=0.8, alpha=0.7, linestyle=style
            )
            axes.plot(
                training.curve["step"] + 1, training.curve["validation"], color=colour, linewidth=2,
                linestyle=style, label=training.model.label,
            )  # fmt: skip
        axes.legend(frameon=False, fontsize=8, loc="upper right", handlelength=2.6)
        axes.set_xlabel("training step + 1")
        axes.grid(axis="y")
    for axis in ("x", "y"):
        logarithmic(line[0], axis)
    line[0].set_ylabel("L1")
    return result


def notes(results: Results) -> Iterator[str]:
    """What the runs say, in a sentence for each pair."""
    for identity, drawn in pairs(results):
        step = int(identity.curve["step"].iloc[0])
        starts = [number(each.first[0], DIGITS) for each in (identity, drawn)]
        soon, best = _compared(identity.loss(0), drawn.loss(0)), _compared(_least(identity), _least(drawn))
        yield (
            f"Begun as the identity, {drawn.model.label} starts with an error of {starts[0]} on a validation "
            f"signal, drawn at random with {starts[1]}; after {step} steps its validation loss is {soon}, at "
            f"best {best} (one training of each)."
        )


def _least(training: Training) -> float:
    return float(training.curve["validation"].min())


def _compared(value: float, other: float) -> str:
    """`lower (0.1 against 0.2)`."""
    if abs(value - other) <= ALIKE * max(value, other):
        word = "about the same"
    else:
        word = "lower" if value < other else "higher"
    return f"{word} ({number(value, DIGITS)} against {number(other, DIGITS)})"
