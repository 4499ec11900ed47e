"""Published scores beside ours and the limit's, and all scores by test set, as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from tidemark.core.store import read_json
from tidemark.figures import published, set_scores
from tidemark.figures.lengths import lengths
from tidemark.figures.published import RAW, Table
from tidemark.figures.set_scores import SetScore
from tidemark.figures.tables import Paper, Score, leaderboard, paper
from tidemark.figures.views import View, view_of
from tidemark.pipeline.listing import LEADERBOARDS, METRICS

NOTHING = "Nothing has been compared on several test sets yet; `tidemark repro` does so."
PAPER = "paper"
"""The scale of the published sizes."""


def tables(folder: Path) -> str:
    """The tables of all datasets with several test sets of the pipeline in `folder`."""
    parts = []
    for path in sorted((folder / LEADERBOARDS).glob("*/tests.csv")):
        view, scores = view_of(path.parent.name), set_scores.read(path)
        order = [row.predictor for row in leaderboard(path.with_name("leaderboard.csv"), view)]
        for dataset in dict.fromkeys(row.dataset for row in scores):
            everyone = published.complete(scores, dataset, order, view.by_set, better=view.better)
            if everyone is not None:
                parts += _dataset(view, dataset, scores, everyone, folder)
    return "\n\n".join(parts or [NOTHING])


def _dataset(
    view: View, dataset: str, scores: Sequence[SetScore], everyone: Table, folder: Path
) -> list[str]:
    scale = str(read_json(folder / METRICS / f"{everyone.predictors[0].predictor}.json")["scale"])
    large = paper(folder / METRICS / PAPER)
    parts = [f"## {dataset}"]
    table = published.published(scores, dataset, view.better)
    if table is not None:
        parts += [_sizes(view, dataset, scale, folder), _published(table, view, scale, large)]
    parts += [
        f"Every predictor, {view.metric(view.by_set).label} at scale *{scale}*:",
        _complete(everyone),
    ]
    kept = [column for column in everyone.predictors if column.predictor in large]
    if kept and scale != PAPER:
        parts += [
            f"Run at scale *{PAPER}*, on signals that follow the dataset's own law:",
            _kept(kept, view, large),
        ]
    return parts


def _sizes(view: View, dataset: str, scale: str, folder: Path) -> str:
    """Whether ours and the published figures can be compared."""
    ours, theirs = (_samples(dataset, each, folder) for each in (scale, PAPER))
    if scale == PAPER:
        return f"Ours is measured at the published size{ours}: like for like."
    return (
        f"**Not like for like**: ours is of the scale *{scale}*{ours}, the published figures are of the "
        f"published size (scale *{PAPER}*{theirs}). {view.unlike} "
        f"Where a predictor was run at the published size, the last two columns compare like for like."
    )


def _samples(dataset: str, scale: str, folder: Path) -> str:
    found = lengths(folder / "params.yaml", scale).get(dataset)
    return f", {found:,} samples a signal" if found else ""


def _published(table: Table, view: View, scale: str, large: Mapping[str, Paper]) -> str:
    """One row for each published number."""
    printed = f"{view.metric(table.metric).label}, published"
    lines = [
        f"| test set | predictor | {printed} | ours, {scale} [95 %] | limit | × limit "
        "| ours, paper | × limit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in table.lines:
        for cell in [line.raw, *line.cells]:
            if cell is None or math.isnan(cell.published):
                continue
            found = published.at_paper_scale(cell, line.test, large)
            at_size = [_interval(found[0]), _times(found[1])] if found else ["", ""]
            name = "noisy input" if cell.label == RAW else f"**{cell.label}**"
            limit = f"{_number(cell.limit_value)} ({cell.limit_label})" if cell.limit else ""
            row = [line.test, name, f"{cell.published:.4g}", _interval(cell.score), limit]
            lines.append(f"| {' | '.join([*row, _times(cell.times_limit), *at_size])} |")
    return "\n".join(lines)


def _complete(table: Table) -> str:
    """One row for each predictor, one column for each test set; × limit in brackets."""
    tests = [f"{line.test}, {line.law}" if line.law else line.test for line in table.lines]
    lines = [f"| predictor | kind | {' | '.join(tests)} |", "|---|---|" + "---|" * len(tests)]
    for place, column in enumerate(table.predictors):
        cells = []
        for line in table.lines:
            cell = line.cells[place]
            ratio = "" if cell is None or cell.kind == "limit" else _times(cell.times_limit)
            value = "" if cell is None else _number(cell.score.value)
            cells.append(f"{value} ({ratio} ×)" if ratio else value)
        lines.append(f"| {_name(column)} | {column.kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _kept(predictors: Sequence[SetScore], view: View, large: Mapping[str, Paper]) -> str:
    """One row for each predictor that was run at the published size, one column for each metric."""
    headline, *others = view.metrics
    headings = [f"{headline.heading} [95 %]", *(metric.heading for metric in others)]
    lines = [
        f"| predictor | kind | {' | '.join(headings)} | on |",
        "|---|---|" + "---|" * (len(headings) + 1),
    ]
    for row in predictors:
        found = large[row.predictor]
        first, *rest = [found.score(metric.name) for metric in view.metrics]
        cells = [
            _interval(first) if first else "",
            *(_number(score.value) if score else "" for score in rest),
        ]
        lines.append(f"| {' | '.join([_name(row), row.kind, *cells, found.device])} |")
    return "\n".join(lines)


def _name(column: SetScore) -> str:
    return f"**{column.label}**" if column.kind == "model" else column.label


def _interval(score: Score) -> str:
    return f"{_number(score.value)} [{_number(score.low)}, {_number(score.high)}]"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3g}"


def _times(ratio: float) -> str:
    return "" if math.isnan(ratio) else f"{ratio:.2f}" if ratio < 99.5 else f"{ratio:,.0f}"
