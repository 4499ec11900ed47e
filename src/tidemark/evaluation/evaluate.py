"""Several predictors scored on one dataset, with the details behind their scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.limit import Answers, Best
from tidemark.core.replacing import replacing
from tidemark.core.scoring import Predict, Scoring
from tidemark.core.store import Array, DatasetInfo, Split, plain, write_json, write_table
from tidemark.core.task import Task
from tidemark.evaluation.bootstrap import Estimate, estimate
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.origin import Origin

COLUMNS = ("predictor", "kind", "causal", "parameters", "test", "metric", "value", "low", "high", "seeds")
"""Of `scores.csv`: one row a predictor, test set and metric; `seeds` are the trainings that a value is of."""


@dataclass(frozen=True)
class Candidate:
    """A predictor to be scored."""

    name: str
    kind: str
    """model, baseline, oracle or limit."""
    causal: bool
    """Whether a prediction uses the past and present only."""
    parameters: int
    predict: Predict
    others: Sequence[Predict] = ()
    """The same trained from other seeds."""
    answers: Callable[[Split, str], Answers] | None = None
    """Of a limit: the best answers for each metric, of which `predict` gives the first."""
    origin: Origin = field(default_factory=Origin)


def evaluate(
    candidates: Iterable[Candidate], dataset: Path, info: DatasetInfo, entry: EvaluationEntry, folder: Path
) -> None:
    """Score each candidate on the test sets in folder `dataset`; write `folder`, whole or not at all.

    It holds `scores.csv`, `origins.json` (how each comes by its answers), `seeds.json` (of what was trained
    more than once), `dataset.json` (what the dataset is, test sets included), `scoring.json` (which metric
    ranks, which values are better, which examples were asked for by their indices), and a folder of details
    for each predictor. Raises `InputError` where a
    prediction is none, or the headline has no value.
    """
    scoring = Task(info.task).scoring.of(info)
    rows: list[tuple[object, ...]] = []
    spreads: dict[str, dict[str, dict[str, object]]] = {}
    origins: dict[str, object] = {}
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for each in candidates:
            predictions = scoring.collect(each.predict, dataset, info)
            others = [scoring.collect(predict, dataset, info).values for predict in each.others]
            origin = each.origin
            for test, values in predictions.values.items():
                split = predictions.splits[test]
                trainings = [values, *(other[test] for other in others)]
                found = scores(scoring, trainings, split, entry)
                if each.answers is not None:
                    best = each.answers(split, test)
                    found |= best_scores(scoring, best.best, values, split, entry)
                    errors = sampling_errors(
                        scoring, best, {key: one.value for key, one in found.items()}, split
                    )
                    origin = replace(
                        origin, bounds=list(best.best), sampling={**origin.sampling, test: errors}
                    )
                for metric, score in found.items():
                    bounds = (score.value, score.low, score.high, len(trainings))
                    rows.append((each.name, each.kind, each.causal, each.parameters, test, metric, *bounds))
                    if others:
                        spread = {"values": score.by_training, "interval": score.of_one}
                        spreads.setdefault(each.name, {}).setdefault(test, {})[metric] = spread
            origins[each.name] = asdict(origin)
            tables = {name: table(predictions, entry) for name, table in scoring.tables.items()}
            for name, made in (tables | dict(predictions.tables)).items():
                write_table(temporary / each.name / name, made.header, made.rows)
        pd.DataFrame(rows, columns=COLUMNS).to_csv(temporary / "scores.csv", index=False)
        write_json(temporary / "origins.json", origins)
        if spreads:
            write_json(temporary / "seeds.json", spreads)
        write_json(temporary / "dataset.json", plain(info))
        chosen = {"examples": examples} if (examples := entry.chosen(info.name)) else {}
        ranks = {"headline": scoring.headline, "better": dict(scoring.better)}
        write_json(temporary / "scoring.json", ranks | chosen)


def scores(
    scoring: Scoring, trainings: Sequence[Array], split: Split, entry: EvaluationEntry
) -> dict[str, Estimate]:
    """Every metric of the task: of one prediction, or of those of several trainings, as the task shapes them.

    A metric without a value there is left out; raises `InputError` if that is the headline.
    """
    result: dict[str, Estimate] = {}
    sums = [scoring.sums(values, split) for values in trainings]
    for name in sums[0]:
        parts, positive = [each[name] for each in sums], scoring.better.get(name) == "lower"
        found = estimate(parts, partial(scoring.metric, name), positive, **entry.resampling)
        if not math.isnan(found.value):
            result[name] = found
    if scoring.headline not in result:
        raise InputError(
            f"{scoring.headline} has no value on a test set whose targets are all alike or missing; "
            "expected ones that differ: choose other data for testing"
        )
    return result


def best_scores(
    scoring: Scoring, best: Best, shown: Array, split: Split, entry: EvaluationEntry
) -> dict[str, Estimate]:
    """Scores of a limit in those metrics whose best answers are not what is `shown`."""
    result: dict[str, Estimate] = {}
    for metric, array in best.items():
        if array is not shown and metric not in result:
            alike = [name for name, other in best.items() if other is array]
            found = scores(scoring, [array], split, entry)
            result |= {name: found[name] for name in alike if name in found}
    return result


def sampling_errors(
    scoring: Scoring, answers: Answers, values: dict[str, float], split: Split
) -> dict[str, float]:
    """How far a sampled limit's `values`, by metric, may be off; empty where it is computed exactly.

    Of an average of n draws an error e(n) = b + c / n: by how much the halves' are larger is c / n. To this
    is added, as independent, by how much their mean is off by chance: half of their difference, if there are
    two.
    """
    halves = [_values(scoring, half, split) for half in answers.halves]
    result: dict[str, float] = {}
    for metric, value in values.items() if halves else ():
        if metric in answers.best:
            own = [half[metric] for half in halves]
            chance = (max(own) - min(own)) / 2
            result[metric] = math.hypot(sum(own) / len(own) - value, chance)
    return result


def _values(scoring: Scoring, best: Best, split: Split) -> dict[str, float]:
    sums = {id(array): scoring.sums(array, split) for array in best.values()}
    return {
        metric: float(scoring.metric(metric, *(part.sum(0) for part in sums[id(array)][metric])))
        for metric, array in best.items()
        if metric in sums[id(array)]
    }
