"""Intervals: what they cover, where they are written, and where there are none."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from support.calibrated import calibrated
from support.small_runs import write_lincomb
from tidemark.core import trained as stored
from tidemark.core.errors import InputError
from tidemark.core.store import Array, read_split
from tidemark.denoise.laws import lincomb
from tidemark.prediction.files import predict_file
from tidemark.prediction.following import follow
from tidemark.prediction.model import Model, load
from tidemark.training.entry import ModelEntry, TrainingDefaults
from tidemark.training.run import train_model

RANDOM = np.random.default_rng(0)
LENGTH = 40
NOISY = np.sin(np.arange(LENGTH) / 4 + RANDOM.uniform(0, 7, (500, 1, 1))) + RANDOM.normal(
    0, 0.3, (500, 1, LENGTH)
)
RESIDUALS = RANDOM.normal(0, 1, (500, 1, LENGTH)) * np.linspace(0.1, 0.4, LENGTH)
KNOWN = {"length": LENGTH, "mean": [20.0], "std": [3.0]}


def denoiser(**info: object) -> Model:
    return Model(calibrated(np.nan_to_num, NOISY, RESIDUALS, **KNOWN | info))


def forecaster(**info: object) -> Model:
    def forecast(past: Array) -> Array:
        return np.repeat(past[..., -1:], 3, axis=-1)

    usual = {"task": "forecast", "horizon": 3, **KNOWN}
    return Model(calibrated(forecast, NOISY, RESIDUALS[..., [0, 20, 39]], **usual | info))


def half(place: int, level: float = 0.9) -> float:
    """By NumPy, in recorded units: with 500 residuals the 451st smallest of 501 · 0.9 = 450.9."""
    rank = int(np.ceil(501 * level - 1e-9))
    return float(3 * np.sort(np.abs(RESIDUALS[:, 0, place]))[rank - 1])


def signal(samples: int = 200) -> Array:
    random = np.random.default_rng(5)
    return 20 + 3 * (np.sin(np.arange(samples) / 4) + random.normal(0, 0.3, samples))


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_intervals_of_a_trained_model_cover_what_they_say(tmp_path: Path, level: float) -> None:
    form = {"form": "sine", "frequency": 1.0}
    law = lincomb.Law.model_validate(
        {
            "cycles": 1, "samples_per_cycle": 16, "coefficient": 1, "smallest_coefficient": 0.1, "offset": 1,
            "noise": "gaussian", "noise_std": 0.3, "functions": [form],
        }
    )  # fmt: skip
    dataset = write_lincomb(tmp_path / "data", law, 800)
    entry = ModelEntry.model_validate(
        {
            "dataset": "small", "arch": "recurrent", "source": "training/stored",
            "hyperparameters": {"hidden": 4},
            "training": {"loss": "mse", "steps": 40, "batch": 32, "learning_rate": 0.02},
        }
    )  # fmt: skip
    defaults = TrainingDefaults.model_validate({"threads": 1, "checkpoint_seconds": 60, "snapshots": 2})
    run = train_model("m", entry, defaults, "models.m", dataset, tmp_path / "resume")
    stored.save(tmp_path / "m", run.info, run.weights, calibration=run.calibration)
    test = read_split(dataset, "test")
    low, high = load(tmp_path / "m").predict_interval(test["noisy"], level)
    assert low.shape == high.shape == test["clean"].shape
    covered = ((low <= test["clean"]) & (test["clean"] <= high)).mean()
    assert abs(covered - level) < 0.02


def test_a_window_has_the_half_width_of_each_position() -> None:
    values = signal(LENGTH)
    low, high = denoiser().predict_interval(values, 0.9)
    middle = denoiser().predict(values)
    np.testing.assert_allclose((low + high) / 2, middle, rtol=1e-6)
    np.testing.assert_allclose((high - low) / 2, [half(place) for place in range(LENGTH)], rtol=1e-4)


def test_gaps_and_many_channels_keep_their_shape() -> None:
    values = np.stack([signal(), signal() + 1])
    values[0, 7] = np.nan
    low, high = denoiser().predict_interval(values)
    assert low.shape == high.shape == (2, 200)
    assert np.isnan(low[0, 7]) and np.isnan(high[0, 7]) and (low < high).sum() == 399
    np.testing.assert_array_equal(denoiser().predict_interval(values[:, None])[0][:, 0], low)
    np.testing.assert_array_equal(denoiser().predict_interval(values, columns=1)[1], high[1:])


def test_tables_get_two_columns_more() -> None:
    table = pd.DataFrame({"x": signal(), "note": "n"})
    table.to_csv("x.csv", index=False)
    predict_file(denoiser().trained, "x.csv", interval=0.8)
    written = pd.read_csv("x-denoised.csv")
    assert list(written.columns) == ["x", "note", "x-low", "x-high"]
    low, high = denoiser().predict_interval(table, 0.8)
    assert list(low.columns) == list(high.columns) == ["x"]
    np.testing.assert_allclose(written["x-low"], low["x"], atol=1e-5)
    np.testing.assert_allclose(written["x-high"], high["x"], atol=1e-5)
    np.testing.assert_allclose(written["x"], denoiser().predict(signal()), atol=1e-5)


def test_npy_files_get_channels_after_their_own() -> None:
    np.save("flat.npy", signal())
    np.save("two.npy", np.asfortranarray([signal(), signal()]))
    predict_file(denoiser().trained, "flat.npy", interval=0.9)
    predict_file(denoiser().trained, "two.npy", interval=0.9)
    flat, two = np.load("flat-denoised.npy"), np.load("two-denoised.npy")
    assert flat.shape == (3, 200) and two.shape == (6, 200)
    assert (flat[1] < flat[0]).all() and (flat[0] < flat[2]).all()
    np.testing.assert_allclose(two, flat[[0, 0, 1, 2, 1, 2]])


def test_forecasts_are_as_sure_as_each_step_was() -> None:
    low, high = forecaster().predict_interval(signal())
    np.testing.assert_allclose((high - low) / 2, [half(0), half(20), half(39)], rtol=1e-5)
    np.testing.assert_allclose((high + low) / 2, signal()[-1], rtol=1e-6)
    table = pd.DataFrame({"b": signal(), "a": signal() + 0.1})
    table.to_csv("x.csv", index=False)
    predict_file(forecaster().trained, "x.csv", columns=["a", "b"], interval=0.9, horizon=2)
    written = pd.read_csv("x-forecast.csv")
    assert list(written.columns) == ["b", "a", "b-low", "b-high", "a-low", "a-high"]
    np.testing.assert_allclose(written["a-high"] - written["a"], [half(0), half(20)], atol=1e-4)


def test_series_scaled_by_themselves_have_intervals_in_their_own_units() -> None:
    model = forecaster(normalisation="window", mean=[0.0], std=[1.0])
    past = signal(LENGTH)
    low, high = model.predict_interval(past)
    size = np.abs(past - past.mean()).max()
    np.testing.assert_allclose(
        (high - low) / 2, size / 3 * np.array([half(0), half(20), half(39)]), rtol=1e-4
    )


def test_a_horizon_that_is_fed_back_has_no_intervals() -> None:
    with pytest.raises(InputError, match="goes no further than the 3 steps"):
        forecaster().predict_interval(signal(), horizon=4)


def test_levels_models_and_files_without_intervals_are_refused() -> None:
    with pytest.raises(InputError, match="expected a level from 0.5 to 0.99"):
        denoiser().predict_interval(signal(), 0.2)
    few = Model(calibrated(np.nan_to_num, NOISY, RESIDUALS[:9], **KNOWN))
    assert few.predict_interval(signal(), 0.9)
    with pytest.raises(InputError, match=r"support at most 0.9;"):
        few.predict_interval(signal(), 0.95)
    from support.models import signals, trained

    with pytest.raises(InputError, match="no stored residuals"):
        Model(trained(np.nan_to_num, signals(**KNOWN))).predict_interval(signal())
    import soundfile

    soundfile.write("x.wav", signal(), 1000, subtype="FLOAT")
    with pytest.raises(InputError, match="a WAV file holds no columns"):
        predict_file(denoiser().trained, "x.wav", interval=0.9)
    assert not Path("x-denoised.wav").exists()


@pytest.mark.parametrize("model", [denoiser(), forecaster()], ids=["denoise", "forecast"])
def test_a_picture_of_input_and_output(model: Model) -> None:
    pd.DataFrame({"x": signal()}).to_csv("x.csv", index=False)
    predict_file(model.trained, "x.csv", interval=0.9, plot="out.png")
    assert Path("out.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="ends in .png, .svg, .pdf"):
        predict_file(model.trained, "x.csv", plot="out.txt")


@pytest.mark.parametrize("name", ["$\\foo$", "a$x_{$", "a\x1b[31mred\u202e", "<b>&", "a\ufffe"])
def test_a_name_that_is_no_formula_nor_xml_is_drawn_as_text(
    name: str, recwarn: pytest.WarningsRecorder
) -> None:
    pd.DataFrame({name: signal()}).to_csv("x.csv", index=False)
    predict_file(denoiser().trained, "x.csv", plot="out.svg", unchecked=True)
    shown = "".join(ElementTree.parse("out.svg").getroot().itertext())
    for character in ("\x1b", "\u202e", "\ufffe"):
        name = name.replace(character, character.encode("unicode_escape").decode())
    assert name in shown
    assert not recwarn.list


@pytest.mark.parametrize("model", [denoiser(), forecaster()], ids=["denoise", "forecast"])
@pytest.mark.parametrize(
    ("times", "label", "ends"),
    [
        (pd.date_range("2024-01-01", periods=200, freq="D"), "day", ("2024-01-01", "2024-07-18")),
        (pd.date_range("2000-01-01", periods=200, freq="MS"), "day", ("2000-01-01", "2016-08-01")),
        (np.arange(200) / 4 + 7, "t", (7, 56.75)),
        (None, "sample", (0, 199)),
    ],
    ids=["days", "months", "numbers", "none"],
)
def test_a_picture_is_drawn_over_the_times_of_the_file(
    model: Model, times: Any, label: str, ends: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    drawn: list[Any] = []
    monkeypatch.setattr(Figure, "savefig", lambda self, path, **_: (drawn.append(self), Path(path).touch()))
    table = pd.DataFrame({"x": signal()})
    if times is not None:
        table.insert(0, label, times)
    table.to_csv("x.csv", index=False)
    predict_file(model.trained, "x.csv", plot="out.png", columns=["x"])
    (axes,) = drawn[0].axes
    assert axes.get_xlabel() == label
    line = axes.get_lines()[0].get_xdata(orig=True)
    first, last = (pd.Timestamp(end) if isinstance(end, str) else end for end in ends)
    if model.task == "denoise":
        assert (line[0], line[-1]) == (first, last)
    elif times is not None:
        assert line[LENGTH - 1] == last and line[LENGTH - 2] == (times[-2])


@pytest.mark.parametrize("model", [denoiser(), forecaster()], ids=["denoise", "forecast"])
def test_lines_as_they_come_have_intervals_too(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pd.DataFrame({"x": signal()}).to_csv(index=False)
    Path("x.csv").write_text(text)
    whole = pd.read_csv(predict_file(model.trained, "x.csv", interval=0.9).destination)
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(text.encode()))))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=output, flush=lambda: None))
    follow(model.trained, "-", interval=0.9)
    found = pd.read_csv(io.BytesIO(output.getvalue())).tail(len(whole))
    np.testing.assert_allclose(found[["x", "x-low", "x-high"]], whole[["x", "x-low", "x-high"]], atol=1e-4)
