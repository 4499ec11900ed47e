"""Inputs of the report as the pipeline would leave them, made without training anything."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.report_inputs import write_comparison, write_csv

MODELS = {
    "rnn": (0.047, 1021), "bidirectional-rnn": (0.041, 2041), "gru": (0.034, 3001),
    "bidirectional-gru": (0.029, 6001), "best": (0.0135, 48211),
}  # fmt: skip
BASELINES = {"noisy": 0.175, "wiener": 0.071, "wavelet": 0.052, "least-squares": 0.023}
LIMITS = {"phase-posterior": 0.0, "phase-posterior-causal": 0.009}
DATASETS = {
    "sine": ([*MODELS], [*BASELINES], [*LIMITS]),
    "sine-free": (["rnn", "bidirectional-gru", "best"], [*BASELINES], ["posterior"]),
    "sine-missing": (["rnn-2", "best"], ["noisy", "wavelet"], []),
    "co2": (["rnn", "best"], ["noisy", "wiener", "wavelet"], []),
}
PARAMS = """\
scale: smoke
training: {threads: 1, checkpoint_seconds: 10, snapshots: 8}
evaluation: {resamples: 10, confidence: 0.95, seed: 0, examples: 3}
tasks: {denoise: {}}
datasets:
  waves:
    generator: lincomb
    seed: 0
    splits: {train: 4, validation: 4, test: 4}
    law: {cycles: 4, samples_per_cycle: {smoke: 10, paper: 300}, functions: [{frequency: 1}]}
recordings:
  co2: {file: co2.csv, columns: [co2], time_column: date, sampling_rate: 1, rate_unit: week, units: ppm,
        window: 60, hop: 4, snr_db: 10}
