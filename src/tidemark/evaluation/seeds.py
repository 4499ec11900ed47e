"""How scores spread over seeds: measured once by training every model several times, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.core.training_settings import settings
from tidemark.evaluation.comparison import Predictor, Score


@dataclass(frozen=True)
class Spread:
    """Of one model's scores."""

    training: str
    """`settings` of the model."""
    seeds: int
    scores: Mapping[str, Mapping[str, tuple[float, float]]]
    """Test set → metric → interval in which the score of one more training is expected."""


def read(path: Path) -> Mapping[str, Spread]:
    """Kept spreads of a dataset by model; none without a file. Raises `InputError` for another file."""
    if not path.exists():
        return {}
    content = read_json(path)
    try:
        return {name: _spread(each) for name, each in content["models"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no kept spreads ({error}); make it again: tidemark keep-seeds") from None


def fitting(spreads: Mapping[str, Spread], name: str, model: Path) -> Spread | None:
    """The spread of the model `name`, unless it is of other training than that in the folder `model`."""
    spread = spreads.get(name)
    return spread if spread and spread.training == settings(model) else None


def _spread(kept: Mapping[str, Any]) -> Spread:
    scores = {
        test: {metric: (float(low), float(high)) for metric, (_, (low, high)) in metrics.items()}
        for test, metrics in kept["scores"].items()
    }
    return Spread(kept["training"], kept["seeds"], scores)


def covering(predictor: Predictor, spread: Spread) -> Predictor:
    """A model of one training with intervals that cover what other seeds would have given.

    A score that `spread` lacks, or that lies outside its interval, keeps its own.
    """

    def widened(test: str, metric: str, own: Score) -> Score:
        low, high = spread.scores.get(test, {}).get(metric, (own.low, own.high))
        return replace(own, low=low, high=high) if low <= own.value <= high else own

    scores = {
        test: {metric: widened(test, metric, own) for metric, own in metrics.items()}
        for test, metrics in predictor.scores.items()
    }
    return replace(predictor, scores=scores, seeds=spread.seeds)
