"""Results as Markdown: what README.md and docs hold of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tidemark.evaluation.comparison import Predictor
from tidemark.report import others
from tidemark.report.figures import numbers
from tidemark.report.page import overview, published, trained
from tidemark.report.page.paper import SCALE
from tidemark.report.page.results import Result
from tidemark.report.page.rivals import Rivals
from tidemark.report.table import table

WHOSE = {"authors": "published", "recipe": "recipe, measured"}
"""Where a score beside ours comes from, in a word."""
NOTHING = "Nothing is scored on several test sets yet; `tidemark repro` does so."


def summary(results: Iterable[Result], details: str) -> str:
    """One row a dataset, each with a link to its part of the file `details`."""
    rows = []
    for line in overview.lines(results):
        result, best = line.result, {"network": line.model, "classical": line.baseline}.get(line.ahead)
        link = f"[{result.name}]({details}#{anchor(_heading(result))})" + (
            " (made-up data)" * result.section.made_up
        )
        limit = numbers.value(result.headline(line.limit).value, result.view.headline) if line.limit else ""
        rows.append(
            [
                result.task, link, result.view.headline.label,
                *(_best(result, each, each == best) for each in (line.model, line.baseline)),
                limit, _times(line.times_limit), f"{line.ahead} {line.margin}".strip(),
            ]
        )  # fmt: skip
    header = [
        "task",
        "dataset",
        "metric",
        "best network [95 %]",
        "best classical method [95 %]",
        "limit",
        "× limit",
        "ahead",
    ]
    return table(header, rows, left=5)


def _best(result: Result, each: Predictor | None, ahead: bool) -> str:
    if each is None:
        return ""
    text = f"{each.label} {numbers.interval(result.headline(each), result.view.headline)}"
    return f"**{text}**" if ahead else text


def anchor(heading: str) -> str:
    """What a link to a heading ends with, as GitHub makes it."""
    return "".join(sign for sign in heading.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def _heading(result: Result) -> str:
    return f"{result.task}: {result.title}"


def details(results: Iterable[Result]) -> str:
    """All leaderboards with what there is to say of them, and all test sets."""
    parts = []
    for result in results:
        parts += [f"## {_heading(result)}", " ".join([*result.sentences, *result.section.notes])]
        parts.append(_leaderboard(result))
        if len(result.comparison.tests) > 1:
            parts += [f"Every test set, {_by_set(result)}:", _test_sets(result)]
        if result.rivals:
            parts += _rivals(result, result.rivals)
    return "\n\n".join(parts)


def _rivals(result: Result, found: Rivals) -> list[str]:
    """Other libraries' methods, each with its error over that of the best classical method here."""
    metric, higher = result.view.headline, result.comparison.better[result.comparison.headline] == "higher"
    label, own = found.baseline.removeprefix(f"{result.name}-"), found.against.value
    signals = "the same test signals"
    if found.windows < found.of:
        signals = f"{found.windows:,} of the {found.of:,} test signals"
    about = (
        f"Methods of other libraries on {signals}, options chosen on validation signals "
        f"(`benchmarks/rivals`); ours there: {label} {numbers.value(own, metric)}."
    )
    rows = []
    for each in found.rivals:
        value = each.score.value
        beside = numbers.signed(value - own) if higher else numbers.times(value / own) if own else ""
        score = numbers.interval(each.score, metric)
        rows.append(
            [each.name, f"{each.library} {each.version}", each.way, score, beside, f"{each.cpu_seconds:.0f}"]
        )
    beside = f"less {label}'s" if higher else f"× {label}"
    header = ["rival", "library", "way", f"{numbers.heading(metric)} [95 %]", beside, "CPU s with tuning"]
    return [about, table(header, rows, left=3)]


def _leaderboard(result: Result) -> str:
    headline, *metrics = result.metrics
    header = ["predictor", "kind", f"{numbers.heading(headline)} [95 %]", *map(numbers.heading, metrics)]
    header += ["× limit"] * result.has_ratios + ["parameters"]
    header += ["alone, µs", "one of many, µs"] * result.is_timed + ["trained on"]
    rows = []
    for each in result.comparison.predictors:
        scores = [numbers.value(each.score(metric.name).value, metric) for metric in metrics]
        ratio = [_times(each.times_limit.get("test", math.nan))] * result.has_ratios
        size = f"{each.parameters:,}" if each.kind == "model" else ""
        interval = numbers.interval(result.headline(each), headline)
        speed = [*map(numbers.microseconds, result.speed(each))] * result.is_timed
        about = trained.row(result, each)
        rows.append([_name(each, each.name), about.kind, interval, *scores, *ratio, size, *speed, about.text])
    return table(header, rows, left=2)


