"""All predictors of one dataset side by side: from the scores of evaluation to the page."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.core.store import read_json, write_json
from tidemark.evaluation import origin
from tidemark.evaluation.origin import Origin

if TYPE_CHECKING:  # whoever shows results must not wait for pandas
    import pandas as pd

KINDS = ("model", "baseline", "oracle", "limit")
NOTHING = 1e-6
SQUARED_NOTHING = 1e-9
"""A limit below this share of the largest error is as good as zero: a ratio to it says nothing."""
BOUNDS = ["value", "low", "high"]
INNERMOST = re.compile(r"\[\s+([^][{}]+?)\s+\]")


@dataclass(frozen=True)
class Score:
    """A metric's value and its interval."""

    value: float
    low: float
    high: float


MISSING = Score(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Predictor:
    """A scored predictor, from evaluation to page."""

    name: str
    dataset: str
    kind: str
    """One of `KINDS`."""
    causal: bool
    """Whether a prediction uses the past and present only."""
    parameters: int
    scores: Mapping[str, Mapping[str, Score]]
    """Test set → metric → score; a metric without a value there is left out."""
    limit: str = ""
    """Name of the limit that its headline score is held against; empty where there is none."""
    times_limit: Mapping[str, float] = field(default_factory=dict)
    """Test set → its headline error over the limit's, where that says something."""
    seeds: int = 1
    """Trainings that its intervals count; with 1 they cover test items alone."""
    origin: Origin = field(default_factory=Origin)
    """How it comes by its answers."""

    @property
    def is_network(self) -> bool:
        """Whether it is a neural network, trained here."""
        return self.kind == "model" and self.origin.neural

    @property
    def side(self) -> str:
        """`network`, `classical` for all else that is not told the law, empty for what is told it."""
        if self.kind not in ("model", "baseline"):
            return ""
        return "network" if self.is_network else "classical"

    @property
    def label(self) -> str:
        """The name without that of its dataset."""
        return self.name.removeprefix(f"{self.dataset}-") or self.name

    def score(self, metric: str, test: str = "test") -> Score:
        """The score in one metric on one test set; NaN where it has none."""
        return self.scores.get(test, {}).get(metric, MISSING)


@dataclass(frozen=True)
class Comparison:
    """The predictors of one dataset, best first by the headline on the set `test`."""

    task: str
    dataset: str
    scale: str
    headline: str
    better: Mapping[str, str]
    """Of each metric which values are better: lower, higher, lower_log or nominal."""
    predictors: Sequence[Predictor]

    def __getitem__(self, name: str) -> Predictor:
        """The predictor of that name."""
        return next(each for each in self.predictors if each.name == name)

    def of_kind(self, *kinds: str) -> list[Predictor]:
        """Predictors of some kinds, best first."""
        return [each for each in self.predictors if each.kind in kinds]

    def of_side(self, side: str) -> list[Predictor]:
        """Networks, or classical methods, best first."""
        return [each for each in self.predictors if each.side == side]

    @property
    def tests(self) -> list[str]:
        """Names of the test sets: `test` first, then by the numbers in them (components-3, components-20)."""
        names = dict.fromkeys(test for each in self.predictors for test in each.scores)
        return sorted(names, key=lambda test: (test != "test", _by_number(test)))


def compare(
    task: str,
    dataset: str,
    headline: str,
    better: Mapping[str, str],
    folders: Sequence[Path],
    wider: Callable[[Predictor], Predictor] = lambda each: each,
) -> Comparison:
    """What is known of the dataset's predictors, from the `scores.csv` in each of `folders`.

    `wider` gives those that were trained once the intervals that cover other seeds, where these are known.
    """
    tables = [read_scores(folder / "scores.csv") for folder in folders if (folder / "scores.csv").exists()]
    origins = {
        name: origin.read(content)
        for folder in folders
        if (folder / "origins.json").exists()
        for name, content in read_json(folder / "origins.json").items()
    }
    predictors = [
        Predictor(
            name=str(name),
            dataset=dataset,
            kind=rows["kind"].iloc[0],
            causal=bool(rows["causal"].iloc[0]),
            parameters=int(rows["parameters"].iloc[0]),
            seeds=int(rows["seeds"].iloc[0]),
            origin=origins.get(str(name), Origin()),
            scores={
                str(test): {
                    metric: Score(*map(float, score))
                    for metric, *score in of_test[["metric", *BOUNDS]].itertuples(index=False)
                }
                for test, of_test in rows.groupby("test", sort=False)
            },
        )
        for table in tables
        for name, rows in table.groupby("predictor", sort=False)
    ]
    predictors = [wider(each) if each.seeds == 1 else each for each in predictors]
    higher = better[headline] == "higher"
    sign = -1 if higher else 1
    ranked = sorted(predictors, key=lambda each: (sign * each.score(headline).value, each.name))
    held = [_held(each, predictors, headline, higher) for each in ranked]
    return Comparison(task, dataset, params.scale(), headline, better, held)


def read_scores(path: Path) -> pd.DataFrame:
    """The table that evaluation wrote, its columns checked; raises `InputError` where they are others."""
    import pandas as pd

    from tidemark.evaluation.evaluate import COLUMNS

    table = pd.read_csv(path, dtype={"predictor": str, "test": str, "metric": str})
    if tuple(table.columns) != COLUMNS:
        raise InputError(f"{path}: columns {', '.join(table.columns)}; expected {', '.join(COLUMNS)}")
    return table


def _held(own: Predictor, everyone: Sequence[Predictor], headline: str, higher: bool) -> Predictor:
    """A predictor with the limit of its headline score."""
    limit = limit_of(own, headline, everyone)
    if limit is None:
        return own
    if higher:  # a multiple of the best score says nothing
        return replace(own, limit=limit.name)
    ratios = {test: times(headline, own, limit, test, everyone) for test in own.scores}
    said = {test: ratio for test, ratio in ratios.items() if not math.isnan(ratio)}
    return replace(own, limit=limit.name, times_limit=said)


def limit_of(own: Predictor, metric: str, everyone: Iterable[Predictor]) -> Predictor | None:
    """The limit that a predictor is held against in a metric: of those that it cannot beat the nearest.

    Those that know all that it knows, and are the best there is in that metric. Of them one that sees as
    little (the past alone), then one that is told as little, then the first in params.yaml; none if there is
    none.
    """
    known = [each for each in everyone if each.kind == "limit" and bounds(each, own, metric)]
    return min(
        known,
        key=lambda each: (each.causal != own.causal, set(each.origin.told) != set(own.origin.told)),
        default=None,
    )


def bounds(limit: Predictor, own: Predictor, metric: str) -> bool:
    """Whether no predictor that knows what `own` knows can beat the limit in a metric, on average."""
    sees = own.causal or not limit.causal
    return sees and metric in limit.origin.bounds and set(own.origin.told) <= set(limit.origin.told)


def times(metric: str, own: Predictor, limit: Predictor, test: str, everyone: Iterable[Predictor]) -> float:
    """A predictor's error over its limit's; NaN where that is as good as zero beside `everyone`'s largest."""
    errors = [value for each in everyone if math.isfinite(value := each.score(metric, test).value)]
    nothing = SQUARED_NOTHING if metric.endswith("mse") else NOTHING
    bound = limit.score(metric, test).value
    return own.score(metric, test).value / bound if bound > nothing * max(errors, default=0.0) else math.nan


def _by_number(test: str) -> list[tuple[float, str]]:
    parts = re.split(r"(\d+(?:\.\d+)?)", test)
    return [(float(part), "") if place % 2 else (0.0, part) for place, part in enumerate(parts)]


def write(path: Path, comparison: Comparison) -> None:
    """Write a comparison as JSON, each score as [value, low, high] on a line."""
    content = asdict(comparison)
    for each in content["predictors"]:
        for test, scores in each["scores"].items():
            each["scores"][test] = {name: [s["value"], s["low"], s["high"]] for name, s in scores.items()}
    write_compact(path, content)


def write_compact(path: Path, content: object) -> None:
    """Write indented JSON with each innermost list on a line."""
    text = json.dumps(content, indent=1, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(INNERMOST.sub(lambda m: f"[{' '.join(m[1].split())}]", text) + "\n")


def read(path: Path) -> Comparison:
    """A comparison that `write` wrote; raises `InputError` naming a file that is none."""
    content = read_json(path)
    try:
        for each in content["predictors"]:
            for test, scores in each["scores"].items():
                each["scores"][test] = {metric: Score(*map(float, score)) for metric, score in scores.items()}
            each["origin"] = origin.read(each.get("origin", {}))
        return Comparison(**content | {"predictors": [Predictor(**each) for each in content["predictors"]]})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no comparison of predictors ({error}); run `dvc repro` again") from None


def write_headlines(folder: Path, comparison: Comparison) -> None:
    """Write `<label>.json` for each trained model: its headline score and the ratio to its limit, if any.

    By label, which leaves `dvc metrics diff` room for its columns.
    """
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for each in comparison.of_kind("model"):
            numbers = {"score": each.score(comparison.headline).value}
            if "test" in each.times_limit:
                numbers["times_limit"] = each.times_limit["test"]
            short = {key: float(f"{value:.5g}") for key, value in numbers.items()}
            write_json(temporary / f"{each.label}.json", short)
