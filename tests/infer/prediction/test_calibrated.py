"""A model that infers says what it was trained on, and how sure it is: held against draws of its law."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from support.law_signals import draw, info
from tidemark.core import calibration
from tidemark.core import trained as stored
from tidemark.core.store import Array, read_split, write_dataset
from tidemark.infer.laws import gaussian_process
from tidemark.infer.learning import described
from tidemark.prediction.model import load
from tidemark.training.entry import ModelEntry, TrainingDefaults
from tidemark.training.run import train_model

LAW = gaussian_process.Law.model_validate(
    {"points": 20, "members": 1, "offset_std": 0, "regime": "shuffle", "context": 10, "noise_std": 0.2}
)
AT = np.linspace(5, 15, 20)
"""Where the samples of a window lie."""


def recorded(count: int, seed: int) -> tuple[Array, Array]:
    """Windows of the law at regular positions, (count, 1, 20), whole and with half of the values missing."""
    random = np.random.default_rng(seed)
    covariance = np.exp(-((AT[:, None] - AT) ** 2) / (2 * LAW.length_scale**2)) + 0.2**2 * np.eye(20)
    whole = random.multivariate_normal(np.zeros(20), covariance, count)
    hidden = random.random(whole.shape).argsort(1) < 10
    return whole[:, None], np.where(hidden, np.nan, whole)[:, None]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that is far from sure enough of itself: it was hardly trained."""
    folder = tmp_path_factory.mktemp("infer")
    splits = {name: draw(LAW, 400, seed) for seed, name in enumerate(("train", "validation", "test"))}
    described_as = replace(info(LAW), splits=dict.fromkeys(splits, 400))
    write_dataset(folder / "data", described_as, splits)
    entry = ModelEntry.model_validate(
        {
            "dataset": "some", "arch": "learned_covariance", "source": "training/stored",
            "hyperparameters": {"noise_std": 1.0},
            "training": {"loss": "gaussian_nll", "steps": 3, "batch": 32, "learning_rate": 0.03},
        }
    )  # fmt: skip
    defaults = TrainingDefaults.model_validate({"threads": 1, "checkpoint_seconds": 60, "snapshots": 2})
    run = train_model("m", entry, defaults, "models.m", folder / "data", folder / "resume")
    stored.save(folder / "m", run.info, run.weights, calibration=run.calibration)
    return folder / "m"


def test_training_stores_what_its_signals_were_like(model: Path) -> None:
    known = calibration.read(model)
    assert known is not None and known.widths is not None and known.widths.shape == (1, 1, 50)
    assert known.inputs.location.smallest[0] < -1 and known.inputs.location.largest[0] > 1
    assert 0.1 < known.inputs.noise.typical[0] < 0.4  # 0.2 by the law


def test_signals_are_described_sequence_by_sequence_in_order_of_position() -> None:
    pairs = gaussian_process.Law.model_validate({"points": 60, "context": 5, "noise_std": 0.1})
    known = described(draw(pairs, 200), info(pairs))
    assert len(known.location.typical) == 2
    # Two smooth functions at uneven positions: what is left is the noise.
    assert all(0.08 < value < 0.2 for value in known.noise.typical)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_intervals_cover_what_they_say(model: Path, level: float) -> None:
    known = load(model)
    test = read_split(model.parent / "data", "test")
    mean, std = (
        known.trained.network(__import__("torch").from_numpy(np.array(test["context"])))
        .numpy()
        .swapaxes(0, 1)
    )
    widths = known.trained.calibration.widths[0, 0, round(level * 100) - 50]
    target = test["target"][:, 0]
    present = ~np.isnan(target)
    covered = (np.abs(target - mean) <= widths * std)[present].mean()
    assert abs(covered - level) < 0.02
    whole, given = recorded(400, 5)
    low, high = known.predict_interval(given, level)
    missing = np.isnan(given)
    assert low.shape == high.shape == given.shape and np.isnan(low[~missing]).all()
    assert abs(((low <= whole) & (whole <= high))[missing].mean() - level) < 0.02
