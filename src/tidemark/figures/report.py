"""The report: one page with all tables and figures, and the figures as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.figures import animation, curves, encoding, examples, leaderboard, position, scatter
from tidemark.figures.intervals import Scale, floor
from tidemark.figures.style import AS_GOOD_AS_ZERO, Colours, fixed, number
from tidemark.figures.tables import Curve, Example, Learning, Paper, Row
from tidemark.figures.units import Units

MOST_SIGNALS = 3
"""Example signals shown of each dataset in the page."""
MOST_IN_PICTURE = 2
"""And in the picture beside it."""


@dataclass(frozen=True)
class TaskResults:
    """What is known of one task; everything but `rows` may be empty."""

    name: str
    rows: Sequence[Row]
    positions: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    curves: Mapping[tuple[str, str], Curve] = field(default_factory=dict)
    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    learnings: Mapping[str, Learning | None] = field(default_factory=dict)


@dataclass
class Report:
    """The page, and by file name the pictures beside it."""

    page: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    animations: dict[str, bytes] = field(default_factory=dict)
    drawings: int = 0
    """Figures in the page so far: begins the ids of the next one."""


def build(
    tasks: Sequence[TaskResults], units: Mapping[str, Units], paper: Mapping[str, Paper], scale: str
) -> Report:
    """Draw everything; `units` by dataset (generated ones may be left out), `scale` as in params.yaml."""
    colours = Colours(row.label for task in tasks for row in task.rows if row.kind == "model")
    report = Report()
    sections = []
    for task in tasks:
        names = sorted({row.dataset for row in task.rows}, key=[row.dataset for row in task.rows].index)
        datasets = [_dataset(report, task, name, units.get(name, Units()), paper, colours) for name in names]
        sections.append({"name": task.name, "datasets": datasets})
    report.page = _environment().get_template("report.html.jinja").render(tasks=sections, scale=scale)
    return report


def _dataset(
    report: Report, task: TaskResults, name: str, units: Units, paper: Mapping[str, Paper], colours: Colours
) -> dict[str, Any]:
    """What the template needs of one dataset; its pictures are put into `report`."""
    rows = [row for row in task.rows if row.dataset == name]
    key = f"{task.name}-{name}"
    models = [row for row in rows if row.kind == "model"]
    baselines = [row for row in rows if row.kind == "baseline"]

    def drawn(figure: Figure | None, title: str, text: str) -> dict[str, Any] | None:
        if figure is None:
            return None
        report.drawings += 1
        content = encoding.svg(figure, f"f{report.drawings}", f"{name}: {text}")
        return {"svg": Markup(content), "title": title, "text": text}

    board = leaderboard.figure(rows, colours, units)
    if board is not None:
        report.pictures[f"{name}-leaderboard.png"] = encoding.png(board)
    shown = _shown(rows, task.examples)
    signals = list(range(min([MOST_SIGNALS, *(len(each.signals) for each in shown)])) if shown else [])
    if signals:
        report.pictures[f"{name}-examples.png"] = encoding.png(
            examples.figure(shown, signals[:MOST_IN_PICTURE], colours, units)
        )
    below = ", and no method can reach the shaded area." if floor(rows) else "."
    largest = max((row.l1.value for row in rows if row.l1.value > 0), default=0.0)
    if zero := [row.label for row in rows if row.l1.value <= AS_GOOD_AS_ZERO * largest]:
        below += f" Below the axis, with no error to speak of: {', '.join(zero)}."
    roles = ", ".join(f"{each.role} ({each.row.label})" for each in shown)
    return {
        "name": name,
        "key": key,
        "rows": rows,
        "best": models[0] if models else None,
        "baseline": baselines[0] if baselines else None,
        "scale": Scale.over(rows),
        "floor": floor(rows),
        "limits": sorted({row.limit_label for row in rows} - {""}),
        "paper": {row.predictor: paper[row.predictor] for row in rows if row.predictor in paper},
        "colours": {row.predictor: colours.of(row.label, row.kind) for row in rows},
        "units": units,
        "gaps": any(np.isnan(each.signals[signal].noisy).any() for each in shown for signal in signals),
        "examples": [
            drawn(examples.figure(shown, [signal], colours, units),
                  f"Test signal {signal + 1}", f"test signal {signal + 1} as seen by {roles}")
            for signal in signals
        ],
        "figures": [figure for figure in (
            drawn(scatter.figure(rows, colours, units), "How far from the best any method could do",
                  "L1 error against number of parameters; dashed lines are baselines and limits" + below),
            drawn(position.figure(rows, task.positions, colours, units), "Error by position",
                  "L1 error at each place in the signal; bold lines are models, dashed ones "
                  "baselines and limits."),
            drawn(curves.figure(models, task.curves, colours), "Learning curves",
                  "loss against training step; bold lines are the validation loss, thin ones the "
                  "training loss."),
        ) if figure],
        "animation": _animation(report, models, task.learnings, name, units, colours),
    }  # fmt: skip


def _shown(rows: Sequence[Row], found: Mapping[str, Sequence[Example]]) -> list[examples.Shown]:
    return [
        examples.Shown(row, role, found[row.predictor])
        for row, role in examples.chosen(rows)
        if found.get(row.predictor)
    ]


def _animation(
    report: Report, models: Sequence[Row], found: Mapping[str, Learning | None], name: str, units: Units,
    colours: Colours,
) -> dict[str, Any] | None:  # fmt: skip
    learnings = [(row, kept) for row in models for kept in [found.get(row.predictor)] if kept is not None]
    images = animation.frames(learnings, colours, units)
    if not images:
        return None
    moving = report.animations[f"{name}-learning.gif"] = encoding.gif(images, milliseconds=125, hold=2000)
    return {
        "moving": encoding.data_url(moving, "gif"),
        "still": encoding.data_url(encoding.image_bytes(images[-1]), "png"),
        "width": images[-1].width,
        "height": images[-1].height,
        "models": [row.label for row, _ in learnings[: animation.MOST]],
    }


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    environment.filters["fixed"] = fixed
    return environment
