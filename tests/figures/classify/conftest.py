"""Inputs of the report for activities as the pipeline would leave them: days drawn from a chain, answers made up."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from support.report_inputs import write_comparison, write_csv
from tidemark.figures.tables import Row, Score

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PARAMS = """\
scale: smoke
training: {threads: 1, checkpoint_seconds: 10, snapshots: 8}
evaluation: {resamples: 10, confidence: 0.95, seed: 0, examples: 2}
tasks: {classify: {}}
datasets: {}
recordings: {}
studies:
  wrist: {folder: data/recorded/wrist, labels: Willetts2018, window: 30, split: {test: [P05-P08]}}
models: {}
baselines: {}
limits: {}
"""
CLASSES = ["bicycling", "mixed", "sit-stand", "sleep", "vehicle", "walking"]
PREDICTORS = {
    "residual": ("model", 0.93), "spectrogram-cnn": ("model", 0.87), "random-forest": ("baseline", 0.82),
    "rocket": ("baseline", 0.79), "majority": ("baseline", 0.0),
}  # fmt: skip
"""Kind, and the share of windows that are answered right but by chance."""
PEOPLE = ["P05", "P06", "P07", "P08"]
SKIPPED = "data/recorded/wrist/P03.csv.gz, row 52011, column x: 'abc'; expected a number"
METRICS = (
    "kappa", "balanced_accuracy", "macro_f1", "matthews", "log_loss", "calibration_error", "smoothed_kappa",
    "smoothed_balanced_accuracy", "smoothed_macro_f1", "smoothed_matthews",
)  # fmt: skip


def day(random: np.random.Generator, windows: int) -> tuple[Ints, Ints]:
    """Seconds since 1970 and class of each window that is annotated; (windows,) each, with gaps."""
    change = random.uniform(size=windows) < 0.02
    label = random.choice([0, 1, 2, 2, 4, 5, 5], windows)[
        np.maximum.accumulate(np.where(change, np.arange(windows), 0))
    ]
    label[int(0.6 * windows) : int(0.9 * windows)] = 3
    time = 1_478_998_800 + 30 * np.arange(windows)
    kept = np.ones(windows, dtype=bool)
    kept[int(0.2 * windows) : int(0.26 * windows)] = kept[int(0.93 * windows) : int(0.94 * windows)] = False
    return time[kept], label[kept]


def answers(random: np.random.Generator, true: Ints, right: float) -> tuple[Ints, Ints]:
    """A class for each window, and the most frequent one of the five around it; (windows,) each."""
    chance = np.where(random.uniform(size=len(true)) < 0.5, (true + 1) % 6, random.integers(0, 6, len(true)))
    told = np.where(random.uniform(size=len(true)) < right, true, chance) if right else np.full_like(true, 3)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(told, 2, mode="edge"), 5)
    return told, np.stack([(around == label).sum(1) for label in range(6)]).argmax(0)


def agreement(counts: Floats) -> float:
    """Cohen's κ of a confusion matrix; NaN of one class only."""
    total = counts.sum()
    chance = float((counts.sum(0) * counts.sum(1)).sum() / total**2)
    return float((np.trace(counts) / total - chance) / (1 - chance)) if chance < 1 else math.nan


def confusion(true: Ints, told: Ints) -> Floats:
    """(classes, classes): numbers of windows, a row a true class."""
    return np.bincount(6 * true + told, minlength=36).reshape(6, 6).astype(float)


def write_studies(folder: Path) -> None:
    """Spectrograms with a class's own rhythm, and what became of the participants."""
    random = np.random.default_rng(3)
    frequency = np.linspace(0, 50, 61)[:, None]
    spectrograms = random.gumbel(-3.0, 1.0, (6, 10, 61, 61)) - 0.05 * frequency
    for number, rhythm in enumerate((1.1, 2.3, 0.0, 0.0, 14.0, 1.9)):
        harmonics = np.exp(-np.square((frequency - rhythm * np.arange(1, 7)) / 0.5)).sum(1, keepdims=True)
        spectrograms[number] += (5 * harmonics if rhythm else -2.0 * (number == 3)) * random.uniform(
            0.7, 1.1, (10, 1, 1)
        )
    spectrograms[4, 7:] = np.nan
    folder.mkdir(parents=True)
    np.save(folder / "first.npy", spectrograms.astype(np.float16))
    np.save(folder / "random.npy", spectrograms[:, ::-1].astype(np.float16))
    kept = {
        f"P{number:02}": {"windows": 300 + number, "dropped": {"no_annotation": 20}} for number in (1, 2, 4)
    }
    kept |= {name: {"windows": 400, "dropped": {"no_annotation": 30, "missing_values": 2}} for name in PEOPLE}
    content = {"classes": CLASSES, "participants": kept, "skipped": {"P03": SKIPPED}}
    (folder / "study.json").write_text(json.dumps(content))


