"""Small plots in tables: a score and its interval on an axis that others share."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

from tidemark.evaluation.comparison import Score
from tidemark.report.figures.axis import Axis

WIDTH, HEIGHT, MARGIN = 160, 22, 6
MIDDLE = HEIGHT // 2
Mark = tuple[str, Score, str]
"""A predictor's kind, its score, and its colour, empty where the kind decides."""


def marks(axis: Axis, shown: Iterable[Mark], floor: float | None = None) -> Markup:
    """Scores of one row, (kind, score, colour) each; what lies below `floor` is shaded."""
    ticks = "".join(f"M{_x(axis, tick):.1f} 0v{HEIGHT}" for tick in axis.ticks())
    parts = [f'<path class="tick" d="{ticks}"/>' if ticks else ""]
    if floor is not None:
        parts.insert(0, f'<path class="beyond" d="M0 0h{_x(axis, floor):.1f}v{HEIGHT}H0z"/>')
    parts += [_mark(axis, *mark) for mark in shown if math.isfinite(mark[1].value)]
    return _svg("interval", "".join(parts), 'aria-hidden="true"')


def labels(axis: Axis, name: str) -> Markup:
    """The heading of a column of such plots: what is written on their axis."""
    ticks = [(_x(axis, tick), axis.label(tick)) for tick in axis.ticks()]
    if axis.zero is not None:
        ticks.insert(0, (_x(axis, 0.0), "0"))
    texts = "".join(f'<text x="{x:.1f}" y="15">{text}</text>' for x, text in ticks)
    return _svg("interval axis", texts, f'role="img" aria-label="{axis.kind} axis of the {name}"')


def _mark(axis: Axis, kind: str, score: Score, colour: str) -> str:
    x, low, high = (_x(axis, value) for value in (score.value, score.low, score.high))
    parts = ""
    if math.isfinite(low) and math.isfinite(high):
        stroke = f' style="stroke:{colour}"' if colour else ""
        line = f"M{low:.1f} 7v8M{low:.1f} {MIDDLE}H{high:.1f}M{high:.1f} 7v8"
        parts = f'<path class="range {kind}"{stroke} d="{line}"/>'
    if kind == "model":
        return f'{parts}<circle cx="{x:.1f}" cy="{MIDDLE}" r="3.6" style="fill:{colour or "var(--accent)"}"/>'
    shape = {
        "limit": f"M{x - 4:.1f} {MIDDLE}l4-4 4 4-4 4z", "oracle": f"M{x:.1f} {MIDDLE - 4}l4 7h-8z",
    }.get(kind, f"M{x - 3:.1f} {MIDDLE - 3}h6v6h-6z")  # fmt: skip
    return f'{parts}<path class="hollow {kind}" d="{shape}"/>'


def _x(axis: Axis, value: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * axis.share(value)


def _svg(kind: str, content: str, attributes: str) -> Markup:
    return Markup(  # numbers and our own words only
        f'<svg class="{kind}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" {attributes}>'
        f"{content}</svg>"
    )
