"""Losses and validation scores of all models of a dataset while they are trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array, read_json
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures import reading
from tidemark.report.figures.labels import Label, gathered, label_right, margin_for
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import logarithmic, positive_range, sized

SPLITS = ("train", "validation")
LATER = 0.85
"""Share of the losses, the lowest, that a linear axis holds."""

Tables = Mapping[str, pd.DataFrame]
"""By model: step, train, validation and, of a task that has one, the score of validation predictions."""
Stages = Mapping[str, Sequence[tuple[int, str]]]
"""By model: first step of each stage of its curriculum, and what of the dataset's law differs in it."""


def read(results: Results) -> dict[str, pd.DataFrame]:
    """The curves of every model."""
    columns: dict[str, type] = {"step": int, **dict.fromkeys(SPLITS, float)}
    paths = {each.name: results.learning(each).with_name("curve.csv") for each in results.models}
    return {name: reading.table(path, columns, others=float) for name, path in paths.items() if path.exists()}


def curricula(results: Results) -> dict[str, list[tuple[int, str]]]:
    """The curricula of those models that have one; the whole law, which may come last, is empty."""
    stages: dict[str, list[tuple[int, str]]] = {}
    for each in results.models:
        path = results.learning(each).with_name("training.json")
        training = read_json(path).get("training", {}) if path.exists() else {}
        step = 0
        for stage in training.get("curriculum", ()):
            law = ", ".join(f"{key.replace('_', ' ')} {_text(value)}" for key, value in stage["law"].items())
            stages.setdefault(each.name, []).append((step, law))
            step += stage["steps"]
        if 0 < step < training.get("steps", 0):
            stages[each.name].append((step, ""))
    return stages


def _text(value: object) -> str:
    return "–".join(map(_text, value)) if isinstance(value, list) else str(value)


def draw(results: Results) -> Iterator[Picture]:
    """The picture of the losses, if something was trained, and one of each score."""
    tables, stages = read(results), curricula(results)
    if (drawn := figure(results, tables, stages)) is not None:
        about = "loss against training step; bold lines are the validation loss, thin ones the training loss."
        about += results.few.coloured + _about(results, stages)
        yield Picture("curves", drawn, "Learning curves", about)
    known = (score for table in tables.values() for score in table.columns.drop(["step", *SPLITS]))
    for score in dict.fromkeys(known):
        if (drawn := score_figure(results, tables, score)) is not None:
            label = results.view.metric(score).label
            about = f"the {label} of the validation data against training step; a ring marks the best."
            yield Picture(score, drawn, f"{label} while training", about)


def figure(results: Results, tables: Tables, stages: Stages) -> Figure | None:
    """Loss against step, both logarithmic; validation bold, training thin. None if there is none.

    A loss that falls below zero, as a negative log-likelihood may, has a linear axis, which cuts the
    beginning. Upright lines in a model's colour say where the stages of its curriculum begin.
    """
    models = [each for each in results.models if each.name in tables]
    losses = [tables[each.name][[*SPLITS]].to_numpy().ravel() for each in models]
    values = np.concatenate([np.empty(0), *losses])
    below = bool((values < 0).any())
    span = _linear(values) if below else positive_range(values, margin=1.1)
    if span is None or (drawn := _axes(models, tables, span)) is None:
        return None
    result, axes = drawn
    if not below:
        logarithmic(axes, "y")
    labels: list[Label] = []
    for each in models:
        colour, step = results.few.colours.of(each), tables[each.name]["step"].to_numpy()
        for start, _ in stages.get(each.name, ())[1:]:
            axes.axvline(start, color=colour, linewidth=0.9, linestyle=(0, (3, 2)), alpha=0.8, zorder=1)
        for split, width, alpha, order in [("train", 0.8, 0.45, 2), ("validation", 1.9, 1.0, 3)]:
            loss = tables[each.name][split].to_numpy()
            shown = (step > 0) & np.isfinite(loss) & (below | (loss > 0))
            axes.plot(step[shown], loss[shown], color=colour, linewidth=width, alpha=alpha,
                      zorder=order)  # fmt: skip
            if shown.any() and split == "validation":
                last = (float(step[shown][-1]), float(loss[shown][-1]))
                axes.plot(*last, marker="o", markersize=4, color=colour, zorder=4, clip_on=False)
                labels.append(_lead(axes, last, each, colour))
    axes.set_ylabel("loss")
    label_right(axes, gathered(labels))
    return result


def score_figure(results: Results, tables: Tables, score: str) -> Figure | None:
    """A score of at most 1 against step; a ring marks the best. None if there is none."""
    scored = {name: table.dropna(subset=[score]) for name, table in tables.items() if score in table}
    models = [each for each in results.models if len(scored.get(each.name, ()))]
    lowest = min((float(table[score].min()) for table in scored.values() if len(table)), default=0.0)
    if (drawn := _axes(models, scored, (min(lowest, 0.0) - 0.01, 1.0))) is None:
        return None
    result, axes = drawn
    labels: list[Label] = []
    for each in models:
        colour = results.few.colours.of(each)
        step, values = (scored[each.name][name].to_numpy(dtype=float) for name in ("step", score))
        axes.plot(step[step > 0], values[step > 0], color=colour, linewidth=1.9, zorder=3)
        best = int(np.argmax(values))
        axes.plot(step[best], values[best], marker="o", markersize=6, markerfacecolor="none",
                  markeredgewidth=1.4, color=colour, zorder=4, clip_on=False)  # fmt: skip
        labels.append(_lead(axes, (float(step[-1]), float(values[-1])), each, colour))
    axes.set_ylabel(f"{results.view.metric(score).label} of the validation data")
    label_right(axes, gathered(labels))
    return result


def _axes(
    models: Sequence[Predictor], tables: Tables, span: tuple[float, float]
) -> tuple[Figure, Axes] | None:
    """A figure with a logarithmic axis of steps, for values within `span`; none without a step."""
    steps = positive_range((float(v) for each in models for v in tables[each.name]["step"]), margin=1.0)
    if steps is None:
        return None
    result, [[axes]] = sized(4.9, 3.4, (0.72, margin_for(models), 0.45, 0.12))
    axes.set_ylim(span)
    axes.set_xlim(steps[0], max(steps[1], steps[0] + 1))
    logarithmic(axes, "x")
    axes.set_xlabel("training step")
    axes.grid(axis="y")
    return result, axes


def _lead(axes: Axes, last: tuple[float, float], model: Predictor, colour: str) -> Label:
    """The label of a curve, and a dotted line that leads there from its end."""
    axes.plot([last[0], axes.get_xlim()[1]], [last[1]] * 2, color=colour, linewidth=0.7,
              linestyle=(0, (1, 2)), zorder=1)  # fmt: skip
    return last[1], model.label, colour


def _linear(values: Array) -> tuple[float, float]:
    """Ends of a linear axis that holds the later part of losses, of which the first may be enormous."""
    low, high = float(np.nanmin(values)), float(np.nanquantile(values, LATER))
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def _about(results: Results, stages: Stages) -> str:
    """What the upright lines mean; empty without a curriculum."""
    parts = [
        f"{results.comparison[name].label}: "
        + ", ".join(f"from step {step:,} {law or 'the whole law'}" for step, law in own)
        for name, own in stages.items()
    ]
    return f" Upright lines: a stage of a curriculum begins ({'; '.join(parts)})." if parts else ""
