"""Everything that the stage leaves of a dataset of pairs, drawn from a Gaussian process, inferred in NumPy."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from support import figures
from support.figures import info, texts, titles, write_arrays, write_csv
from support.scored import Score, predictor
from tidemark.infer.figures.view import VIEW

Floats = npt.NDArray[np.float64]
POINTS, INPUT = 24, 10
KINDS = {
    "attention": "model", "causal-attention": "model", "fitted": "baseline", "copy": "baseline",
    "posterior": "limit",
}  # fmt: skip
TESTS = {"test": INPUT, "context-3": 3, "context-5": 5}
RBF = info(name="rbf", task="infer", length=POINTS, channels=2, law={"context": INPUT},
           tests={"context-3": {"context": 3}, "context-5": {"context": 5}})  # fmt: skip
FIGURES = [
    "Inferred from its partner", "Inferred from its partner: test set context-5",
    "Step and offset after the given values", "Where attention goes: attention",
    "What a layer separates: attention", "How far from the best any method could do", "Error by inferred point",
    "Reliability of intervals", "Learning curves",
]  # fmt: skip


def covariance(position: Floats, member: Floats) -> Floats:
    """Of the values that a pair shows."""
    shared: Floats = np.exp(-np.square(position[:, None] - position) / 2) + 4.0 * (member[:, None] == member)
    return shared + 0.0026 * np.eye(len(position))


def pair(random: np.random.Generator, known: int) -> tuple[Floats, Floats, Floats]:
    """Position, member and value, input points first: all of the partner and `known` of the other."""
    position = np.sort(random.uniform(5, 15, (2, POINTS)), axis=1).ravel()
    member = np.arange(2).repeat(POINTS).astype(float)
    value = np.linalg.cholesky(covariance(position, member)) @ random.normal(size=2 * POINTS)
    start = POINTS + known
    order = np.concatenate([np.arange(start), start + random.permutation(POINTS - known)])
    return position[order], member[order], value[order]


def infer(position: Floats, member: Floats, value: Floats, start: int) -> Floats:
    """Mean, standard deviation and three sample paths of the points from `start` on: (5, points)."""
    every = covariance(position, member)
    solved = np.linalg.solve(every[:start, :start], every[:start, start:]).T
    mean, spread = solved @ value[:start], every[start:, start:] - solved @ every[:start, start:]
    paths = np.linalg.cholesky(spread) @ np.random.default_rng(7).normal(size=(len(mean), 3))
    return np.stack([mean, np.sqrt(np.diag(spread)), *(paths.T + mean)])


def value_of(label: str, test: str, metric: str) -> float:
    """A made-up score: NLL below zero for all but one."""
    place = ["posterior", "attention", "fitted", "causal-attention", "copy"].index(label)
    hard = 1.0 + 0.2 * list(TESTS).index(test)
    return -1.448 + 0.4 * place * hard if metric.endswith("nll") else 0.0275 * hard * 1.35**place


def attention(position: Floats, member: Floats) -> dict[str, Floats]:
    """Layers that attend to the partner near a point, and to the points of its own before it."""
    count = len(position)
    near = np.exp(-np.square((position[:, None] - position) / 0.35) / 2) * (member[:, None] != member)
    own = np.exp(-np.abs(position[:, None] - position) / 4) * (member[:, None] == member)
    before = np.tril(np.ones((count, count)), -1) + np.eye(count)[:1].T * np.eye(count)[:1]
    layers = [(0.9 * near + 0.05 * own + 1e-4) * before, (0.05 * near + 0.4 * own + 1e-4) * before]
    return {f"attention_layer_{n}": each / each.sum(1, keepdims=True) for n, each in enumerate(layers, 1)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as evaluation, training and projection leave it."""
    folder, random = tmp_path_factory.mktemp("infer"), np.random.default_rng(4)
    drawn = {test: pair(random, known) for test, known in TESTS.items()}
    metrics = [metric.name for metric in (*VIEW.metrics, *VIEW.others)]
    predictors = [
        predictor(
            label, kind, dataset="rbf", parameters=120_000,
            **{metric: value_of(label, "test", metric) for metric in metrics},
            **{test: {metric: Score(*[value_of(label, test, metric)] * 3) for metric in metrics}
               for test in RBF.tests},
        )
        for label, kind in KINDS.items()
    ]  # fmt: skip
    published = "rbf: {metric: sequential_mse, scores: {causal-attention: {test: 0.84}}}\n"
    figures.write_scored(folder, VIEW, RBF, predictors, published)
    for each in predictors:
        rows: list[list[object]] = []
        for test, known in TESTS.items():
            position, member, value = drawn[test]
            start, nothing = POINTS + known, math.nan
            said = infer(position, member, value, start)
            for place, (x, k, y) in enumerate(zip(position, member, value, strict=True)):
                own = [y, *[nothing] * 6] if place < start else [nothing, y, *said[:, place - start]]
                rows.append([test, 0, x, int(k), *own])
        details = figures.details(folder, RBF, each)
        header = "test,signal,x,member,context,target,mean,std,path_1,path_2,path_3"
        write_csv(details / "examples.csv", header, rows)
        write_csv(
            details / "position.csv", "position,crps", [[t, 0.1 + 0.2 * math.exp(-t / 4)] for t in range(14)]
        )
        shares = [
            ["test", x, x**0.8, max(x**0.8 - 0.02, 0), min(x**0.8 + 0.02, 1)] for x in (0.05, 0.5, 0.95)
        ]
        write_csv(details / "reliability.csv", "test,nominal,observed,low,high", shares)
        if each.kind == "model":
            model = figures.model(folder, each)
            write_csv(
                model / "curve.csv",
                "step,train,validation",
                [[1, 0.9, 1.0], [90, -0.2, -0.1], [900, -1, -0.9]],
            )
            position, member, value = drawn["test"]
            inferred = np.arange(2 * POINTS) >= POINTS + INPUT
            context = np.stack([position, member, np.where(inferred, np.nan, value)])
            arrays = {"step": np.arange(4), "context": context, "target": np.where(inferred, value, np.nan)}
            write_arrays(model / "learning", arrays | attention(position, member))
    points = [[x, k, np.sin(x), np.cos(x + k), np.sin(x + k)] for k in (0, 1) for x in np.linspace(5, 15, 90)]
    projected = folder / "plots/details/infer/rbf/projections/rbf-attention.csv"
    write_csv(projected, "x,member,value,first,second", points)
    return folder


