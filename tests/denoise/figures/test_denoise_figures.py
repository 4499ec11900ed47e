"""Everything that the stage leaves of datasets of this task."""

import math
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from support import figures
from support.figures import info, titles, write_arrays, write_csv
from support.scored import predictor
from tidemark.core.store import DatasetInfo, read_json
from tidemark.denoise.figures.view import VIEW
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Predictor

LAW = {"noise_std": 0.1, "samples_per_cycle": 10, "shape": 1}
TESTS = {
    "std-0.3": LAW | {"noise_std": 0.3},
    "std-0.9": LAW | {"noise_std": 0.9},
    "enriched": LAW | {"shape": 2},
}
WAVES = info(name="waves", law=LAW, tests=TESTS)
CO2 = info(name="co2", generator="recorded", units="ppm", rate_unit="week", mean=[340.0], std=[9.0])
MODELS = {f"m{number}": 0.011 + 0.002 * number for number in range(7)} | {"sta": 0.01, "best": 0.004}
"""Nine models and their errors; of `sta` something is published."""
PUBLISHED = (
    "waves:\n  metric: mse\n  length: 1024\n  scores: {sta: {std-0.3: 0.0268}, raw: {std-0.3: 0.0898}}\n"
)


def everyone(description: DatasetInfo) -> list[Predictor]:
    errors = {label: ("model", error) for label, error in MODELS.items()} | {"raw": ("baseline", 0.08)}
    if description is CO2:
        errors = {"rnn": ("model", 0.05), "best": ("model", 0.02), "wiener": ("baseline", 0.07)}
    else:
        errors["limit"] = ("limit", 0.002)

    def scores(error: float) -> dict[str, float]:
        return {"l1": error, "mse": error**2, "snr_gain_db": 10.0}

    return [
        predictor(
            label, kind, dataset=description.name, parameters=1000, **scores(error),
            **{test: scores(error * law["noise_std"] * 10) for test, law in description.tests.items()},
        )
        for label, (kind, error) in errors.items()
    ]  # fmt: skip


def write(root: Path, description: DatasetInfo) -> None:
    """A dataset as evaluation and training leave it."""
    random = np.random.default_rng(1)
    time = np.arange(description.length)
    clean, noise = 0.5 + 0.5 * np.sin(2 * np.pi * time / 10), random.normal(size=len(time))
    if description is CO2:
        clean[20:25] = np.nan
    predictors = everyone(description)
    figures.write_scored(root, VIEW, description, predictors, PUBLISHED)
    for each in predictors:
        error, rows = each.score("l1").value, []
        for test in description.test_sets:
            noisy = clean + noise * description.of(test).law.get("noise_std", 0.3)
            estimate = np.nan_to_num(clean) + 3 * error * noise
            rows += [[test, 0, int(t), noisy[t], clean[t], estimate[t]] for t in time]
        folder = figures.details(root, description, each)
        write_csv(folder / "examples.csv", "test,signal,position,noisy,clean,estimate", rows)
        write_csv(folder / "position.csv", "position,l1", [[int(t), error * (1 + t / 40)] for t in time])
        if each.kind == "model":
            curve = [[step, error + 1 / step, error + 1.1 / step] for step in (1, 10, 100)]
            write_csv(figures.model(root, each) / "curve.csv", "step,train,validation", curve)
            arrays: dict[str, Any] = {"step": np.arange(5), "estimate": np.outer(np.linspace(0, 1, 5), clean)}
            arrays |= {"noisy": clean + noise / 10, "clean": clean}
            if each.label == "sta":
                attention = random.uniform(1, 9, (len(time), len(time)))
                arrays["attention_temporal"] = attention / attention.sum(axis=1, keepdims=True)
            write_arrays(figures.model(root, each) / "learning", arrays)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("denoise")
    write(folder, WAVES)
    write(folder, CO2)
    return folder


@pytest.fixture(scope="module")
def waves(root: Path) -> Path:
    return figures.draw(root, "denoise", "waves")


@pytest.fixture(scope="module")
def co2(root: Path) -> Path:
    return figures.draw(root, "denoise", "co2")


def test_figures_of_several_test_sets(waves: Path) -> None:
    assert titles(waves) == [
        "Test set: test", "Test set: std-0.3", "Test set: std-0.9", "Cycle by cycle", "Where attention goes",
        "How far from the best any method could do", "Error by noise level", "Error by position",
        "Learning curves", "Learning, step by step",
    ]  # fmt: skip
    maps = {"clean", "noisy", "best", "sta", *(f"m{number}" for number in range(7))}
    assert maps <= figures.texts(waves, "Cycle by cycle")
    captions = {each["title"]: each["caption"] for each in figures.section(waves)["figures"]}
    assert "test set std-0.3 cut into its cycles" in captions["Cycle by cycle"]
    assert {"sta", "to"} <= figures.texts(waves, "Where attention goes")
    # The map and its colour scale.
    assert (waves / "attention.svg").read_text().count("data:image/webp;base64,") == 2
    assert {"best", "sta", "5 other models", "training"} <= figures.texts(waves, "Error by noise level")
    assert "while best, sta, m0, m1 train" in captions["Learning, step by step"]


