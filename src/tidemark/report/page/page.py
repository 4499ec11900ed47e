"""The report: one page with all tables and figures, readable without a network."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tidemark.evaluation.comparison import Predictor, Score
from tidemark.report.figures import axis as axes
from tidemark.report.figures import numbers
from tidemark.report.figures.axis import Axis
from tidemark.report.figures.view import Drawn
from tidemark.report.page import marks, overview, published, trained
from tidemark.report.page.pictures import picture
from tidemark.report.page.results import Result


@dataclass(frozen=True)
class Part:
    """One dataset, and what is drawn in its tables."""

    result: Result
    axis: Axis | None
    """Of the leaderboard's small plots."""
    floor: float | None
    """The error that no method can go below."""
    published: Sequence[published.Line]
    best: Mapping[str, str]
    """Of each test set the best network."""
    trained: Sequence[trained.Row]
    """What each predictor was learned from."""

    @property
    def key(self) -> str:
        """What links lead to."""
        return f"{self.result.task}-{self.result.name}"

    @property
    def axis_labels(self) -> Markup:
        """What is written on that axis."""
        return marks.labels(self.axis, self.result.view.error) if self.axis else Markup("interval")

    def plot(self, each: Predictor) -> Markup:
        """A predictor's score and its interval on the leaderboard's axis."""
        if self.axis is None:
            return Markup("")
        return marks.marks(
            self.axis, [(each.kind, self.result.headline(each), self.colour(each))], self.floor
        )

    def colour(self, each: Predictor) -> str:
        """A model's own; empty for others, whose kind decides."""
        return self.result.section.colours.get(each.name, "") if each.kind == "model" else ""

    def paper(self, each: Predictor) -> Score | None:
        """A predictor's score at the published size."""
        result = self.result.paper.get(each.name)
        return result.score(self.result.comparison.headline) if result else None

    @property
    def devices(self) -> list[str]:
        """What those with such a score were trained on."""
        known = [each.name for each in self.result.comparison.predictors if self.paper(each)]
        return sorted({self.result.paper[name].device for name in known})

    def figures(self, place: str) -> list[tuple[Drawn, Markup]]:
        """The figures of one place, with the elements that show them."""
        return [
            (figure, picture(self.result.folder, figure))
            for figure in self.result.section.figures
            if figure.place == place
        ]


def render(results: Sequence[Result]) -> str:
    """The page; `results` are sorted by task."""
    tasks = [[_part(each) for each in group] for _, group in groupby(results, key=lambda each: each.task)]
    lines = [(line, _glance(line)) for line in overview.lines(results)]
    scales = sorted({each.comparison.scale for each in results})
    environment = _environment()
    script = environment.get_template("page.js.jinja").render()
    return environment.get_template("page.html.jinja").render(
        tasks=tasks, lines=lines, scales=scales, script=Markup(script), policy=_policy(script)
    )


def _policy(script: str) -> str:
    """What a browser may do with the page: run this script and no other, and load nothing from anywhere.

    Figures come out of DVC's cache and are written into the page as they are: one could hold more.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _part(result: Result) -> Part:
    view, everyone = result.view, result.comparison.predictors
    scores = [result.headline(each) for each in everyone]
    limits = [result.headline(each) for each in result.comparison.of_kind("limit")]
    return Part(
        result=result,
        axis=axes.over(scores, view.better, view.negligible),
        floor=axes.floor(limits, scores, view.negligible),
        published=published.published(result),
        best=dict(published.best_models(result)),
        trained=trained.rows(result),
    )


def _glance(line: overview.Line) -> Markup:
    """The best network, the best classical method and the limit on an axis of their own."""
    result, view = line.result, line.result.view
    shown: list[marks.Mark] = [
        (each.kind, result.headline(each), "") for each in (line.limit, line.baseline, line.model) if each
    ]
    axis = axes.over([score for _, score, _ in shown], view.better, view.negligible)
    return marks.marks(axis, shown) if axis else Markup("")


def _exact(value: float) -> str:
    """For tables that are taken away: six digits, empty where there is no value."""
    return f"{value:.6g}" if math.isfinite(value) else ""


def _shown(value: float) -> str:
    """A number of a dataset's own table: counts as they are."""
    return f"{value:,}" if isinstance(value, int) else numbers.fixed(value, 2)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "value": numbers.value,
        "bounds": numbers.bounds,
        "heading": numbers.heading,
        "signed": numbers.signed,
        "times": numbers.times,
        "microseconds": numbers.microseconds,
        "exact": _exact,
        "shown": _shown,
    }
    environment.tests["finite"] = math.isfinite
    return environment