def write_outputs(root: Path, windows: int = 500) -> Path:
    """Write params.yaml, plots/ and nothing else below `root`, and return it."""
    random = np.random.default_rng(5)
    (root / "plots").mkdir(parents=True, exist_ok=True)
    (root / "params.yaml").write_text(PARAMS)
    write_studies(root / "plots/details/wrist")
    days = {name: day(random, windows) for name in PEOPLE}
    board: list[list[Any]] = []
    losses: list[list[Any]] = []
    for label, (kind, right) in PREDICTORS.items():
        name, folder = f"wrist-{label}", root / f"plots/details/wrist-{label}"
        told = {who: answers(random, true, right - 0.05 * place * (right > 0)) for place, (who, (_, true)) in
                enumerate(days.items())}  # fmt: skip
        tables = [{who: confusion(days[who][1], told[who][way]) for who in PEOPLE} for way in (0, 1)]
        sums = [np.sum([*each.values()], axis=0) for each in tables]
        rows = [
            ["test", way, CLASSES[i], CLASSES[j], int(sums[way][i, j])]
            for way in (0, 1) for i in range(6) for j in range(6)
        ]  # fmt: skip
        write_csv(folder / "confusion.csv", "test,smoothed,true,predicted,windows", rows)
        rows = []
        for way in (0, 1):
            hits = np.diag(sums[way])
            precision = hits / np.maximum(sums[way].sum(0), 1)
            recall = hits / sums[way].sum(1)
            for number, each in enumerate(CLASSES):
                f1 = 2 * hits[number] / (sums[way].sum(0) + sums[way].sum(1))[number]
                scores = [float(precision[number]), float(recall[number]), float(f1)]
                rows.append(["test", way, each, *scores, int(sums[way].sum(1)[number])])
        write_csv(folder / "classes.csv", "test,smoothed,class,precision,recall,f1,windows", rows)
        kappas = {who: [agreement(tables[way][who]) for way in (0, 1)] for who in PEOPLE}
        write_csv(
            folder / "participants.csv",
            "test,participant,windows,kappa,smoothed_kappa,balanced_accuracy,macro_f1",
            [["test", who, len(days[who][0]), *kappas[who], 0.9 * right, 0.85 * right] for who in PEOPLE],
        )
        bins = np.linspace(0.25, 0.95, 8)
        seen = np.clip(bins**1.3 if kind == "model" else bins**0.8, 0, 1)
        reliable = [["test", float(x), float(y), max(float(y) - 0.04, 0), min(float(y) + 0.04, 1)]
                    for x, y in zip(bins, seen, strict=True)]  # fmt: skip
        write_csv(folder / "reliability.csv", "test,nominal,observed,low,high", reliable)
        write_csv(
            folder / "strip.csv",
            "test,participant,time,true,predicted,smoothed,confidence",
            [
                ["test", who, str(np.datetime64(int(t), "s")), CLASSES[a], CLASSES[b], CLASSES[c], 0.8]
                for who in PEOPLE[:2] for t, a, b, c in zip(*days[who], *told[who], strict=True)
            ],
        )  # fmt: skip
        own, smoothed = (agreement(each) for each in sums)
        values = [
            own,
            0.95 * own,
            0.93 * own,
            own + 0.005,
            0.9 - 0.6 * own,
            0.04,
            smoothed,
            *[0.95 * smoothed] * 3,
        ]
        board.append(["wrist", len(board) + 1, name, kind,
                      *(part for value in values for part in (value, value - 0.03, value + 0.02)), math.nan, "",
                      2_776_357 // (len(board) + 1) * (kind == "model")])  # fmt: skip
        if kind == "model":
            steps = np.unique(np.geomspace(1, 600, 30).astype(int))
            falling, rising = 0.3 + 1.5 * np.exp(-steps / 70), right * (1 - np.exp(-steps / 60))
            losses += [
                ["wrist", name, int(step), split, float(loss + above), float(kappa) if above else math.nan]
                for split, above in (("train", 0.0), ("validation", 0.1))
                for step, loss, kappa in zip(steps, falling, rising, strict=True)
            ]
    compare = root / "plots/compare/classify"
    write_comparison(compare, METRICS, board, [], [], [])
    write_csv(compare / "curves.csv", "dataset,model,step,split,loss,kappa", losses)
    return root


@pytest.fixture(scope="session")
def classified(
    tmp_path_factory: pytest.TempPathFactory, rerun: Callable[[Path, str, str], None]
) -> Iterator[Path]:
    """A folder after the report stage has run on activities."""
    root = write_outputs(tmp_path_factory.mktemp("activities"))
    rerun(root, "plots", "0")
    yield root


@pytest.fixture
def row() -> Callable[..., Row]:
    """A row of the leaderboard, of kind, label and κ without smoothing and with it."""

    def made(kind: str, label: str, kappa: float = 0.5, smoothed: float = 0.6, width: float = 0.02) -> Row:
        scores = {name: Score(value, value - width, value + width)
                  for name, value in [("kappa", kappa), ("smoothed_kappa", smoothed)]}  # fmt: skip
        return Row("d", 1, f"d-{label}", kind, scores, math.nan, "", 1)

    return made