def test_every_model_of_few_is_in_every_figure(co2: Path) -> None:
    assert titles(co2) == [
        "Test signal 0", "How far from the best any method could do", "Error by position", "Learning curves",
        "Learning, step by step",
    ]  # fmt: skip
    for title in titles(co2)[1:]:
        assert {"rnn", "best"} <= figures.texts(co2, title)


def test_units_are_named_and_missing_samples_explained(co2: Path, waves: Path) -> None:
    (first, *_) = figures.section(co2)["figures"]
    assert first["caption"].endswith("Where samples are missing, the background is grey.")
    assert {"value (ppm, standardised)", "time (week)"} <= figures.texts(co2, "Test signal 0")
    assert "L1 error (standardised)" in figures.texts(co2, "Error by position")
    assert "missing" not in figures.section(waves)["figures"][0]["caption"]


def test_the_section_says_what_the_page_needs(waves: Path, co2: Path) -> None:
    found = figures.section(waves)
    assert (found["task"], found["dataset"], found["made_up"], found["length"]) == (
        "denoise",
        "waves",
        False,
        40,
    )
    assert found["test_sets"] == {
        "test": {"noise_std": 0.1}, "std-0.3": {"noise_std": 0.3}, "std-0.9": {"noise_std": 0.9}, "enriched": {},
    }  # fmt: skip
    published = {
        "metric": "mse", "length": 1024, "scores": {"sta": {"std-0.3": 0.0268}, "raw": {"std-0.3": 0.0898}},
        "source": "authors",
    }  # fmt: skip
    assert found["published"].items() >= published.items()
    assert figures.section(co2)["published"] is None
    assert found["view"]["metrics"][1]["unit"] == "dB" and found["colours"]["waves-limit"] == "#1b2430"
    for figure in found["figures"]:
        assert (waves / figure["file"]).stat().st_size < 60_000 and figure["alt"].startswith("waves: ")
        assert figure["width"] > 100 and figure["height"] > 100


def test_files_beside_the_page_are_small(waves: Path) -> None:
    pictures = {path.name: path.read_bytes() for path in waves.glob("*.png")}
    assert sorted(pictures) == ["waves-examples.png", "waves-leaderboard.png"]
    for content in pictures.values():
        assert len(content) < 80_000
        assert len(Image.open(BytesIO(content)).convert("RGB").getcolors(10**6) or []) > 8


def test_scores_and_headlines_are_written(root: Path, waves: Path) -> None:
    found = comparison.read(root / "metrics/denoise/waves.json")
    assert [each.label for each in found.predictors[:3]] == ["limit", "best", "sta"]
    headlines = root / "metrics/headline/waves"
    assert {path.stem for path in headlines.iterdir()} == set(MODELS)
    assert read_json(headlines / "m1.json") == {"score": 0.013, "times_limit": 6.5}


def test_tables_are_those_of_the_scores(waves: Path, co2: Path) -> None:
    board = figures.table(waves / "leaderboard.csv")
    assert [row["predictor"] for row in board[:2]] == ["waves-limit", "waves-best"]
    assert (board[1]["rank"], board[1]["l1"], board[1]["times_limit"]) == ("2", "0.004", "2")
    curves = figures.table(waves / "curves.csv")
    assert len(curves) == 2 * 3 * len(MODELS) and curves[0].keys() == {
        "dataset",
        "model",
        "step",
        "split",
        "loss",
    }
    position = figures.table(waves / "position.csv")
    assert len(position) == 40 * 11 and {row["kind"] for row in position} == {"model", "baseline", "limit"}
    tests = figures.table(waves / "tests.csv")
    assert len(tests) == 4 * 3 * 11
    chosen = [
        row
        for row in tests
        if (row["predictor"], row["test"], row["metric"]) == ("waves-sta", "std-0.3", "mse")
    ]
    (row,) = chosen
    assert (row["noise_std"], row["published"], row["limit"]) == ("0.3", "0.0268", "waves-limit")
    assert math.isclose(float(row["limit_value"]), 0.006**2) and not (co2 / "tests.csv").exists()


def test_the_same_bytes_again(root: Path, waves: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "again", ignore=shutil.ignore_patterns("datasets"))
    command, environment = figures.command("denoise", "waves"), figures.environment(hash_seed="1")
    subprocess.run(command, cwd=tmp_path / "again", env=environment, check=True)
    again = tmp_path / "again/plots/datasets/denoise/waves"
    assert {path.name for path in again.iterdir()} == {path.name for path in waves.iterdir()}
    for path in waves.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
