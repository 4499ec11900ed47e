"""Nobody is better than a limit of what he knows: in the committed scores, and on fresh signals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from support.committed import committed
from support.documents import REPOSITORY
from tidemark.core import params, registry
from tidemark.core.law import Generator
from tidemark.core.store import DatasetInfo, read_split, write_dataset
from tidemark.core.task import Task
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Comparison, Predictor, bounds
from tidemark.evaluation.entry import references
from tidemark.evaluation.evaluate import Candidate
from tidemark.evaluation.origin import Origin
from tidemark.evaluation.reference import reference
from tidemark.signals.dataset import DatasetEntry

SHARE = 0.01
"""Most of its value that a sampled limit may be off by."""
SIGNALS = 40


def beaten(found: Comparison) -> Iterator[str]:
    """Predictors whose score is better than the better end of a limit's interval."""
    for limit in found.of_kind("limit"):
        for metric in limit.origin.bounds:
            for each in found.predictors:
                if each is limit or not bounds(limit, each, metric):
                    continue
                for test in found.tests:
                    own, best = each.score(metric, test), limit.score(metric, test)
                    higher = found.better[metric] == "higher"
                    if own.value > best.high if higher else own.value < best.low:
                        yield f"{each.name} on {test}: {metric} {own.value:g}; {limit.name} {best.value:g}"


def test_no_committed_score_is_better_than_a_limit_of_its_information() -> None:
    everyone = committed()
    limits = [each for found in everyone for each in found.of_kind("limit")]
    assert limits and all(each.origin.bounds for each in limits)
    assert [line for found in everyone for line in beaten(found)] == []


def test_whoever_is_better_would_be_found() -> None:
    everyone = [found for found in committed() if found.of_kind("limit")]
    for found in everyone[:3]:
        limit = found.of_kind("limit")[0]
        best = {metric: limit.score(metric) for metric in limit.origin.bounds}
        better = {
            metric: comparison.Score(*[score.value + (1 if found.better[metric] == "higher" else -1) * 9] * 3)
            for metric, score in best.items()
        }
        cheat = Predictor("cheat", found.dataset, "model", limit.causal, 1, {"test": better})
        with_it = Comparison(found.task, found.dataset, "", found.headline, found.better, [limit, cheat])
        assert len(list(beaten(with_it))) == len(best)


def test_sampled_limits_are_right_to_a_hundredth() -> None:
    wrong = [
        f"{each.name} on {test}: {metric} {error:g} of {each.score(metric, test).value:g}"
        for found in committed()
        for each in found.of_kind("limit")
        for test, errors in each.origin.sampling.items()
        for metric, error in errors.items()
        if found.better[metric] == "lower" and error > SHARE * each.score(metric, test).value
    ]
    assert wrong == []


DATASETS = [
    ("denoise", "sine"), ("denoise", "sine-free"), ("denoise", "lincomb-pure"), ("denoise", "lincomb-pseudo"),
    ("forecast", "harmonics-noisy"), ("infer", "pairs-const"), ("infer", "gp-matern"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "dataset"), DATASETS)
def test_no_method_is_better_than_a_limit_on_fresh_signals(
    task: str, dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signals that nobody has seen; every baseline and oracle of params.yaml, paired with each limit."""
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr(params, "scale", lambda: "smoke")  # some options fit the length of signals
    info = fresh(task, dataset, tmp_path)
    everyone = [reference(task, info, tmp_path, *each) for each in references(task, dataset)]
    limits = [each for each in everyone if each.answers is not None]
    assert limits and len(everyone) > len(limits)
    scoring = Task(task).scoring
    split = {name: np.asarray(array) for name, array in read_split(tmp_path, "test").items()}
    for limit in limits:
        assert limit.answers is not None
        best = limit.answers(split, "test").best
        for each in everyone:
            if not bounds(as_predictor(limit, list(best)), as_predictor(each, []), scoring.headline):
                continue
            own = scoring.sums(each.predict(split, "test"), split)[scoring.headline]
            least = scoring.sums(best[scoring.headline], split)[scoring.headline]
            behind = (own[0] - least[0]) / least[1]
            assert behind.mean() > -3 * behind.std() / SIGNALS**0.5 - 1e-9, each.name


def as_predictor(each: Candidate, metrics: list[str]) -> Predictor:
    origin = Origin(each.origin.way, told=each.origin.told, bounds=metrics)
    return Predictor(each.name, "", each.kind, each.causal, 0, {}, origin=origin)


def fresh(task: str, dataset: str, folder: Path) -> DatasetInfo:
    """A small dataset of the law of params.yaml at scale smoke, of a seed of its own; written into `folder`."""
    place = params.where(task, "datasets", dataset)
    entry = params.validate(
        DatasetEntry, params.at_scale(params.raw(task, "datasets", dataset), place, "smoke"), place
    )
    generator = registry.load(f"{task}/laws", entry.generator, place, Generator)
    law = params.validate(generator.law, entry.law, place)
    counts = {"train": 64, "validation": 32, "test": SIGNALS}
    drawn = {
        split: {
            name: array.numpy()
            for name, array in generator.generate(
                law, count, torch.Generator().manual_seed(9000 + place)
            ).items()
        }
        for place, (split, count) in enumerate(counts.items())
    }
    info = DatasetInfo(
        dataset, task, entry.generator, seed=0, splits=counts, law=law.model_dump(), **generator.describe(law)
    )
    write_dataset(folder, info, drawn)
    return info
