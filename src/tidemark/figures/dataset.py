"""Everything that the report shows of one dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidemark.core.store import Array
from tidemark.figures import (
    animation,
    attention,
    contours,
    curves,
    examples,
    leaderboard,
    noise_levels,
    position,
    published,
    scatter,
)
from tidemark.figures.gallery import Gallery
from tidemark.figures.intervals import Scale, floor
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import AS_GOOD_AS_ZERO, Colours
from tidemark.figures.tables import Curve, Example, Learning, Paper, Row
from tidemark.figures.units import Units

MOST_SIGNALS = 3
"""Example signals shown of each dataset in the page."""
MOST_IN_PICTURE = 2
"""And in the picture beside it."""
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

    name: str
    rows: Sequence[Row]
    positions: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    curves: Mapping[tuple[str, str], Curve] = field(default_factory=dict)
    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    learnings: Mapping[str, Learning | None] = field(default_factory=dict)
    scores: Sequence[SetScore] = ()
    """Of datasets with several test sets."""


@dataclass(frozen=True)
class Sizes:
    """How large things are, by dataset, where it is known."""

    cycle: Mapping[str, int] = field(default_factory=dict)
    """Samples in one cycle of the signal."""
    published: Mapping[str, int] = field(default_factory=dict)
    """Samples in a signal at the published size."""


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
    rows = [row for row in task.rows if row.dataset == name]
    scores = [row for row in task.scores if row.dataset == name]
    models = [row for row in rows if row.kind == "model"]
    baselines = [row for row in rows if row.kind == "baseline"]
    board = leaderboard.figure(rows, colours, units)
    if board is not None:
        gallery.picture(f"{name}-leaderboard", board)
    table = published.published(scores, name)
    known = [column.predictor for column in table.predictors] if table else []
    shown = _shown(rows, task.examples, known)
    signals = _signals(shown, scores)
    if signals:
        picture = examples.figure(shown, signals[:MOST_IN_PICTURE], colours, units)
        gallery.picture(f"{name}-examples", picture)
    roles = ", ".join(f"{each.role} ({each.row.label})" for each in shown)
    lengths = [len(each.position) for row in rows for each in task.examples.get(row.predictor, ())[:1]]
    return {
        "name": name,
        "key": f"{task.name}-{name}",
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
        "published": table,
        "at_paper_scale": {
            (line.test, cell.predictor): found
            for line in (table.lines if table else []) for cell in [line.raw, *line.cells] if cell
            for found in [published.at_paper_scale(cell, line.test, paper)] if found is not None
        },
        "complete": published.complete(scores, name, [row.predictor for row in rows]),
        "length": lengths[0] if lengths else None,
        "published_length": sizes.published.get(name),
        "examples": [
            gallery.drawing(name, examples.figure(shown, [signal], colours, units), title,
                            f"{title} as seen by {roles}")
            for signal in signals for title in [_title(shown[0].signals, signal)]
        ],
        "figures": _lines(gallery, name, rows, scores, task, units, colours),
        "wide": [figure for figure in (
            _contours(gallery, name, models, task.examples, scores, sizes.cycle.get(name, 0), colours),
            _attention(gallery, name, models, task.learnings, colours),
        ) if figure],
        "animation": _animation(gallery, models, task.learnings, name, units, colours),
    }  # fmt: skip


def _lines(
    gallery: Gallery,
    name: str,
    rows: Sequence[Row],
    scores: Sequence[SetScore],
    task: TaskResults,
    units: Units,
    colours: Colours,
) -> list[dict[str, Any]]:
    """The figures with a line, or a point, for each predictor."""
    below = ", and no method can reach the shaded area." if floor(rows) else "."
    largest = max((row.l1.value for row in rows if row.l1.value > 0), default=0.0)
    if zero := [row.label for row in rows if row.l1.value <= AS_GOOD_AS_ZERO * largest]:
        below += f" Below the axis, with no error to speak of: {', '.join(zero)}."
    models = [row for row in rows if row.kind == "model"]
    few, shown, coloured = list(rows), "", ""
    if len(models) > MANY:
        references = [row for row in rows if row.kind == "baseline"][:BEST_BASELINES]
        references += [row for row in rows if row.kind == "limit"]
        few = [row for row in rows if row in models[:BEST] or row in references]
        shown = f" Of {len(models)} models the best {BEST} are shown, and of the baselines {BEST_BASELINES}."
        coloured = f" Of {len(models)} models the best {BEST} are in colour."
        colours = colours.only(row.label for row in models[:BEST])
    drawn = [
        gallery.drawing(
            name,
            scatter.figure(rows, colours, units),
            "How far from the best any method could do",
            "L1 error against number of parameters; dashed lines are baselines and limits" + below + coloured,
        ),
        gallery.drawing(
            name,
            noise_levels.figure(scores, colours),
            "Error by noise level",
            "MSE against the noise's standard deviation; coloured lines are the best models, those "
            "without dots limits, dashed ones baselines. The dotted line marks the noise of the training "
            "signals.",
            "noise",
        ),
        gallery.drawing(
            name,
            position.figure(few, task.positions, colours, units),
            "Error by position",
            "L1 error at each place in the signal; bold lines are models, dashed ones baselines and limits."
            + shown,
        ),
        gallery.drawing(
            name,
            curves.figure(models, task.curves, colours),
            "Learning curves",
            "loss against training step; bold lines are the validation loss, thin ones the training loss."
            + coloured,
        ),
    ]
    return [figure for figure in drawn if figure]


def _shown(
    rows: Sequence[Row], found: Mapping[str, Sequence[Example]], known: Sequence[str]
) -> list[examples.Shown]:
    return [
        examples.Shown(row, role, [example.first(examples.SAMPLES) for example in found[row.predictor]])
        for row, role in examples.chosen(rows, known)
        if found.get(row.predictor)
    ]


def _signals(shown: Sequence[examples.Shown], scores: Sequence[SetScore]) -> list[int]:
    """Which examples to show: the first few, or of several test sets one each of the noisiest."""
    count = min((len(each.signals) for each in shown), default=0)
    tests = [example.test for example in shown[0].signals[:count]] if shown else []
    if len(set(tests)) <= 1:
        return list(range(min(MOST_SIGNALS, count)))
    noise = {row.test: row.noise_std for row in scores if row.noise_std > 0}
    noisiest = sorted({*tests} - {tests[0]}, key=lambda test: (-noise.get(test, 0.0), test))
    picked = [tests[0], *noisiest[: MOST_SIGNALS - 1]]
    return [tests.index(test) for test in sorted(picked, key=lambda test: noise.get(test, 0.0))]


def _title(signals: Sequence[Example], signal: int) -> str:
    several = len({example.test for example in signals}) > 1
    return f"Test set: {signals[signal].test}" if several else f"Test signal {signal + 1}"


def _contours(
    gallery: Gallery, name: str, models: Sequence[Row], found: Mapping[str, Sequence[Example]],
    scores: Sequence[SetScore], cycle: int, colours: Colours,
) -> dict[str, Any] | None:  # fmt: skip
    """Maps of one signal, of the test set with the next stronger noise than training's, if there is one."""
    noise = {row.test: row.noise_std for row in scores}
    stronger = [(level, test) for test, level in noise.items() if level > noise.get("test", np.inf)]
    test = min(stronger)[1] if stronger else "test"
    shown = [
        (row, next(example for example in found[row.predictor] if example.test == test))
        for row in models if any(example.test == test for example in found.get(row.predictor, ()))
    ]  # fmt: skip
    text = (
        f"a signal of the test set {test} cut into its cycles, which lie side by side; one colour scale "
        "for all, over the clean signal's range."
    )
    figure = contours.figure(shown, cycle, colours)
    return gallery.drawing(name, figure, "Cycle by cycle", text, "contours", 128)


def _attention(
    gallery: Gallery, name: str, models: Sequence[Row], found: Mapping[str, Learning | None], colours: Colours
) -> dict[str, Any] | None:
    kept = [(row, each) for row in models for each in [found.get(row.predictor)] if each is not None]
    text = (
        "attention on a validation signal, in multiples of what looking everywhere alike would give, on a "
        "logarithmic colour scale. A row says where one output looks: along the signal (temporal), or "
        "along its spectrum (spectral)."
    )
    return gallery.drawing(
        name, attention.figure(kept, colours), "Where attention looks", text, "attention", 128
    )


def _animation(
    gallery: Gallery, models: Sequence[Row], found: Mapping[str, Learning | None], name: str, units: Units,
    colours: Colours,
) -> dict[str, Any] | None:  # fmt: skip
    learnings = [
        (row, kept.first(examples.SAMPLES))
        for row in models for kept in [found.get(row.predictor)] if kept is not None
    ][: BEST_MOVING if len(models) > MANY else animation.MOST]  # fmt: skip
    images = animation.frames(learnings, colours, units)
    if not images:
        return None
    names = [row.label for row, _ in learnings]
    return gallery.animation(f"{name}-learning", images) | {"models": names}
