"""Others' runs as Markdown where they are no scores on our test sets: by position, elsewhere, artefacts."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd

from tidemark.evaluation.comparison import Score
from tidemark.report.figures import numbers
from tidemark.report.figures.published import Artefact, OtherData, Positions, Published
from tidemark.report.figures.view import Metric
from tidemark.report.page.paper import AS_PUBLISHED
from tidemark.report.page.results import Result
from tidemark.report.table import table

POSITIONS = "position.csv"
"""Errors by position, in the folder of a dataset's pictures."""


def parts(result: Result) -> list[str]:
    """Paragraphs and tables; empty where nothing is known of others' runs."""
    source = result.section.published
    if source is None:
        return []
    found = _positions(result, source.positions) if source.positions else []
    found += _elsewhere(result, source.elsewhere, source.metric) if source.elsewhere else []
    found += [line for each in source.artefacts if (line := _artefact(result, each))]
    return found + _to_the_letter(result, source)


def _positions(result: Result, known: Positions) -> list[str]:
    metric = result.view.metric(result.comparison.headline)
    places = [f"first {known.ends}", "between", f"last {known.ends}"]
    header = ["predictor", *(f"{place}, {whose}" for place in places for whose in ("recipe", "ours"))]
    path = result.folder / POSITIONS
    errors = pd.read_csv(path).groupby("predictor")[metric.name] if path.exists() else None
    rows = []
    for each in result.comparison.predictors:
        if each.label not in known.errors:
            continue
        own = [math.nan] * 3
        if errors is not None:
            values = errors.get_group(each.name).to_numpy()
            split = np.split(values, [known.ends, len(values) - known.ends])
            own = [float(part.mean()) for part in split]
        pairs = zip(known.errors[each.label], own, strict=True)
        rows.append([f"**{each.label}**", *(_value(value, metric) for pair in pairs for value in pair)])
    return [f"{metric.label} by position, of the samples at the ends of a signal and of those between:",
            table(header, rows)]  # fmt: skip


def _elsewhere(result: Result, known: OtherData, metric: str) -> list[str]:
    """Published scores on other data beside ours, with the sentence that they cannot be compared."""
    view = result.view
    own = "made-up recordings" if result.section.made_up else "other recordings"
    about = (
        f"**tidemark was not run on {known.data}.** The published scores are of {known.setting}; ours, "
        f"on the right, are of {own} at scale *{result.comparison.scale}*, and say nothing of "
        "how it would do there."
    )
    further = list(dict.fromkeys(name for each in known.scores for name in each.others))
    header = ["published method", "ours that is like it", f"{view.metric(metric).label}, published [95 %]"]
    header += [f"{view.metric(name).label}, published" for name in further]
    header += [f"{view.metric(metric).label} of ours, on {own} [95 %]"]
    rows = []
    for each in known.scores:
        theirs = "" if each.value is None else _value(each.value, view.metric(metric))
        if each.value is not None and each.interval:
            theirs = numbers.interval(Score(each.value, *each.interval), view.metric(metric))
        others = [_value(each.others.get(name, math.nan), view.metric(name)) for name in further]
        ours = next((p for p in result.comparison.predictors if p.label == each.ours), None)
        label = f"{each.ours}{'' if each.metric == metric else ', smoothed'}"
        here = ours.score(each.metric) if ours else None
        mine = numbers.interval(here, view.metric(metric)) if here and math.isfinite(here.value) else ""
        rows.append([each.method, label, theirs, *others, mine])
    return [about, table(header, rows, left=2)]


def _artefact(result: Result, known: Artefact) -> str:
    """A published score beside ours counted in the same way, and in two parts; empty if none is kept."""
    ours = result.paper.get(f"{result.comparison.dataset}-{known.predictor}")
    tests = (known.test, known.alone, known.without)
    scores = [score for test in tests if ours and (score := ours.score(known.metric, test))]
    if len(scores) < len(tests):
        return ""
    metric = result.view.metric(known.metric)
    whole, alone, without = (numbers.interval(score, metric) for score in scores)
    return (
        f"**{known.predictor}**, {metric.label}: published {_value(known.value, metric)}, an artefact. "
        f"{known.about} Ours, trained at scale *paper* without it, then for some steps with it as published: "
        f"{whole}; of that, the artefact alone: {alone}; all else: {without}."
    )


def _to_the_letter(result: Result, source: Published) -> list[str]:
    """Networks trained as their authors say, beside what those printed and what our training gives."""
    metric = result.view.metric(source.metric)
    predictors = [each for each in result.comparison.predictors if each.name in result.paper]
    rows = []
    for test, each in product(result.comparison.tests, predictors):
        scores = (result.paper[each.name].score(metric.name, name) for name in (AS_PUBLISHED + test, test))
        letter, trained = (score and numbers.interval(score, metric) for score in scores)
        if letter:
            theirs = source.scores.get(each.label, {}).get(test, math.nan)
            rows.append([test, f"**{each.label}**", _value(theirs, metric), letter, trained or ""])
    if not rows:
        return []
    about = (
        "**Trained to the letter of the report** at its size: its optimizer, learning rate, batches and "
        "passes over the stored signals, random first weights, no clipping; beside it our own training:"
    )
    header = ["test set", "predictor", f"{metric.label}, published", "trained as published [95 %]"]
    return [about, table([*header, "our training, paper [95 %]"], rows, left=2)]


def _value(value: float, metric: Metric) -> str:
    return numbers.value(value, metric) if math.isfinite(value) else ""
