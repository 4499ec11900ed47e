"""Everything that the stage leaves of datasets of this task."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from support import figures
from support.figures import info, texts, titles, write_arrays, write_csv
from support.scored import predictor
from tidemark.core.store import DatasetInfo
from tidemark.evaluation.comparison import Predictor
from tidemark.forecast.figures.view import VIEW

MODELS = {"lstm": 4e-2, "seq2seq": 1.5e-2, "mlp-gru": 9e-3, "convolution": 6e-4}
"""MSE without noise."""
OTHERS = {"last-value": 0.16, "dft": 0.49, "linear-prediction": 7e-10, "genie": 2e-14}
NOISE = {"std-0.03": 0.03, "std-0.1": 0.1, "std-0.3": 0.3}
COMPONENTS = {"components-3": 3, "components-10": 10, "components-20": 20, "components-44": 44}
LAW = {"lookback": 100, "horizon": 5, "components": [3, 6], "noise_std": 0.0, "drift": None}
TESTS = {test: LAW | {"noise_std": noise} for test, noise in NOISE.items()}
TESTS |= {test: LAW | {"components": count} for test, count in COMPONENTS.items()}
TESTS["drift"] = LAW | {"drift": 0.1}
HARMONICS = info(name="harmonics", task="forecast", length=100, horizon=5, law=LAW, tests=TESTS)
SUNSPOTS = info(name="sunspots", task="forecast", length=44, horizon=11, generator="recorded", units="spots",
                rate_unit="year", normalisation="window")  # fmt: skip
CURRICULUM = [{"steps": 100, "law": {"components": [1, 2]}}, {"steps": 150, "law": {"components": [1, 4]}}]


def error(label: str, test: str) -> float:
    """MSE on a test set."""
    clean = {**MODELS, **OTHERS}[label]
    if test in COMPONENTS:
        return 1e-14 if label == "genie" else min(clean * (COMPONENTS[test] / 4) ** 3, max(0.5, clean))
    return clean + 0.01 * (NOISE.get(test, 0.0) / 0.1) ** 2


def everyone(description: DatasetInfo) -> list[Predictor]:
    labels = [*MODELS, *OTHERS] if description is HARMONICS else ["lstm", "convolution", "last-value"]

    def scores(mse: float) -> dict[str, float]:
        values = [mse, mse / 0.25, mse / 3, 1 - mse / 0.16, 2 * math.sqrt(mse)]
        return dict(zip((metric.name for metric in VIEW.metrics), values, strict=True))

    return [
        predictor(
            label,
            "model" if label in MODELS else "limit" if label == "genie" else "baseline",
            dataset=description.name,
            parameters=41301,
            **scores(error(label, "test")),
            **{test: scores(error(label, test)) for test in description.tests},
        )
        for label in labels
    ]


def write(root: Path, description: DatasetInfo) -> None:
    """A dataset as evaluation and training leave it."""
    random = np.random.default_rng(0)
    lookback, horizon = description.length, description.horizon
    signal = np.sin(2 * np.pi * np.arange(lookback + horizon) / 41)
    predictors = everyone(description)
    published = "harmonics: {metric: mse, scores: {seq2seq: {test: 0.0166}}}\n"
    figures.write_scored(root, VIEW, description, predictors, published)
    for each in predictors:
        rows: list[list[object]] = []
        guess = signal[lookback:] + 0.1 * random.normal(size=horizon)
        for test in description.test_sets:
            for number in range(2 if test == "test" else 1):
                rows += [[test, number, t, signal[t], math.nan, math.nan] for t in range(lookback)]
                rows += [
                    [test, number, lookback + t, math.nan, signal[lookback + t], guess[t]]
                    for t in range(horizon)
                ]
        folder = figures.details(root, description, each)
        write_csv(folder / "examples.csv", "test,signal,position,past,future,estimate", rows)
        own = each.score("mse").value
        write_csv(folder / "position.csv", "position,mse", [[t, own * (1 + t / 10)] for t in range(horizon)])
        if each.kind == "model":
            folder = figures.model(root, each)
            curve = [[step, own + 2 / step, own + 3 / step] for step in (10, 60, 600)]
            write_csv(folder / "curve.csv", "step,train,validation", curve)
            arrays = {"step": np.arange(6) * 100, "estimate": np.outer(1 - np.exp(-np.arange(6.0)), guess)}
            write_arrays(
                folder / "learning", arrays | {"past": signal[:lookback], "future": signal[lookback:]}
            )
            parts = CURRICULUM if each.label == "mlp-gru" else []
            training = {"training": {"steps": 600, "curriculum": parts}}
            (folder / "training.json").write_text(json.dumps(training))


@pytest.fixture(scope="module")
def harmonics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("harmonics")
    write(root, HARMONICS)
    return figures.draw(root, "forecast", "harmonics")


@pytest.fixture(scope="module")
def sunspots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sunspots")
    write(root, SUNSPOTS)
    return figures.draw(root, "forecast", "sunspots")


def test_figures(harmonics: Path, sunspots: Path) -> None:
    assert titles(harmonics) == [
        "Test set: test", "Test set: components-44", "Test set: std-0.3",
        "The Fourier transform's forecast of test signals",
        "How far from the best any method could do", "Error by noise level", "Error by number of components",
        "Error by step of the horizon", "Learning curves", "Learning, step by step",
    ]  # fmt: skip
    assert titles(sunspots) == [
        "Test signal 0", "Test signal 1", "How far from the best any method could do",
        "Error by step of the horizon", "Learning curves", "Learning, step by step",
    ]  # fmt: skip


def test_the_limit_is_in_the_sweeps_and_training_is_marked(harmonics: Path) -> None:
    for title in ("Error by noise level", "Error by number of components"):
        written = {text.removeprefix("↓ ") for text in texts(harmonics, title)}
        assert {"genie", "linear-prediction", "convolution", "lstm", "training"} <= written
    assert {"0", "0.03", "0.1", "0.3"} <= texts(harmonics, "Error by noise level")
    assert {"3", "10", "20", "44"} <= texts(harmonics, "Error by number of components")
    captions = {each["title"]: each["caption"] for each in figures.section(harmonics)["figures"]}
    assert "from step 100 components 1–4, from step 250 the whole law" in captions["Learning curves"]


def test_axes_and_keys_speak_of_forecasts(harmonics: Path, sunspots: Path) -> None:
    assert {"steps ahead", "MSE"} <= texts(harmonics, "Error by step of the horizon")
    assert {"time ahead (year)", "MSE (window scaled)"} <= texts(sunspots, "Error by step of the horizon")
    (first, *_, last) = figures.section(harmonics)["figures"]
    assert first["caption"].startswith("The input, its last part, is shaded") and last["place"] == "animation"
    assert "missing" not in first["caption"] and figures.section(harmonics)["length"] == 105


def test_the_animation_has_a_frame_for_each_snapshot(sunspots: Path) -> None:
    text = (sunspots / "learning.svg").read_text()
    assert [f"step {100 * frame}" in text for frame in range(7)] == [True] * 6 + [False]
