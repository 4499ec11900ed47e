"""Several predictors scored on one dataset, with the details behind their scores."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split, plain, replacing, write_json, write_table
from tidemark.core.task import Predict, Scoring, Task
from tidemark.evaluation.bootstrap import interval
from tidemark.evaluation.entry import EvaluationEntry

COLUMNS = ("predictor", "kind", "causal", "parameters", "test", "metric", "value", "low", "high")
"""Of `scores.csv`: one row a predictor, test set and metric."""


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


def evaluate(
    candidates: Iterable[Candidate], dataset: Path, info: DatasetInfo, entry: EvaluationEntry, folder: Path
) -> None:
    """Score each candidate on the test sets in folder `dataset`; write `folder`, whole or not at all.

    It holds `scores.csv`, `dataset.json` (what the dataset is, test sets included), `scoring.json` (which
    metric ranks, which values are better), and a folder of details for each predictor. Raises `InputError`
    where a prediction is none, or the headline has no value.
    """
    scoring = Task(info.task).scoring
    rows: list[tuple[object, ...]] = []
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for each in candidates:
            predictions = scoring.collect(each.predict, dataset, info)
            for test, values in predictions.values.items():
                for metric, score in scores(scoring, values, predictions.splits[test], entry).items():
                    rows.append(
                        (each.name, each.kind, each.causal, each.parameters, test, metric, *score.values())
                    )
            tables = {name: table(predictions, entry) for name, table in scoring.tables.items()}
            for name, made in (tables | dict(predictions.tables)).items():
                write_table(temporary / each.name / name, made.header, made.rows)
        pd.DataFrame(rows, columns=COLUMNS).to_csv(temporary / "scores.csv", index=False)
        write_json(temporary / "dataset.json", plain(info))
        write_json(temporary / "scoring.json", {"headline": scoring.headline, "better": dict(scoring.better)})


def scores(
    scoring: Scoring, values: Array, split: Split, entry: EvaluationEntry
) -> dict[str, dict[str, float]]:
    """Every metric of the task as {"value", "low", "high"}; `values` are shaped as the task wants it.

    A metric without a value there is left out; raises `InputError` if that is the headline.
    """
    result: dict[str, dict[str, float]] = {}
    for name, parts in scoring.sums(values, split).items():
        value, low, high = interval(parts, partial(scoring.metric, name), **entry.resampling)
        if not math.isnan(value):
            result[name] = {"value": value, "low": low, "high": high}
    if scoring.headline not in result:
        raise InputError(
            f"{scoring.headline} has no value on a test set whose targets are all alike or missing; "
            "expected ones that differ: choose other data for testing"
        )
    return result
