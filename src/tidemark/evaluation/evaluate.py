"""Several predictors scored on one dataset, with the details behind their scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split, plain, replacing, write_json, write_table
from tidemark.core.task import Predict, Scoring, Task
from tidemark.evaluation.bootstrap import Estimate, estimate
from tidemark.evaluation.entry import EvaluationEntry

COLUMNS = ("predictor", "kind", "causal", "parameters", "test", "metric", "value", "low", "high", "seeds")
"""Of `scores.csv`: one row a predictor, test set and metric; `seeds` are the trainings that a value is of."""


@dataclass(frozen=True)
class Candidate:
    """A predictor to be scored."""

    name: str
    kind: str
    """model, baseline or limit."""
    causal: bool
    """Whether a prediction uses the past and present only."""
    parameters: int
    predict: Predict
    others: Sequence[Predict] = ()
    """The same trained from other seeds."""


def evaluate(
    candidates: Iterable[Candidate], dataset: Path, info: DatasetInfo, entry: EvaluationEntry, folder: Path
) -> None:
    """Score each candidate on the test sets in folder `dataset`; write `folder`, whole or not at all.

    It holds `scores.csv`, `seeds.json` (of what was trained more than once), `dataset.json` (what the dataset
    is, test sets included), `scoring.json` (which metric ranks, which values are better), and a folder of
    details for each predictor. Raises `InputError` where a prediction is none, or the headline has no value.
    """
    scoring = Task(info.task).scoring
    rows: list[tuple[object, ...]] = []
    spreads: dict[str, dict[str, dict[str, object]]] = {}
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for each in candidates:
            predictions = scoring.collect(each.predict, dataset, info)
            others = [scoring.collect(predict, dataset, info).values for predict in each.others]
            for test, values in predictions.values.items():
                trainings = [values, *(other[test] for other in others)]
                for metric, score in scores(scoring, trainings, predictions.splits[test], entry).items():
                    bounds = (score.value, score.low, score.high, len(trainings))
                    rows.append((each.name, each.kind, each.causal, each.parameters, test, metric, *bounds))
                    if others:
                        spread = {"values": score.by_training, "interval": score.of_one}
                        spreads.setdefault(each.name, {}).setdefault(test, {})[metric] = spread
            tables = {name: table(predictions, entry) for name, table in scoring.tables.items()}
            for name, made in (tables | dict(predictions.tables)).items():
                write_table(temporary / each.name / name, made.header, made.rows)
        pd.DataFrame(rows, columns=COLUMNS).to_csv(temporary / "scores.csv", index=False)
        if spreads:
            write_json(temporary / "seeds.json", spreads)
        write_json(temporary / "dataset.json", plain(info))
        write_json(temporary / "scoring.json", {"headline": scoring.headline, "better": dict(scoring.better)})


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
