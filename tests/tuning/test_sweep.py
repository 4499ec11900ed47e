"""A sweep finds the options that are best on validation signals, by a search that the test makes itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.tuning.sweep import sweep

PARAMS = """
baselines:
  d:
    savitzky-golay: {options: {window: 5, degree: 1}}
    mean: {}
"""


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """A pipeline with one dataset of noisy sines; its validation signals."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "pipelines/denoise"
    folder.mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("scale: laptop\n")
    (folder / "params.yaml").write_text(PARAMS)
    (folder / "sweeps.yaml").write_text(
        "d:\n  savitzky-golay: {window: [5, 9, 15, 31, 61], degree: [1, 99]}\n"
    )
    generator = np.random.default_rng(0)
    phases = generator.uniform(0, 2 * np.pi, (40, 1, 1))
    clean = np.sin(2 * np.pi * np.arange(100) / 60 + phases)
    splits = {"clean": clean, "noisy": clean + generator.normal(0, 0.3, clean.shape)}
    parts = {
        name: {key: value[start : start + 10].astype(np.float32) for key, value in splits.items()}
        for name, start in (("train", 0), ("validation", 10), ("test", 20))
    }
    info = DatasetInfo("d", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, dict.fromkeys(parts, 10))
    write_dataset(tmp_path / "data/d", info, parts)
    return parts["validation"]


def test_the_best_on_validation_signals_comes_first(noisy: dict[str, np.ndarray]) -> None:
    from scipy.signal import savgol_filter

    errors = {
        window: np.square(savgol_filter(noisy["noisy"], window, 1) - noisy["clean"]).mean()
        for window in (5, 9, 15, 31, 61)
    }
    trials = sweep("denoise", "d", "savitzky-golay")
    # A degree that no window allows has no score.
    assert [trial.options for trial in trials] == [
        {"window": window, "degree": 1} for window in sorted(errors, key=lambda window: errors[window])
    ]
    assert trials[0].options["window"] not in (5, 61)


@pytest.mark.parametrize(
    ("grid", "message"),
    [("{window: [5], width: [3]}", "width: unknown key"), ("{degree: [98, 99]}", "needs a window of more")],
)
def test_options_that_cannot_be_are_named(noisy: dict[str, np.ndarray], grid: str, message: str) -> None:
    Path("pipelines/denoise/sweeps.yaml").write_text(f"d:\n  savitzky-golay: {grid}\n")
    Path("pipelines/denoise/params.yaml").write_text(PARAMS.replace("degree: 1", "degree: 97"))
    with pytest.raises(InputError, match=message):
        sweep("denoise", "d", "savitzky-golay")


def test_another_baseline_is_named(noisy: dict[str, np.ndarray]) -> None:
    with pytest.raises(InputError, match=r"no 'median'; expected one of savitzky-golay, mean"):
        sweep("denoise", "d", "median")
