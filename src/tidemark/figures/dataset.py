"""Everything that the report shows of one dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidemark.figures import (
    activity_drawings,
    activity_tables,
    examples,
    intervals,
    leaderboard,
    levels,
    pair_drawings,
    published,
    verdict,
)
from tidemark.figures.drawings import Drawing, TaskResults
from tidemark.figures.estimates import Example
from tidemark.figures.gallery import Gallery
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import Colours
from tidemark.figures.tables import Paper
from tidemark.figures.units import Units

MOST_SIGNALS = 3
"""Example signals shown of each dataset in the page."""
MOST_IN_PICTURE = 2
"""And in the picture beside it."""


@dataclass(frozen=True)
class Sizes:
    """How large things are, by dataset, where it is known."""

    cycle: Mapping[str, int] = field(default_factory=dict)
    """Samples in one cycle of the signal."""
    published: Mapping[str, int] = field(default_factory=dict)
    """Samples in a signal at the published size."""
    components: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Fewest and most components of a training signal."""
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Seconds in a window, and the highest frequency in it, hertz."""


def section(
    gallery: Gallery,
    task: TaskResults,
    name: str,
    units: Units,
    paper: Mapping[str, Paper],
    colours: Colours,
    sizes: Sizes,
) -> dict[str, Any]:
    """What the template needs of one dataset; its pictures are put into `gallery`."""
    view = task.view
    rows = [row for row in task.rows if row.dataset == name]
    scores = [row for row in task.scores if row.dataset == name]
    drawing = Drawing(gallery, name, task, rows, scores, units, colours)
    models = drawing.models
    baselines = [row for row in rows if row.kind == "baseline"]
    board = leaderboard.figure(rows, colours, view, units)
    if board is not None:
        gallery.picture(f"{name}-leaderboard", board)
    table = published.published(scores, name, view.better)
    known = [column.predictor for column in table.predictors] if table else []
    shown = [
        examples.Shown(row, role, [example.shown() for example in task.examples[row.predictor]])
        for row, role in examples.chosen(rows, view, known)
        if task.examples.get(row.predictor)
    ]
    signals = _signals(shown, scores)
    if signals:
        picture = examples.figure(shown, signals[:MOST_IN_PICTURE], colours, view, units)
        gallery.picture(f"{name}-examples", picture)
    above = {
        (row.predictor, metric.name): row.scores[metric.name].value - limit.scores[metric.name].value
        for limit in rows for row in rows if row.limit == limit.predictor != row.predictor
        for metric in view.metrics if metric.above_limit
    }  # fmt: skip
    roles = ", ".join(f"{each.role} ({each.row.label})" for each in shown)
    lengths = [len(each.position) for row in rows for each in task.examples.get(row.predictor, ())[:1]]
    pairs = pair_drawings.wide(gallery, name, task, rows, scores, known, colours)
    days = activity_drawings.wide(gallery, name, task.activities, rows, view, sizes.windows.get(name))
    study = task.activities.studies.get(name)
    return {
        "name": name,
        "key": f"{view.task}-{name}",
        "rows": rows,
        "best": models[0] if models else None,
        "baseline": baselines[0] if baselines else None,
        "verdicts": (
            verdict.sentences(rows, scores, view, task.speeds) if view.networks_against_baselines else []
        ),
        "notes": study.sentences if study else [],
        "scale": intervals.scale(rows, view),
        "floor": intervals.floor(rows, view.negligible),
        "limits": sorted({row.limit_label for row in rows} - {""}),
        "paper": {
            row.predictor: (found, paper[row.predictor].device)
            for row in rows if row.predictor in paper
            for found in [paper[row.predictor].score(view.headline.name)] if found
        },
        "colours": {row.predictor: colours.of(row.label, row.kind) for row in rows},
        "units": units,
        "gaps": any(np.isnan(_given(each.signals[signal])).any() for each in shown for signal in signals),
        "above": {place: value for place, value in above.items() if np.isfinite(value)},
        "published": table,
        "at_paper_scale": {
            (line.test, cell.predictor): found
            for line in (table.lines if table else []) for cell in [line.raw, *line.cells] if cell
            for found in [published.at_paper_scale(cell, line.test, paper)] if found is not None
        },
        "complete": published.complete(
            scores, name, [row.predictor for row in rows], view.by_set, view.better
        ),
        "length": lengths[0] if lengths else None,
        "published_length": sizes.published.get(name),
        "examples": [
            gallery.drawing(name, examples.figure(shown, [signal], colours, view, units), title,
                            f"{title} as seen by {roles}")
            for signal in signals for title in [_title(shown[0].signals, signal)]
        ],
        "figures": drawing.lines(sizes.components.get(name)),
        "wide": pairs + days + drawing.maps(sizes.cycle.get(name, 0)),
        "tables": activity_tables.tables(name, task.activities, rows, view, colours),
        "animation": drawing.moving(),
    }  # fmt: skip


def _given(example: Example) -> Any:
    return example.given[: example.start or len(example.given)]


def _signals(shown: Sequence[examples.Shown], scores: Sequence[SetScore]) -> list[int]:
    """Which examples to show: the first few, or of several test sets one each of the hardest.

    Hardest are the noisiest; one of them gives way to the set with the most components.
    """
    count = min((len(each.signals) for each in shown), default=0)
    tests = [example.test for example in shown[0].signals[:count]] if shown else []
    if len(set(tests)) <= 1:
        return list(range(min(MOST_SIGNALS, count)))
    noise = {row.test: row.noise_std for row in scores if row.noise_std > 0}
    components = {row.test: levels.COMPONENTS.of(row) for row in scores if row.components > 0}
    others = {*tests} - {tests[0]}
    richest = sorted(others & {*components}, key=lambda test: -components[test])[:1]
    noisiest = sorted(others - {*richest}, key=lambda test: (-noise.get(test, 0.0), test))
    picked = [tests[0], *noisiest[: MOST_SIGNALS - 1 - len(richest)], *richest]
    return [tests.index(test) for test in sorted(picked, key=lambda test: noise.get(test, 0.0))]


def _title(signals: Sequence[Example], signal: int) -> str:
    several = len({example.test for example in signals}) > 1
    return f"Test set: {signals[signal].test}" if several else f"Test signal {signal + 1}"
