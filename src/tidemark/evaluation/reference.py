"""Baselines, oracles and limits, ready to be scored: each is shown what its kind may know, no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tidemark.core.frozen import Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.method import Method
from tidemark.core.scoring import Predict
from tidemark.core.store import Array, DatasetInfo, Split, read_split
from tidemark.core.task import Task
from tidemark.evaluation.entry import GROUPS, ReferenceEntry, limit_of, method_of
from tidemark.evaluation.evaluate import Candidate
from tidemark.evaluation.origin import FITTED, LEARNED, TOLD, Origin, Training


def reference(
    task: str, info: DatasetInfo, folder: Path, name: str, group: str, entry: ReferenceEntry
) -> Candidate:
    """One of them, fitted where it learns, on the dataset in `folder`."""
    kind = GROUPS[group]
    if kind == "limit":
        return _limit(task, info, name, entry, *limit_of(task, info.name, name, group, entry))
    method, options = method_of(task, info.name, name, group, entry)
    told = list(method.told(options))
    way = TOLD if kind == "oracle" else LEARNED if method.fit else FITTED
    training = Training(info.splits["train"]) if method.fit else None
    predict = prediction(task, info, folder, kind, method, options)
    return Candidate(name, kind, entry.causal, 0, predict, origin=Origin(way, told=told, training=training))


def prediction(
    task: str, info: DatasetInfo, folder: Path, kind: str, method: Method, options: Frozen
) -> Predict:
    """Predictions of a baseline or an oracle (`kind`), fitted where it learns, on the dataset in `folder`.

    A baseline is shown no law, and no array that the law drew.
    """
    latent = Task(task).scoring.latent
    told = list(method.told(options)) if kind == "oracle" else []
    hidden = [name for name in latent if name not in told]

    def known(test: str) -> DatasetInfo:
        return info.of(test) if kind == "oracle" else replace(info, law={}, tests={})

    fitted = []
    if method.fit is not None:
        # Of training signals an oracle is told all.
        of_training = () if kind == "oracle" else hidden
        splits = (without(read_split(folder, split), of_training) for split in ("train", "validation"))
        fitted = [method.fit(*splits, known(""), options)]

    def predict(split: Split, test: str) -> Array:
        return method.predict(without(split, hidden), known(test), options, *fitted)

    return predict


def without(split: Split, hidden: Sequence[str]) -> Mapping[str, Array]:
    """A split without the arrays that are hidden."""
    return {name: array for name, array in split.items() if name not in hidden}


def _limit(
    task: str, info: DatasetInfo, name: str, entry: ReferenceEntry, limit: Limit, options: Frozen
) -> Candidate:
    told = list(limit.told(options))
    hidden = [latent for latent in Task(task).scoring.latent if latent not in told]
    answers = _once(lambda split, test: limit.answer(without(split, hidden), info.of(test), options))
    return Candidate(
        name, "limit", entry.causal, 0, lambda split, test: answers(split, test).shown,
        answers=answers, origin=Origin(TOLD, told=told),
    )  # fmt: skip


def _once(answer: Callable[[Split, str], Answers]) -> Callable[[Split, str], Answers]:
    """The same, computed once for each test set."""
    known: dict[str, Answers] = {}

    def answers(split: Split, test: str) -> Answers:
        if test not in known:
            known[test] = answer(split, test)
        return known[test]

    return answers
