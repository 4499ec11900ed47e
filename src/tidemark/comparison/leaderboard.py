"""Every predictor of a task, best first, beside the limit of its dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidemark.core.entries import ModelEntry, Params, ReferenceEntry
from tidemark.core.store import read_json

NOTHING = 1e-6
SQUARED_NOTHING = 1e-9
"""A limit below this share of the largest error is as good as zero: a ratio to it says nothing."""


@dataclass(frozen=True)
class Competitor:
    """One predictor and its scores."""

    name: str
    kind: str
    """model, baseline or limit."""
    dataset: str
    causal: bool
    """Whether an estimate uses the past and present only."""
    parameters: int
    tests: Mapping[str, Mapping[str, Mapping[str, float]]]
    """Test set → metric → value, low, high."""

    @property
    def scores(self) -> Mapping[str, Mapping[str, float]]:
        """Metric → value, low, high on the set `test`, which follows the dataset's own law."""
        return self.tests["test"]


def competitors(task: str, settings: Params, metrics: Path, models: Path) -> list[Competitor]:
    """The predictors of `task` that params.yaml names, in its order, with scores from folder `metrics`.

    Raises `InputError` where a predictor has not been scored.
    """

    def scored(name: str, kind: str, entry: ModelEntry | ReferenceEntry, causal: bool) -> Competitor:
        record = read_json(metrics / f"{name}.json")
        return Competitor(name, kind, entry.dataset, causal, record["parameters"], record["test"])

    found: list[Competitor] = []
    for name, model in settings.networks.items():
        if model.task == task:
            causal = read_json(models / name / "model.json")["causal"]
            found.append(scored(name, "model", model, causal))
    for kind, entries in [("baseline", settings.baselines), ("limit", settings.limits)]:
        for name, entry in entries.items():
            if entry.task == task:
                found.append(scored(name, kind, entry, bool(entry.options.get("causal", False))))
    return found


def limit_of(competitor: Competitor, everyone: list[Competitor]) -> Competitor | None:
    """The limit that a predictor is held against: the first one on its dataset that sees what it sees.

    A causal predictor without a causal limit is held against the limit of the whole signal.
    """
    limits = [other for other in everyone if other.kind == "limit" and other.dataset == competitor.dataset]
    same = [limit for limit in limits if limit.causal == competitor.causal]
    whole = [limit for limit in limits if not limit.causal]
    return next(iter([*same, *whole]), None)


def ratio(metric: str, value: float, limit: float, worst: float) -> float | str:
    """An error over the limit's; empty where that is as good as zero beside the largest error."""
    nothing = SQUARED_NOTHING if metric.endswith("mse") else NOTHING
    return value / limit if limit > nothing * worst else ""


def leaderboard(
    everyone: list[Competitor], metrics: Sequence[str], *, higher: bool = False
) -> tuple[list[str], Iterator[list[Any]]]:
    """Header and rows of the table: by dataset, then best score in the first of `metrics` first.

    `higher` says whether higher ones are better there. `times_limit` is the ratio of those scores, empty
    where the limit is zero, and where higher is better: a multiple of the best score says nothing.
    """
    columns = [f"{metric}{bound}" for metric in metrics for bound in ("", "_low", "_high")]
    header = ["dataset", "rank", "predictor", "kind", *columns, "times_limit", "limit", "parameters"]
    return header, _rows(everyone, metrics, higher)


def _rows(everyone: list[Competitor], metrics: Sequence[str], higher: bool) -> Iterator[list[Any]]:
    headline = metrics[0]
    sign = -1 if higher else 1
    ordered = sorted(everyone, key=lambda c: (c.dataset, sign * c.scores[headline]["value"], c.name))
    rank, dataset = 0, ""
    for competitor in ordered:
        rank = rank + 1 if competitor.dataset == dataset else 1
        dataset = competitor.dataset
        worst = max(c.scores[headline]["value"] for c in everyone if c.dataset == dataset)
        limit = limit_of(competitor, everyone)
        times: float | str = ""
        if limit is not None and not higher:
            own, best = (c.scores[headline]["value"] for c in (competitor, limit))
            times = ratio(headline, own, best, worst)
        # A metric may say nothing of some data, such as of a second member where there is one.
        found = [competitor.scores.get(metric, {}) for metric in metrics]
        values = [score.get(key, "") for score in found for key in ("value", "low", "high")]
        yield [
            dataset,
            rank,
            competitor.name,
            competitor.kind,
            *values,
            times,
            limit.name if limit else "",
            competitor.parameters,
        ]