def _by_set(result: Result) -> str:
    metric = result.view.metric(result.view.by_set)
    return metric.label + (", and × limit in brackets" if result.has_ratios else "")


def _test_sets(result: Result) -> str:
    """One row for each predictor, one column for each test set."""
    metric, tests = result.view.metric(result.view.by_set), result.comparison.tests
    laws = [", ".join(filter(None, [test, result.section.law(test)])) for test in tests]
    rows = []
    for each in result.comparison.predictors:
        cells = []
        for test in tests:
            score = each.score(metric.name, test).value
            ratio = "" if each.kind == "limit" else _times(result.times_limit(each, metric.name, test))
            value = numbers.value(score, metric, 3) if math.isfinite(score) else ""
            cells.append(f"{value} ({ratio} ×)" if ratio else value)
        rows.append([_name(each, each.label), trained.kind(each), *cells])
    return table(["predictor", "kind", *laws], rows, left=2)


def compared(results: Iterable[Result]) -> str:
    """Of all datasets with several test sets or published scores: those beside ours, and at their size."""
    parts = []
    for result in results:
        lines, large = published.published(result), _at_paper_scale(result)
        further = others.parts(result)
        if len(result.comparison.tests) == 1 and not lines and not large and not further:
            continue
        parts.append(f"## {result.title}")
        if lines:
            source = result.section.published
            parts += [_sizes(result), _published(result, lines)]
            parts += [
                _published(result, published.published(result, name), name)
                for name in (source.also if source else ())
            ]
        parts += further
        if len(result.comparison.tests) > 1:
            scale = result.comparison.scale
            parts += [f"Every predictor at scale *{scale}*, {_by_set(result)}:", _test_sets(result)]
        if large:
            parts += [f"Run at scale *{SCALE}*, on signals that follow the dataset's own law:", large]
    return "\n\n".join(parts or [NOTHING])


def _sizes(result: Result) -> str:
    """Whether ours and the published scores can be compared."""
    section, scale = result.section, result.comparison.scale
    if section.published and section.published.source == "recipe":
        return (
            "**Measured by running the recipe**, not published: the authors printed no score. "
            f"{section.published.note}".strip()
        )
    ours = _samples(section.length)
    if scale == SCALE:
        return f"Ours is measured at the published size{ours}: like for like."
    theirs = _samples(section.published.length if section.published else None)
    return (
        f"**Not like for like**: ours is of the scale *{scale}*{ours}, the published figures are of the "
        f"published size (scale *{SCALE}*{theirs}). {result.view.unlike} "
        f"Where a predictor was run at the published size, the last two columns compare like for like."
    )


def _samples(length: int | None) -> str:
    return f", {length:,} samples a signal" if length else ""


def _published(result: Result, lines: Sequence[published.Line], name: str = "") -> str:
    """One row for each published number, in the main metric of these or in the one called `name`."""
    source = result.section.published
    metric = result.view.metric(name or (source.metric if source else result.comparison.headline))
    whose = WHOSE[source.source if source else "authors"]
    ours = f"ours, {result.comparison.scale} [95 %]"
    header = ["test set", "predictor", f"{metric.label}, {whose}", ours, "limit", "× limit"]
    header += ["ours, paper", "× limit"]
    rows = []
    for line in lines:
        limit = numbers.value(line.limit_value, metric, 3)
        rows.append(
            [
                line.test, _name(line.predictor, line.predictor.label),
                numbers.value(line.published, metric), numbers.interval(line.ours, metric),
                f"{limit} ({line.limit.label})" if line.limit else "", _times(line.times_limit),
                numbers.interval(line.paper, metric) if line.paper else "", _times(line.paper_times),
            ]
        )  # fmt: skip
    return table(header, rows, left=2)


def _at_paper_scale(result: Result) -> str:
    """One row for each predictor that was run at the published size; empty if none was, or all are."""
    predictors = [each for each in result.comparison.predictors if each.name in result.paper]
    if not predictors or result.comparison.scale == SCALE:
        return ""
    headline, *metrics = result.metrics
    header = [
        "predictor",
        "kind",
        f"{numbers.heading(headline)} [95 %]",
        *map(numbers.heading, metrics),
        "on",
    ]
    rows = []
    for each in predictors:
        large = result.paper[each.name]
        first = large.score(headline.name)
        cells = [numbers.interval(first, headline) if first else ""]
        for metric in metrics:
            score = large.score(metric.name)
            cells.append(numbers.value(score.value, metric) if score else "")
        rows.append([_name(each, each.label), trained.kind(each), *cells, large.device])
    return table(header, rows, left=2)


def _name(each: Predictor, shown: str) -> str:
    return f"**{shown}**" if each.is_network else shown


def _times(ratio: float) -> str:
    return numbers.times(ratio) if math.isfinite(ratio) else ""
