"""A model that infers says what it was trained on, and how sure it is: held against draws of its law."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from support.law_signals import draw, info
from support.models import signals, trained
from tidemark.core import calibration
from tidemark.core import trained as stored
from tidemark.core.calibration import Calibration
from tidemark.core.conformal import at_level, pooled_half_widths
from tidemark.core.errors import InputError
from tidemark.core.likeness import describe
from tidemark.core.store import Array, write_dataset
from tidemark.infer.laws import gaussian_process
from tidemark.infer.learning import described
from tidemark.infer.points import to_points
from tidemark.prediction.files import predict_file
from tidemark.prediction.model import Model, load
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


def points(count: int, seed: int) -> dict[str, Array]:
    """Such windows as a dataset has them."""
    whole, given = recorded(count, seed)
    asked = np.where(np.isnan(given), whole, np.nan)
    context, target, _ = to_points(given, asked, np.zeros((count, 1)))
    return {"context": context, "target": target}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that is far from as sure as it could be: it was hardly trained."""
    folder = tmp_path_factory.mktemp("infer")
    splits = {name: points(2000, seed) for seed, name in enumerate(("train", "validation", "test"))}
    described_as = replace(info(LAW), splits=dict.fromkeys(splits, 2000))
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
    known = calibration.read(model, info(LAW))
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
    whole, given = recorded(2000, 5)
    low, high = known.predict_interval(given, level)
    missing = np.isnan(given)
    assert low.shape == high.shape == given.shape and np.isnan(low[~missing]).all()
    assert abs(((low <= whole) & (whole <= high))[missing].mean() - level) < 0.02
    # What the model says of itself is another thing.
    mean, std = known.predict(given), known.predict(given, std=True)
    alone = np.abs(whole - mean)[missing] <= norm.ppf((1 + level) / 2) * std[missing]
    assert abs(alone.mean() - level) > 0.03


def test_an_interval_is_so_many_of_the_models_own_deviations(model: Path, tmp_path: Path) -> None:
    known = load(model)
    assert known.trained.calibration is not None and known.trained.calibration.widths is not None
    half = at_level(known.trained.calibration.widths, 0.8).item()
    values = recorded(1, 9)[1][0, 0]
    table = pd.DataFrame({"x": values, "note": "n"})
    mean, std = (known.predict(values, std=std)[np.isnan(values)] for std in (False, True))
    table.to_csv(tmp_path / "x.csv", index=False)
    predict_file(known.trained, str(tmp_path / "x.csv"), interval=0.8, steps=1, plot=str(tmp_path / "x.png"))
    written = pd.read_csv(tmp_path / "x-inferred.csv")
    assert list(written.columns) == ["x", "note", "x-low", "x-high"] and (tmp_path / "x.png").exists()
    first = np.isnan(values) & ~np.isnan(np.append(0.0, values[:-1]))
    np.testing.assert_array_equal(written["x-low"].notna(), first)
    of_missing = first[np.isnan(values)]
    np.testing.assert_allclose(written["x-low"][first], (mean - half * std)[of_missing], atol=1e-5)
    np.testing.assert_allclose(written["x-high"][first], (mean + half * std)[of_missing], atol=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"interval": 0.9, "std": True}, "--interval: is about means; leave out --std and --paths, or it"),
        ({"interval": 0.9, "paths": 2}, "--interval: is about means; leave out --std and --paths, or it"),
        ({}, "x.npy: channel '0': standard deviation "),
    ],
)
def test_refused_in_one_line(model: Path, tmp_path: Path, options: dict[str, Any], said: str) -> None:
    np.save(tmp_path / "x.npy", 100 * recorded(1, 9)[1][0, 0])
    with pytest.raises(InputError) as error:
        predict_file(load(model).trained, str(tmp_path / "x.npy"), **options)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]


def test_another_scale_is_rescaled_or_taken_as_it_is(model: Path) -> None:
    known, values = load(model), recorded(5, 9)[1].reshape(-1)
    once = known.predict(values, rescale=True)
    np.testing.assert_allclose(known.predict(512 * values - 9e4, rescale=True), 512 * once - 9e4, atol=1e-2)
    np.testing.assert_allclose(
        known.predict(512 * values - 9e4, rescale=True, std=True)[np.isnan(values)],
        512 * known.predict(values, rescale=True, std=True)[np.isnan(values)],
        rtol=1e-4,
    )
    assert np.isfinite(known.predict(100 * values, unchecked=True)).all()
    table = pd.DataFrame({"a": values, "b": 1e6 * values})
    result = known.predict(table, columns=["a", "b"], rescale=True)
    np.testing.assert_allclose(result["b"], 1e6 * result["a"], rtol=1e-4)


def test_pairs_are_rescaled_each_column_by_its_own() -> None:
    """A partner that says the same in another unit."""
    random = np.random.default_rng(0)
    whole = np.cumsum(random.normal(0, 0.3, (500, 20)), axis=1)
    pairs = np.stack([whole, whole], axis=1) + random.normal(0, 0.1, (500, 2, 20))
    known = Calibration(describe(pairs), pooled_half_widths(random.normal(size=(99, 5))))
    info = signals(task="infer", channels=2, mean=[5.0, 700.0], std=[2.0, 100.0])
    model = Model(replace(trained(partners_line, info), calibration=known))
    values = pairs[3] * [[2.0], [100.0]] + [[5.0], [700.0]]
    values[1, 4:9] = np.nan
    expected = model.predict(values)
    factor, shift = np.array([[1e3], [1e-3]]), np.array([[50.0], [1.0]])
    with pytest.raises(InputError, match="standard deviation"):
        model.predict(factor * values + shift)
    found = model.predict(factor * values + shift, rescale=True)
    np.testing.assert_allclose((found - shift) / factor, model.predict(values, rescale=True), rtol=1e-4)
    low, high = model.predict_interval(values)
    assert low.shape == (2, 20) and np.isfinite(low).sum() == 5
    np.testing.assert_allclose(((low + high) / 2)[1, 4:9], expected[1, 4:9], rtol=1e-5)


def partners_line(context: Array) -> Array:
    """Means by linear interpolation of the other sequence, deviations of one."""
    result = np.ones((len(context), 2, context.shape[2]))
    for signal, (position, member, value) in zip(result, context.astype(float), strict=True):
        for number in (0, 1):
            line = np.isfinite(value) & (member == 1 - number)
            own, order = member == number, np.argsort(position[line])
            signal[0, own] = np.interp(position[own], position[line][order], value[line][order])
    return result