models: {}
baselines: {}
limits: {}
"""


def _errors(dataset: str) -> list[tuple[str, str, float, int]]:
    """Label, kind, error and parameters of every predictor, best first."""
    models, baselines, limits = DATASETS[dataset]
    factor = {"sine": 1.0, "sine-free": 1.3, "sine-missing": 1.1, "co2": 1.6}[dataset]
    table = MODELS | {"rnn-2": (0.12, 13)}
    found = [(label, "model", factor * table[label][0], table[label][1]) for label in models]
    found += [(label, "baseline", factor * BASELINES[label], 0) for label in baselines]
    found += [(label, "limit", factor * (LIMITS | {"posterior": 0.0101})[label], 0) for label in limits]
    return sorted(found, key=lambda each: each[2])


def write_outputs(
    root: Path,
    datasets: tuple[str, ...] = tuple(DATASETS),
    length: int = 60,
    frames: int = 5,
    signals: int = 3,
    several: bool = False,
) -> Path:
    """Write params.yaml, plots/ and metrics/paper/ below `root`, and return it."""
    random = np.random.default_rng(0)
    root.mkdir(parents=True, exist_ok=True)
    (root / "params.yaml").write_text(PARAMS)
    board: list[list[Any]] = []
    places: list[list[Any]] = []
    losses: list[list[Any]] = []
    time = np.arange(length)
    ends = 1 + 2 * np.exp(-time / 5) + 1.2 * np.exp((time - length) / 3)
    for dataset in datasets:
        clean = np.sin(2 * np.pi * (time + np.array([[3], [21], [47]])) / 40)
        clean = clean + (0.02 * time - 0.5 if dataset == "co2" else 0)
        noisy = clean + random.uniform(-0.35, 0.35, clean.shape)
        truth = clean.copy()
        if dataset == "co2":
            noisy[0, 20:25] = clean[0, 20:25] = noisy[1, 7] = clean[1, 7] = np.nan
        ranked = _errors(dataset)
        limit = min((error for _, kind, error, _ in ranked if kind == "limit" and error), default=None)
        for rank, (label, kind, error, parameters) in enumerate(ranked, 1):
            name = f"{dataset}-{label}"
            low, high, mse = 0.95 * error, 1.06 * error, 1.7 * error**2
            gain = [10 * np.log10(0.041 / part) if part else 60 for part in (mse, 1.1 * mse, 0.9 * mse)]
            board.append([
                dataset, rank, name, kind, error, low, high, mse, 0.9 * mse, 1.1 * mse, *map(float, gain),
                error / limit if limit and error else np.nan, f"{dataset}-limit" if limit else "", parameters,
            ])  # fmt: skip
            shape = ends if "bidirectional" in label or kind != "model" else 1 + 2 * np.exp(-time / 9)
            by_position = error * shape / shape.mean() * random.uniform(0.93, 1.07, length)
            places += [[dataset, name, kind, int(t), float(by_position[t])] for t in time]
            white = random.normal(size=clean.shape)
            wander = np.apply_along_axis(np.convolve, 1, white, np.ones(5) / 5, "same")
            estimate = truth + 2.5 * error * shape * wander
            rows = [
                ["test", signal, int(t), float(noisy[signal, t]), float(clean[signal, t]), float(estimate[signal, t])]
                for signal in range(signals) for t in time
            ]  # fmt: skip
            write_csv(
                root / f"plots/details/{name}/examples.csv", "test,signal,position,noisy,clean,estimate", rows
            )
            if kind == "model":
                steps = np.unique(np.geomspace(1, 300 if label != "best" else 3000, 40).astype(int))
                falling = error + 0.6 * np.exp(-steps / 60) + 0.05 * np.exp(-steps / 400)
                for split, above in [("train", 1.0), ("validation", 1.08)]:
                    values = falling * above * random.uniform(0.93, 1.07, len(steps))
                    pairs = zip(steps, values, strict=True)
                    losses += [[dataset, name, int(step), split, float(loss)] for step, loss in pairs]
                learned = 1 - np.exp(-np.linspace(0, 5, frames))[:, None]
                folder = root / f"plots/learning/{name}"
                folder.mkdir(parents=True)
                for array, content in {
                    "step": np.linspace(0, steps[-1], frames).astype(int),
                    "estimate": (learned * estimate[0]).astype(np.float32),
                    "noisy": noisy[0].astype(np.float32),
                    "clean": clean[0].astype(np.float32),
                }.items():
                    np.save(folder / f"{array}.npy", content)
    sets = write_several(root, board, places, losses) if several else None
    metrics = ("l1", "mse", "snr_gain_db")
    write_comparison(root / "plots/compare/denoise", metrics, board, places, losses, sets)
    (root / "metrics/paper").mkdir(parents=True)
    content = {
        "task": "denoise", "dataset": "sine", "scale": "paper", "parameters": 900001, "device": "NVIDIA H100",
        "test": {"test": {"l1": {"value": 0.01123, "low": 0.0111, "high": 0.0114}}},
    }  # fmt: skip
    (root / "metrics/paper/sine-best.json").write_text(json.dumps(content))
    return root


WAVES = {f"m{number}": 0.011 + 0.002 * number for number in range(7)} | {"sta": 0.01, "best": 0.004}
"""Nine models and their errors; of `sta` something is published."""
SETS = {"test": 0.1, "std-0.3": 0.3, "std-0.9": 0.9, "enriched": math.nan}
PUBLISHED = {("sta", "std-0.3"): 0.02682, ("sta", "std-0.9"): 0.03952, ("raw", "std-0.3"): 0.0898}


def write_several(
    root: Path, board: list[list[Any]], places: list[list[Any]], losses: list[list[Any]]
) -> list[list[Any]]:
    """Add the dataset `waves`: several test sets, many models, one of which attends; the scores by test set."""
    random = np.random.default_rng(1)
    length = 40
    clean = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(length) / 10)
    noise = random.normal(size=length)
    predictors = {name: ("model", error) for name, error in WAVES.items()}
    predictors |= {"raw": ("baseline", 0.08), "limit": ("limit", 0.002)}
    scores: list[list[Any]] = []
    for rank, (label, (kind, error)) in enumerate(sorted(predictors.items(), key=lambda each: each[1][1]), 1):
        name = f"waves-{label}"
        board.append(["waves", rank, name, kind, *[error] * 3, *[error**2] * 3, *[10.0] * 3, error / 0.002,
                      "waves-limit", 1000 + rank])  # fmt: skip
        places += [["waves", name, kind, t, error * (1 + t / 40)] for t in range(length)]
        rows = []
        for test, std in SETS.items():
            noisy = clean + np.nan_to_num(std, nan=0.1) * noise
            estimate = clean + 3 * error * noise
            rows += [[test, 0, t, noisy[t], clean[t], estimate[t]] for t in range(length)]
            value, limit = error * np.nan_to_num(std, nan=0.1), 0.002 * np.nan_to_num(std, nan=0.1)
            for metric in ("l1", "mse"):
                printed = PUBLISHED.get((label, test), math.nan) if metric == "mse" else math.nan
                scores.append(["waves", test, std, math.nan, name, kind, metric, value, 0.9 * value, 1.1 * value,
                               "waves-limit", limit, value / limit, printed])  # fmt: skip
        write_csv(
            root / f"plots/details/{name}/examples.csv", "test,signal,position,noisy,clean,estimate", rows
        )
        if kind == "model":
            losses += [["waves", name, step, split, error + 1 / step] for split in ("train", "validation")
                       for step in (1, 10, 100)]  # fmt: skip
            folder = root / f"plots/learning/{name}"
            folder.mkdir(parents=True)
            arrays = {"step": np.arange(5), "estimate": np.outer(np.linspace(0, 1, 5), clean)}
            arrays |= {"noisy": clean + noise / 10, "clean": clean}
            if label == "sta":
                attention = random.uniform(1, 9, (length, length))
                arrays["attention_temporal"] = attention / attention.sum(axis=1, keepdims=True)
            for array, content in arrays.items():
                np.save(folder / f"{array}.npy", content.astype(np.float32))
    return scores


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it is when the report stage starts."""
    return write_outputs(tmp_path_factory.mktemp("outputs"), ("sine", "co2"), signals=2, several=True)


@pytest.fixture(scope="session")
def reported(outputs: Path) -> Path:
    """The same folder after the report stage has run."""
    run_stage(outputs, "plots")
    return outputs


def run_stage(root: Path, into: str, hash_seed: str = "0") -> None:
    """Run `stages.report` in `root`, as the pipeline does; write its three outputs below `into`."""
    repository = Path(__file__).parents[2]
    paths = [
        "plots/compare",
        "plots/details",
        "plots/learning",
        "metrics/paper",
        "metrics/speed",
    ]
    outs = [f"{into}/{name}" for name in ("report.html", "figures", "animations")]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(repository), str(repository / "src")]),
        "PYTHONHASHSEED": hash_seed,
    }
    subprocess.run(
        [sys.executable, "-m", "stages.report", *paths, *outs], cwd=root, env=environment, check=True
    )


@pytest.fixture(scope="session")
def rerun() -> Callable[[Path, str, str], None]:
    """`run_stage`, for tests that run it again."""
    return run_stage


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium, driven by its own chromedriver."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    flags = (
        "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
        "disable-component-update disable-sync"
    )
    for flag in flags.split():
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield started
    started.quit()
