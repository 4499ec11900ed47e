"""A dataset's tables that `dvc plots` and readers use: one row a predictor, step, position or score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from tidemark.report.figures import curves, position
from tidemark.report.figures.results import TEST, Results


def write(folder: Path, results: Results) -> None:
    """Write leaderboard.csv, tests.csv, and curves.csv and position.csv where there is something in them."""
    dataset = results.comparison.dataset
    made = {
        "leaderboard": pd.DataFrame(_leaderboard(results)),
        "tests": pd.DataFrame(_tests(results)),
        "curves": _joined(_curves(results)),
        "position": _joined(
            table.assign(predictor=name, kind=results.comparison[name].kind)[
                ["predictor", "kind", *table.columns]
            ]
            for name, table in position.read(results).items()
        ),
    }
    for name, table in made.items():
        if len(table):
            table.insert(0, "dataset", dataset)
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.5g", lineterminator="\n")


def _joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(), *tables], ignore_index=True)


def _curves(results: Results) -> Iterator[pd.DataFrame]:
    """Training and validation loss of every model; a score of validation predictions beside the latter."""
    for name, table in curves.read(results).items():
        for split in curves.SPLITS:
            own = table[["step", split]].rename(columns={split: "loss"}).assign(model=name, split=split)
            for score in table.columns.drop(["step", *curves.SPLITS]):
                own[score] = table[score] if split == "validation" else float("nan")
            yield own[
                ["model", "step", "split", "loss", *own.columns.drop(["model", "step", "split", "loss"])]
            ]


def _leaderboard(results: Results) -> Iterator[dict[str, object]]:
    compared = results.comparison
    metrics = sorted(compared.better, key=lambda metric: metric != compared.headline)
    for rank, each in enumerate(compared.predictors, 1):
        scores: dict[str, object] = {}
        for metric in metrics:
            score = each.score(metric)
            scores |= {metric: score.value, f"{metric}_low": score.low, f"{metric}_high": score.high}
        yield {
            "rank": rank, "predictor": each.name, "kind": each.kind, **scores,
            "times_limit": each.times_limit.get(TEST, float("nan")), "limit": each.limit,
            "parameters": each.parameters,
        }  # fmt: skip


def _tests(results: Results) -> Iterator[dict[str, object]]:
    """Every score, if there are several test sets, beside that of the limit and what was published."""
    compared, printed = results.comparison, results.published
    if len(compared.tests) == 1:
        return
    for each in compared.predictors:
        for test, scores in each.scores.items():
            law = {sweep.key: results.law_number(sweep.key, test) for sweep in results.view.sweeps}
            for metric, score in scores.items():
                of_metric = printed.scores if printed and printed.metric == metric else {}
                limit = compared[each.limit].score(metric, test).value if each.limit else float("nan")
                ranks = each.times_limit if metric == compared.headline else {}
                yield {
                    "test": test, **law, "predictor": each.name, "kind": each.kind, "metric": metric,
                    "value": score.value, "low": score.low, "high": score.high, "limit": each.limit,
                    "limit_value": limit, "times_limit": ranks.get(test, float("nan")),
                    "published": of_metric.get(each.label, {}).get(test, float("nan")),
                }  # fmt: skip
