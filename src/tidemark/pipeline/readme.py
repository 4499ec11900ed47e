"""The results in README.md and docs/published.md, written from the comparison tables and never by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import replacing
from tidemark.figures.tables import Row
from tidemark.figures.views import Metric
from tidemark.pipeline import published
from tidemark.pipeline.listing import Comparison, comparisons, interval, times

MOST = 12
"""Predictors of one dataset in a table, besides its limits; the others are named below it."""
README = Path("README.md")
PUBLISHED = Path("docs/published.md")


def results(folder: Path) -> str:
    """Markdown tables of all leaderboards of the pipeline in `folder`, by task and dataset."""
    return "\n\n".join(
        f"**{each.view.task}: {each.dataset}**\n\n{_table(each)}" for each in comparisons(folder)
    )


def _table(each: Comparison) -> str:
    headline, *metrics = each.metrics
    labels = [f"{headline.label} [95 %]", *(metric.label for metric in metrics)]
    labels += ["× limit", "parameters"] if each.view.limits else ["parameters"]
    lines = [f"| predictor | kind | {' | '.join(labels)} |", "|---|---|" + "---|" * len(labels)]
    others = [row for row in each.rows if row.kind != "limit"][MOST:]
    for row in each.rows:
        if row in others:
            continue
        size = f"{row.parameters:,}" if row.kind == "model" else ""
        values = [_value(row.scores[metric.name].value, metric) for metric in metrics]
        cells = [_name(row), row.kind, interval(row.score), *values]
        cells += [times(row), size] if each.view.limits else [size]
        lines.append(f"| {' | '.join(cells)} |")
    if others:
        named = ", ".join(f"{_name(row)} {row.score.value:.4g}" for row in others)
        lines.append(f"\nAfter these, by {headline.label}: {named}.")
    if each.sentences:
        lines.append(f"\n{' '.join(each.sentences)}")
    return "\n".join(lines)


def _value(value: float, metric: Metric) -> str:
    if math.isnan(value):
        return ""
    text = f"{value:.3g}" if metric.digits is None else f"{value:.{metric.digits}f}"
    return f"{text} {metric.unit}".rstrip()


def _name(row: Row) -> str:
    return f"**{row.predictor}**" if row.kind == "model" else row.predictor


def with_results(text: str, folder: Path) -> str:
    """README.md's `text` with its results replaced; raises `InputError` if it has no place for them."""
    return _between(text, "results", results(folder), README)


def with_published(text: str, folder: Path) -> str:
    """The same for docs/published.md."""
    return _between(text, "published", published.tables(folder), PUBLISHED)


def _between(text: str, name: str, content: str, path: Path) -> str:
    """`text` with what is between its two markers replaced."""
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise InputError(f"{path}: no {opening} … {closing} to write the results between; add both lines")
    return f"{before}{opening}\n{content}\n{closing}{after}"


def update(folder: Path) -> None:
    """Rewrite the results in the README and the docs of the pipeline in `folder`."""
    files: list[tuple[Path, Callable[[str, Path], str]]] = [
        (README, with_results),
        (PUBLISHED, with_published),
    ]
    for file, filled in files:
        path = folder / file
        if not path.exists():
            raise InputError(f"{path}: no such file; run this in the folder of a tidemark pipeline")
        text = filled(path.read_text(encoding="utf-8"), folder)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
