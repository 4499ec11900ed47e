"""Inputs of the report for pairs as the pipeline would leave them: drawn from a Gaussian process, inferred in NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from support.report_inputs import write_comparison, write_csv
from tidemark.figures.tables import Row, Score

Floats = npt.NDArray[np.float64]

PARAMS = """\
scale: smoke
training: {threads: 1, checkpoint_seconds: 10, snapshots: 8}
evaluation: {resamples: 10, confidence: 0.95, seed: 0, examples: 2}
tasks: {infer: {}}
datasets:
  rbf:
    generator: gaussian_process
    seed: 0
    splits: {train: 4, validation: 4, test: 4}
    law: {members: 2, points: 200}
recordings: {}
models: {}
baselines: {}
limits: {}
"""
GIVEN = 10
NOISE = 0.05
PREDICTORS = {
    "attention": "model", "causal-attention": "model", "fitted": "baseline", "copy": "baseline",
    "posterior": "limit",
}  # fmt: skip
TESTS = {"test": GIVEN, "context-3": 3, "context-5": 5}
METRICS = (
    "crps", "nll", "joint_nll", "mse", "sequential_mse", "fed_back_mse", "r2_first", "r2_second", "coverage_50",
    "coverage_80", "coverage_95", "jump", "fed_back_jump",
)  # fmt: skip
LACKING = {("copy", "joint_nll"), ("copy", "sequential_mse")}
"""What a predictor has no score in."""


def covariance(position: Floats, member: Floats, length_scale: float = 1.0) -> Floats:
    """Of the values that a pair shows."""
    distance = (position[:, None] - position) / length_scale
    shared: Floats = np.exp(-np.square(distance) / 2) + 4.0 * (member[:, None] == member)
    return shared + (NOISE**2 + 1e-6) * np.eye(len(position))


def pair(
    random: np.random.Generator, points: int, given: int, members: int = 2
) -> tuple[Floats, Floats, Floats]:
    """Position, member and value, given points first; each (points,)."""
    position = np.sort(random.uniform(5, 15, (members, points)), axis=1).ravel()
    member = np.arange(members).repeat(points).astype(float)
    value = np.linalg.cholesky(covariance(position, member)) @ random.normal(size=len(position))
    start = (members - 1) * points + given
    shuffled = np.concatenate([np.arange(start), start + random.permutation(len(position) - start)])
    return position[shuffled], member[shuffled], value[shuffled]


def infer(
    label: str, position: Floats, member: Floats, value: Floats, start: int, random: np.random.Generator
) -> Floats:
    """Mean, standard deviation and three sample paths of the points from `start` on: (5, asked)."""
    every = covariance(position, member, 0.7 if label == "fitted" else 1.0)
    known, asked = slice(None, start), slice(start, None)
    solved = np.linalg.solve(every[known, known], every[known, asked]).T
    mean = solved @ value[known]
    spread = every[asked, asked] - solved @ every[known, asked]
    width, shift = {"attention": (1.6, 0.05), "causal-attention": (3.0, 0.2), "copy": (8.0, 0.35)}.get(
        label, (1.0, 0.0)
    )
    wander = shift * np.sin(1.7 * position[asked] + len(label))
    paths = np.linalg.cholesky(width**2 * spread) @ random.normal(size=(len(mean), 3))
    return np.stack([mean + wander, width * np.sqrt(np.diag(spread)), *(paths.T + mean + wander)])


def score(label: str, test: str, metric: str) -> float:
    """A made-up score: NLL below zero for all but one."""
    place = ["posterior", "attention", "fitted", "causal-attention", "copy"].index(label)
    hard = 1.0 + 0.2 * list(TESTS).index(test)
    if (label, metric) in LACKING:
        return math.nan
    if metric.endswith("nll"):
        return -1.448 + 0.4 * place * hard - 0.09 * (metric == "joint_nll")
    if metric.startswith("coverage"):
        return float(metric.removeprefix("coverage_")) / 100 - 0.02 * place
    return {"crps": 0.0275, "jump": 1.02}.get(metric, 0.0032) * hard * 1.35**place


def write_learning(folder: Path, position: Floats, member: Floats, value: Floats, start: int) -> None:
    """Arrays of a network that looks at the partner near a point, and at the given points of its own."""
    count = len(position)
    asked = np.arange(count) >= start
    near = np.exp(-np.square((position[:, None] - position) / 0.35) / 2) * (member[:, None] != member)
    own = np.exp(-np.abs(position[:, None] - position) / 4) * (member[:, None] == member)
    before = np.tril(np.ones((count, count)), -1) + np.eye(count)[:1].T * np.eye(count)[:1]
    layers = [(0.9 * near + 0.05 * own + 1e-4) * before, (0.05 * near + 0.4 * own + 1e-4) * before]
    arrays = {
        "context": np.stack([position, member, np.where(asked, np.nan, value)]),
        "target": np.where(asked, value, np.nan),
        "estimate": np.outer(np.linspace(0, 1, 4), value),
    } | {f"attention_layer_{n}": each / each.sum(1, keepdims=True) for n, each in enumerate(layers, 1)}
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "step.npy", np.arange(4))
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array.astype(np.float32))


def write_outputs(root: Path, points: int = 24, task_params: str = PARAMS) -> Path:
    """Write params.yaml and plots/ below `root`, and return it."""
    random = np.random.default_rng(4)
    root.mkdir(parents=True, exist_ok=True)
    (root / "params.yaml").write_text(task_params)
    drawn = {test: pair(random, points, given) for test, given in TESTS.items()}
    board: list[list[Any]] = []
    sets: list[list[Any]] = []
    places: list[list[Any]] = []
    losses: list[list[Any]] = []
    for rank, label in enumerate(sorted(PREDICTORS, key=lambda each: score(each, "test", "crps")), 1):
        name, kind = f"rbf-{label}", PREDICTORS[label]
        own = [score(label, "test", metric) for metric in METRICS]
        times = own[0] / score("posterior", "test", "crps")
        board.append(
            ["rbf", rank, name, kind, *(part for value in own for part in (value, value - 0.011, value + 0.012)),
             times, "rbf-posterior", 120_000 * rank * (kind == "model")]
        )  # fmt: skip
        places += [["rbf", name, kind, t, own[0] * (1 + 2 * np.exp(-t / 4))] for t in range(points - GIVEN)]
        rows: list[list[Any]] = []
        reliable: list[list[Any]] = []
        for test, given in TESTS.items():
            position, member, value = drawn[test]
            start = points + given
            found = infer(label, position, member, value, start, np.random.default_rng(7))
            rows += [[test, 0, x, k, y, *[math.nan] * 6] for x, k, y in zip(*(
                each[:start] for each in drawn[test]), strict=True)]  # fmt: skip
            rows += [
                [test, 0, position[start + t], member[start + t], math.nan, value[start + t], *found[:, t]]
                for t in range(points - given)
            ]
            bend = {"attention": 0.8, "causal-attention": 0.55, "fitted": 1.25, "copy": 0.25}.get(label, 1.0)
            for level in (0.05, *np.linspace(0.1, 0.9, 9).round(1), 0.95, 0.99):
                seen = float(level**bend)
                reliable.append([test, level, seen, max(seen - 0.02, 0), min(seen + 0.02, 1)])
            for metric in ("crps", "mse", "nll"):
                mine, best = (score(each, test, metric) for each in (label, "posterior"))
                printed = 0.84 if (label, test, metric) == ("causal-attention", "test", "mse") else math.nan
                sets.append(["rbf", test, math.nan, math.nan, name, kind, metric, mine, mine - 0.001, mine + 0.001,
                             "rbf-posterior", best, mine / best if metric != "nll" else math.nan, printed])  # fmt: skip
        header = "test,signal,x,member,context,target,mean,std,path_1,path_2,path_3"
        write_csv(root / f"plots/details/{name}/examples.csv", header, rows)
        write_csv(root / f"plots/details/{name}/reliability.csv", "test,nominal,observed,low,high", reliable)
        if kind == "model":
            steps = np.unique(np.geomspace(1, 900, 40).astype(int))
            losses += [
                ["rbf", name, int(step), split, own[0] + above + 1.2 * np.exp(-step / 90)]
                for split, above in (("train", 0.0), ("validation", 0.01))
                for step in steps
            ]
            write_learning(root / f"plots/learning/{name}", *drawn["test"], points + GIVEN)
    spiral = [
        [x, k, np.sin(1.3 * x) + 2 * k, *(
            (9 + 4 * k + np.sin(9 * x)) * turn + random.normal() for turn in (np.cos(x / 1.9 + k), np.sin(x / 1.9 + k))
        )]
        for k in (0, 1) for x in np.linspace(5, 15, 4 * points)
    ]  # fmt: skip
    write_csv(root / "plots/details/rbf-attention.csv", "x,member,value,first,second", spiral)
    write_comparison(root / "plots/compare/infer", METRICS, board, places, losses, sets)
    return root


@pytest.fixture(scope="session")
def inferred_pairs(
    tmp_path_factory: pytest.TempPathFactory, rerun: Callable[[Path, str, str], None]
) -> Iterator[Path]:
    """A folder after the report stage has run on pairs."""
    root = write_outputs(tmp_path_factory.mktemp("pairs"))
    rerun(root, "plots", "0")
    yield root


@pytest.fixture
def row() -> Callable[..., Row]:
    """A row of the leaderboard, of kind and label."""

    def made(kind: str, label: str) -> Row:
        return Row("d", 1, f"d-{label}", kind, {"crps": Score(1.0, 1.0, 1.0)}, 1.0, "", 1)

    return made
