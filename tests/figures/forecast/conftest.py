"""Inputs of the report for forecasts as the pipeline would leave them, with made-up but plausible errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.report_inputs import write_comparison, write_csv

PARAMS = """\
scale: smoke
training: {threads: 1, checkpoint_seconds: 10, snapshots: 8}
evaluation: {resamples: 10, confidence: 0.95, seed: 0, examples: 2}
tasks: {forecast: {}}
datasets:
  harmonics:
    generator: harmonics
    seed: 0
    splits: {train: 4, validation: 4, test: 4}
    law: {lookback: 100, horizon: 5, components: [3, 6], noise_std: 0}
recordings:
  sunspots: {task: forecast, file: sunspots.csv, columns: [sunspots], time_column: year, sampling_rate: 1,
             rate_unit: year, lookback: 44, horizon: 11, hop: 1, normalisation: window}
models: {}
baselines: {}
limits: {}
"""
MODELS = {"lstm": 4e-2, "seq2seq": 1.5e-2, "mlp-gru": 9e-3, "convolution": 6e-4}
"""MSE without noise."""
BASELINES = {
    "last-value": 0.16,
    "dft": 0.49,
    "covariance": 4e-4,
    "linear-prediction": 7e-10,
    "period-grid": 31.0,
}
LEAST = {"lstm": 4e-2, "seq2seq": 1.6e-2, "mlp-gru": 1.1e-2, "convolution": 4e-3} | {
    "last-value": 0.16, "dft": 0.49, "covariance": 9e-3, "linear-prediction": 2.2e-2, "period-grid": 2e-2,
    "genie": 2.6e-3,
}  # fmt: skip
"""MSE at noise 0.1."""
NOISE = {"test": 0.0, "std-0.03": 0.03, "std-0.1": 0.1, "std-0.3": 0.3}
COMPONENTS = {"components-3": 3, "components-10": 10, "components-20": 20, "components-44": 44}
STAGES = [(0, "components 1–2"), (100, "components 1–4"), (250, "")]
METRICS = ("mse", "normalised_mse", "one_step_mse", "skill", "mase")


def kind_of(label: str) -> str:
    return "model" if label in MODELS else "limit" if label == "genie" else "baseline"


def error(label: str, test: str) -> float:
    """MSE on a test set of `harmonics`."""
    clean = {**MODELS, **BASELINES, "genie": 2e-14}[label]
    if test in NOISE:
        return clean + LEAST[label] * (NOISE[test] / 0.1) ** 2
    if test == "drift":
        return clean + LEAST[label] / 2
    count = COMPONENTS[test]
    return 1e-14 if label == "genie" else min(clean * (count / 4) ** 3, max(0.5, clean))


def scores(mse: float) -> list[float]:
    """All metrics' values, lower and upper ends."""
    values = [mse, mse / 0.25, mse / 3, 1 - mse / 0.16, 2 * math.sqrt(mse)]
    return [
        part for value in values for part in (value, value - 0.07 * abs(value), value + 0.08 * abs(value))
    ]


def write_outputs(root: Path) -> Path:
    """Write params.yaml and plots/ below `root`, and return it."""
    random = np.random.default_rng(0)
    (root / "params.yaml").write_text(PARAMS)
    board: list[list[Any]] = []
    sets: list[list[Any]] = []
    places: list[list[Any]] = []
    losses: list[list[Any]] = []
    everyone = [*MODELS, *BASELINES, "genie"]
    tests = [*NOISE, *COMPONENTS, "drift"]
    for dataset, lookback, horizon in [("harmonics", 100, 5), ("sunspots", 44, 11)]:
        here = (
            everyone if dataset == "harmonics" else ["lstm", "convolution", "last-value", "linear-prediction"]
        )
        time = np.arange(lookback + horizon)
        signals = {
            test: sum(np.sin(2 * np.pi * time / period + shift + place) / 3 for period, shift in [(41, 0), (13, 2), (7, 4)])
            for place, test in enumerate(tests)
        }  # fmt: skip
        for rank, label in enumerate(sorted(here, key=lambda each: error(each, "test")), 1):
            name, kind = f"{dataset}-{label}", kind_of(label)
            own = error(label, "test" if dataset == "harmonics" else "std-0.3")
            limit = "harmonics-genie" if dataset == "harmonics" else ""
            board.append(
                [dataset, rank, name, kind, *scores(own), math.nan, limit, 41301 * rank * (kind == "model")]
            )
            steps = np.linspace(0.3, 1.7, horizon)
            places += [[dataset, name, kind, t, own * steps[t]] for t in range(horizon)]
            rows: list[list[Any]] = []
            for test in tests if dataset == "harmonics" else ["test"]:
                signal = np.asarray(signals[test])
                past = signal[:lookback] + NOISE.get(test, 0.0) * random.normal(size=lookback)
                guess = signal[lookback:] + np.sqrt(min(error(label, test), 1) * steps) * random.normal(
                    size=horizon
                )
                for number in range(2 if test == "test" else 1):
                    rows += [[test, number, t, past[t], math.nan, math.nan] for t in range(lookback)]
                    rows += [
                        [test, number, lookback + t, math.nan, signal[lookback + t], guess[t]]
                        for t in range(horizon)
                    ]
                if dataset == "harmonics":
                    best = error("genie", test)
                    for metric, place in [("mse", 0), ("skill", 9)]:
                        value, low, high = scores(error(label, test))[place : place + 3]
                        ratio = value / best if metric == "mse" and best > 1e-9 else math.nan
                        sets.append([dataset, test, NOISE.get(test, math.nan), COMPONENTS.get(test, math.nan), name,
                                     kind, metric, value, low, high, limit, best, ratio,
                                     0.0166 if (label, test, metric) == ("seq2seq", "test", "mse") else math.nan])  # fmt: skip
            write_csv(
                root / f"plots/details/{name}/examples.csv", "test,signal,position,past,future,estimate", rows
            )
            if kind == "model":
                trained = np.unique(np.geomspace(10, 600, 30).astype(int))
                falling = own + 0.2 * np.exp(-trained / 80)
                losses += [[dataset, name, int(step), split, float(loss)] for split in ("train", "validation")
                           for step, loss in zip(trained, falling * random.uniform(0.9, 1.1, len(trained)), strict=True)]  # fmt: skip
                folder = root / f"plots/learning/{name}"
                folder.mkdir(parents=True)
                learned = np.outer(1 - np.exp(-np.arange(6.0)), guess)
                arrays = {
                    "step": np.arange(6) * 100,
                    "estimate": learned,
                    "past": past,
                    "future": signal[lookback:],
                }
                for array, content in arrays.items():
                    np.save(
                        folder / f"{array}.npy", content.astype(np.float32 if array != "step" else np.int64)
                    )
    compare = root / "plots/compare/forecast"
    write_comparison(compare, METRICS, board, places, losses, sets)
    stages = [
        ["harmonics", "harmonics-mlp-gru", place, step, law] for place, (step, law) in enumerate(STAGES)
    ]
    write_csv(compare / "stages.csv", "dataset,model,stage,step,law", stages)
    return root


@pytest.fixture(scope="session")
def forecasts(tmp_path_factory: pytest.TempPathFactory, rerun: Callable[[Path, str, str], None]) -> Path:
    """A folder after the report stage has run on forecasts."""
    root = write_outputs(tmp_path_factory.mktemp("forecasts"))
    rerun(root, "plots", "0")
    return root
