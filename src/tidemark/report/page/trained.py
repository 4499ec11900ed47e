"""What each predictor was told, fitted to or learned from, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidemark.evaluation.comparison import Predictor
from tidemark.evaluation.origin import Training
from tidemark.report.figures.numbers import duration
from tidemark.report.page.results import Result


@dataclass(frozen=True)
class Row:
    """One predictor's; texts are empty where there is nothing to say."""

    predictor: Predictor
    kind: str
    """`kind`."""
    way: str
    """How it comes by its answers, and what of each signal a genie tells it."""
    signals: str = ""
    """How many it was learned from, and whether they were fresh."""
    law: str = ""
    """Their noise, and what of the law was different in training."""
    steps: str = ""
    cpu: str = ""
    """Processor time of its training."""

    @property
    def text(self) -> str:
        """What it was trained on, in one line."""
        return "; ".join(filter(None, [self.signals, self.law, self.steps, self.cpu])) or self.way


def rows(result: Result) -> list[Row]:
    """All predictors of a dataset, best first."""
    return [row(result, each) for each in result.comparison.predictors]


def row(result: Result, each: Predictor) -> Row:
    """What there is to say of one predictor."""
    origin = each.origin
    way = f"{origin.way}, and each one's {_listed(origin.told)}" if origin.told else origin.way
    if origin.training is None:
        return Row(each, kind(each), way)
    training, cpu = origin.training, result.cpu_seconds(each)
    return Row(
        each, kind(each), way, _signals(training), _law(training.law),
        f"{training.steps:,} steps of {training.batch:,}" if training.steps else "",
        f"{duration(cpu * 1e6)} CPU" if math.isfinite(cpu) else "",
    )  # fmt: skip


def kind(each: Predictor) -> str:
    """What a predictor is: network, classical model (trained here, too), baseline, oracle or limit."""
    return (
        {"network": "network", "classical": "classical model"}[each.side]
        if each.kind == "model"
        else each.kind
    )


def _signals(training: Training) -> str:
    first = f", after {training.first}" if training.first else ""
    return f"{training.signals:,} {training.source} signals{first}"


def _law(law: Mapping[str, Sequence[Any]]) -> str:
    parts = [f"{key.replace('_', ' ')} {', then '.join(map(_value, values))}" for key, values in law.items()]
    return ", ".join(parts)


def _value(value: object) -> str:
    """A value of a law: a range as its ends."""
    if (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(end, int | float) for end in value)
    ):
        return f"{value[0]:g} to {value[1]:g}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return "none" if value is None else str(value).replace("_", " ")


def _listed(names: Sequence[str]) -> str:
    words = [name.replace("_", " ").removesuffix(" std") for name in names]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
