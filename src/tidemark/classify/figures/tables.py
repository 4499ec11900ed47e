"""Scores of the best predictors by class and by participant, as tables of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from tidemark.classify.figures import participants
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.view import Group, PageTable

FILE = "classes.csv"
SCORES = ["precision", "recall", "f1"]
OF_CLASS = dict(zip([*SCORES, "smoothed_f1"], ("Precision", "Recall", "F1", "F1, smoothed"), strict=True))
OF_PARTICIPANT = dict(
    zip(participants.METRICS, ("κ", "κ, smoothed", "Balanced accuracy", "Macro F1"), strict=True)
)


def tables(results: Results) -> Iterator[PageTable]:
    """Those tables that there is something for."""
    about = (
        "Precision is the share of a class's predictions that are right, recall the share of its windows "
        "that are recognised, F1 their harmonic mean."
    )
    yield from _table(results, "class", by_class(results), OF_CLASS, "By class", about)
    about = "Of one participant's windows each; κ says nothing (–) of somebody who does but one thing."
    scores = participants.read(results)
    yield from _table(results, "participant", scores, OF_PARTICIPANT, "By test participant", about)


def by_class(results: Results) -> dict[str, pd.DataFrame]:
    """By predictor: class, windows and scores on the set `test`, the smoothed F1 beside the others."""
    columns = {"test": str, "smoothed": int, "class": str, "windows": int, **dict.fromkeys(SCORES, float)}
    result = {}
    for name, table in results.details(FILE, columns).items():
        own = table[table["test"] == TEST]
        smoothed = own[own["smoothed"] == 1][["class", "f1"]].rename(columns={"f1": "smoothed_f1"})
        result[name] = own[own["smoothed"] == 0].merge(smoothed, on="class", how="left")
    return result


def _table(
    results: Results,
    key: str,
    scores: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    title: str,
    about: str,
) -> Iterator[PageTable]:
    """A row for each value of the column `key`, its windows, and scores of some predictors."""
    shown = results.chosen({name for name, table in scores.items() if len(table)})
    if not shown:
        return
    own = [scores[each.predictor.name].set_index(key) for each in shown]
    windows = pd.concat([table["windows"] for table in own])
    windows = windows[~windows.index.duplicated()]
    wide = pd.concat([table[[*labels]].reindex(windows.index) for table in own], axis=1)
    yield PageTable(
        title,
        about,
        [key.capitalize(), "Windows", *[*labels.values()] * len(shown)],
        [
            [str(name), int(count), *values]
            for name, count, values in zip(windows.index, windows, wide.to_numpy().tolist(), strict=True)
        ],
        [
            Group(each.predictor.label, each.predictor.kind, each.predictor.name, len(labels), each.role)
            for each in shown
        ],
    )
