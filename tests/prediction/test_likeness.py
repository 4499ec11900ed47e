"""Inputs that are unlike those of training: refused in one line with the numbers, or rescaled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from support.calibrated import calibrated
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.files import predict_file
from tidemark.prediction.likeness import demand_of, suited, typical
from tidemark.prediction.model import Model

LENGTH = 50
RANDOM = np.random.default_rng(0)
PHASES = RANDOM.uniform(0, 2 * np.pi, (500, 1, 1))
CLEAN = np.sin(2 * np.pi * np.arange(LENGTH) / 25 + PHASES)
NOISY = CLEAN + RANDOM.normal(0, 0.3, CLEAN.shape)
KNOWN = {"length": LENGTH, "mean": [20.0], "std": [3.0]}


def shrunk(windows: Array) -> Array:
    """A denoiser that is no linear map: large values count for less."""
    return np.tanh(np.nan_to_num(windows))


def denoiser(**info: object) -> Model:
    return Model(calibrated(shrunk, NOISY, NOISY - CLEAN, **KNOWN | info))


def signal(samples: int = 400, noise: float = 0.3, seed: int = 1) -> Array:
    """Like those of training, in recorded units."""
    random = np.random.default_rng(seed)
    return 20 + 3 * (np.sin(2 * np.pi * np.arange(samples) / 25) + random.normal(0, noise, samples))


def refused(model: Model, values: object, **options: bool) -> str:
    with pytest.raises(InputError) as error:
        model.predict(values, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_signal_of_the_law_passes() -> None:
    model = denoiser()
    demand = demand_of(model.trained, {})
    for seed in range(2, 300):
        values = signal(LENGTH, seed=seed)[None]
        suited(demand, model.info.dataset, values, ["x"], "here")
    for values in (signal(), signal(20), signal(), np.where(np.arange(400) % 3 == 0, np.nan, signal())):
        assert np.isfinite(model.predict(values)[1])


def test_a_noise_level_of_a_few_values_is_not_compared() -> None:
    values = signal(LENGTH, noise=0.01)
    assert ": noise level " in refused(denoiser(), values)
    values[1::4] = np.nan
    assert denoiser().predict(values).shape == (LENGTH,)


def test_another_scale_is_refused_with_the_numbers() -> None:
    said = refused(denoiser(), 20 + (signal() - 20) * 100)
    assert said.startswith("array: channel '0': standard deviation 2")
    assert " where training windows had " in said and "--rescale" not in said and "rescale" in said


def test_another_location_and_noise_level_are_refused() -> None:
    assert ": mean 5" in refused(denoiser(), signal() + 500)
    assert ": noise level " in refused(denoiser(), signal(noise=0.01))


def test_the_check_can_be_left_out() -> None:
    assert denoiser().predict(signal() + 500, unchecked=True).shape == (400,)


def test_rescaled_results_are_those_of_the_rescaled_input() -> None:
    model, values = denoiser(), signal()
    once = model.predict(values, rescale=True)
    np.testing.assert_allclose(model.predict(512 * values - 9e4, rescale=True), 512 * once - 9e4, rtol=1e-6)
    # From the definition: windows' median mean and deviation become those of training.
    mean, std, _ = typical(model.info.dataset, values[None])[:, 0]
    location, scale = (np.median(part) for part in (NOISY.mean(-1), NOISY.std(-1)))
    recorded = 20 + 3 * (location + (values - mean) / std * scale)
    back = (model.predict(recorded) - 20) / 3
    np.testing.assert_allclose(once, mean + (back - location) / scale * std, rtol=1e-4)


def test_columns_are_rescaled_each_by_itself() -> None:
    model, values = denoiser(), signal()
    table = pd.DataFrame({"a": values, "b": 1e9 * values})
    result = model.predict(table, columns=["a", "b"], rescale=True)
    np.testing.assert_allclose(result["b"], 1e9 * result["a"], rtol=1e-5)


def test_what_does_not_move_cannot_be_rescaled() -> None:
    assert "does not move" in refused(denoiser(), np.full(200, 7.0), rescale=True)


@pytest.mark.parametrize("size", [0.0, 1e-310])
def test_nothing_is_rescaled_to_training_windows_that_did_not_move(size: float) -> None:
    model = denoiser()
    known = model.trained.calibration
    assert known is not None
    still = replace(known.inputs, scale=replace(known.inputs.scale, typical=[size]))
    model = Model(replace(model.trained, calibration=replace(known, inputs=still)))
    assert "most training windows did not move" in refused(model, signal(), rescale=True)
    assert np.isfinite(model.predict(signal())).all()


def test_the_summary_of_the_command_says_what_was_rescaled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("quiet.wav", (signal() - 20) / 1000, 1000, subtype="FLOAT")
    model = denoiser(sampling_rate=1000.0, rate_unit="s")
    with pytest.raises(
        InputError, match=r"^quiet.wav: channel '0': standard deviation .*--rescale.*--unchecked"
    ):
        predict_file(model.trained, "quiet.wav")
    assert not Path("quiet-denoised.wav").exists()
    done = predict_file(model.trained, "quiet.wav", rescale=True)
    assert "; rescaled from location " in done.summary
    assert "fewer than the model's 50" in predict_file(denoiser().trained, short_file()).summary


def short_file() -> str:
    np.save("short.npy", signal(20))
    return "short.npy"


def test_a_model_without_the_description_takes_anything_but_rescales_nothing() -> None:
    from support.models import signals, trained

    model = Model(trained(shrunk, signals(**KNOWN)))
    assert model.predict(1e4 * signal()).shape == (400,)
    assert "does not say what it was trained on" in refused(model, signal(), rescale=True)


def test_trained_columns_are_the_default() -> None:
    values = pd.DataFrame({"other": signal(seed=3) * 1e6, "load": signal(), "third": signal(seed=4)})
    model = denoiser(columns=["load"])
    result = model.predict(values)
    pd.testing.assert_frame_equal(result.drop(columns="load"), values.drop(columns="load"))
    np.testing.assert_allclose(result["load"], model.predict(signal()), rtol=1e-6)


def last_value(**info: object) -> Model:
    def forecast(past: Array) -> Array:
        return np.repeat(past[..., -1:], 3, axis=-1)

    residuals = RANDOM.normal(0, 1, (500, 1, 3)) * [1, 2, 3]
    return Model(calibrated(forecast, NOISY, residuals, task="forecast", horizon=3, **KNOWN | info))


def test_a_forecaster_of_one_column_forecasts_that_alone() -> None:
    table = pd.DataFrame({name: signal(seed=seed) for seed, name in enumerate("abcdefg")})
    assert list(last_value(columns=["c"]).predict(table).columns) == ["c"]
    assert list(last_value().predict(table).columns) == list("abcdefg")
    with pytest.raises(InputError, match="7 columns of numbers .* choose with columns"):
        last_value(columns=["load"]).predict(table)


def test_the_past_of_a_forecast_is_looked_at_and_rescaled() -> None:
    model, values = last_value(), signal(90)
    assert "standard deviation" in refused(model, 20 + (values - 20) / 50)
    np.testing.assert_allclose(
        model.predict(1e6 + 7 * values, rescale=True), np.repeat(1e6 + 7 * values[-1], 3), rtol=1e-6
    )


def test_series_that_are_scaled_by_themselves_are_compared_in_noise_alone() -> None:
    model = last_value(normalisation="window", mean=[0.0], std=[1.0])
    assert np.isfinite(model.predict(1e6 * signal(90))).all()
    assert "noise level over the scale of the series" in refused(model, signal(90, noise=0.001))
    assert "scales each series by itself" in refused(model, signal(90), rescale=True)