@pytest.fixture(scope="module")
def rbf(root: Path) -> Path:
    return figures.draw(root, "infer", "rbf")


def test_figures(rbf: Path) -> None:
    assert titles(rbf) == FIGURES
    roles = {
        "best model: attention", "best published: causal-attention", "best baseline: fitted", "limit: posterior",
    }  # fmt: skip
    assert roles <= texts(rbf, FIGURES[0]) & texts(rbf, FIGURES[1])
    assert {"layer 1: point 1 of 14", "layer 2: point 14 of 14"} <= texts(rbf, FIGURES[3])
    for title in FIGURES[5:8]:
        assert {*KINDS} <= texts(rbf, title)
    assert {"CRPS", "place among the inferred points"} <= texts(rbf, "Error by inferred point")


def test_a_pair_that_was_asked_for_is_shown(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "asked")
    for path in (tmp_path / "asked").glob("plots/details/*/*/*/*/examples.csv"):
        header, *rows = path.read_text().splitlines()
        own = [row for row in rows if row.startswith("test,0,")]
        more = [row.replace("test,0,", f"test,{number},", 1) for number in (6, 4) for row in own]
        path.write_text("\n".join([header, *more, *(row for row in rows if row not in own), ""]))
    for path in (tmp_path / "asked").glob("plots/details/*/*/*/scoring.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"examples": [6, 4]}))
    found = titles(figures.draw(tmp_path / "asked", "infer", "rbf"))
    assert found[:3] == [f"{FIGURES[0]}: test signal 6", f"{FIGURES[0]}: test signal 4", FIGURES[1]]


def test_one_file_is_beside_the_page_and_nothing_moves(rbf: Path) -> None:
    assert {path.name for path in rbf.glob("*.png")} == {
        "rbf-leaderboard.png", "rbf-pairs.png", "rbf-steps.png",
    }  # fmt: skip
    assert not (rbf / "learning.svg").exists()


def test_what_is_missing_has_no_figure(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "less")
    for pattern in (
        "plots/details/*/*/*/*/*.csv",
        "plots/details/*/*/projections/*",
        "models/*/*/learning/*",
    ):
        for path in (tmp_path / "less").glob(pattern):
            path.unlink()
    less = figures.draw(tmp_path / "less", "infer", "rbf")
    assert titles(less) == [FIGURES[2], FIGURES[5], FIGURES[8]] and not (less / "position.csv").exists()
