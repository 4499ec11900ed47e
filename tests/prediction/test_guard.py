"""Numbers that no network takes: refused by row and column, with nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file

from support.models import signals, trained
from support.study_files import at_rest, text_of, times, write
from support.whole_files import names, one_line
from tidemark.core import trained as stored
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file
from tidemark.prediction.loading import load_model

NETCDF = 9.969209968386869e36
HUGE = [1e20, -1e20, 1e300, NETCDF, float("inf"), -float("inf")]
ROW = 33
"""Index of the bad value."""


def last(past: Array) -> Array:
    """A forecast of three times the last value."""
    return np.repeat(past[..., -1:], 3, axis=-1)


def level(context: Array) -> Array:
    """Means and deviations: 0 and 1 at every point."""
    return np.stack([np.zeros_like(context[:, 0]), np.ones_like(context[:, 0])], axis=1)


def model(task: str, **info: Any) -> Trained:
    function = {"denoise": np.nan_to_num, "forecast": last, "infer": level}[task]
    return trained(function, signals(**{"task": task, "horizon": 3} | info))


MODELS = [("denoise", "standard"), ("forecast", "standard"), ("forecast", "window"), ("infer", "standard"),
          ("infer", "window")]  # fmt: skip


def series(value: float) -> Array:
    values = np.sin(np.arange(50) / 3)
    values[7] = np.nan
    values[ROW] = value
    return values


def save_csv(values: Array) -> str:
    pd.DataFrame({"n": range(len(values)), "x": values}).to_csv("a.csv", index=False)
    return "a.csv"


def save_npy(values: Array) -> str:
    np.save("a.npy", values)
    return "a.npy"


def save_wav(values: Array) -> str:
    soundfile.write("a.wav", values, 100, subtype="DOUBLE")
    return "a.wav"


def save_parquet(values: Array) -> str:
    pd.DataFrame({"x": values}).to_parquet("a.parquet")
    return "a.parquet"


PLACES = [(save_csv, "a.csv: row 35, column 'x'"), (save_npy, "a.npy: sample 33, channel '0'"),
          (save_wav, "a.wav: frame 33, channel '0'"), (save_parquet, "a.parquet: row 34, column 'x'")]  # fmt: skip


@pytest.mark.parametrize(("task", "normalisation"), MODELS)
@pytest.mark.parametrize("value", HUGE)
def test_a_value_that_no_network_takes_is_refused_by_row_and_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, normalisation: str, value: float
) -> None:
    monkeypatch.chdir(tmp_path)
    able = model(task, normalisation=normalisation)
    for save, place in PLACES:
        source = save(series(value))
        before = names(tmp_path)
        options = {"columns": ["x"]} if source.endswith(("csv", "parquet")) else {}
        with pytest.raises(InputError) as error:
            predict_file(able, source, **options)
        said = one_line(error)
        assert said.startswith(f"{place}: ")
        assert "leave it empty, or NaN, if it" in said or "is infinite" in said
        assert names(tmp_path) == before


def save_half_npy(values: Array) -> str:
    np.save("a.npy", values.astype(np.float16))
    return "a.npy"


def save_half_parquet(values: Array) -> str:
    pq.write_table(pa.table({"x": pa.array(values).cast(pa.float16())}), "a.parquet")
    return "a.parquet"


@pytest.mark.parametrize("save", [save_half_npy, save_half_parquet])
def test_an_estimate_that_the_file_s_own_type_does_not_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: Callable[[Array], str]
) -> None:
    monkeypatch.chdir(tmp_path)
    able = trained(lambda noisy: np.nan_to_num(noisy) * 1e5, signals(task="denoise"))  # float16 ends at 65504
    source = save(series(1.0))
    before = names(tmp_path)
    with pytest.raises(InputError) as error:
        predict_file(able, source, unchecked=True)
    assert "which its type float16 does not hold; save the file with numbers of type float32" in one_line(
        error
    )
    assert one_line(error).startswith(f"{source}: ")
    assert names(tmp_path) == before


@pytest.mark.parametrize("task", ["forecast", "infer"])
@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e20, 1e30])
def test_a_series_that_is_scaled_by_itself_may_have_any_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, unit: float
) -> None:
    monkeypatch.chdir(tmp_path)
    values = unit * (2 + series(0.0))
    predict_file(model(task, normalisation="window"), save_npy(values), "y.npy")
    result = np.load("y.npy")
    expected = values[-1] if task == "forecast" else values[~np.isnan(values)]
    found = result if task == "forecast" else result[~np.isnan(values)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_value_that_float32_resolves_beside_the_others_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for factor, taken in [(0.99, True), (1.01, False)]:
        values = np.full(50, 10.0)
        values[ROW] = 10 + factor * 2**24 * 3
        source, able = save_npy(values), model("denoise", mean=[10.0], std=[3.0])
        if taken:
            predict_file(able, source, "y.npy")
            np.testing.assert_allclose(np.load("y.npy"), values, rtol=1e-6)
        else:
            with pytest.raises(InputError, match="sample 33, channel '0': 5.08.*e.07 is too large"):
                predict_file(able, source, "y.npy")


def test_two_fill_values_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    values = series(1e20)
    values[40:45] = 1e20
    with pytest.raises(InputError, match="sample 33"):
        predict_file(model("forecast", normalisation="window"), save_npy(values))


@pytest.mark.parametrize("made", [np.nan, np.inf, -np.inf])
def test_an_estimate_that_is_not_finite_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: float
) -> None:
    """A cell was left as it was before, as if its noisy value were the estimate."""
    monkeypatch.chdir(tmp_path)

    def diverge(windows: Array) -> Array:
        return np.where(windows > 5, made, windows)

    for save, place in PLACES:
        source = save(series(6.0))
        options = {"columns": ["x"]} if source.endswith(("csv", "parquet")) else {}
        with pytest.raises(InputError) as error:
            predict_file(trained(diverge, signals()), source, **options)
        assert one_line(error).startswith(f"{place}: the model makes ")
        assert names(tmp_path) == sorted({source, *names(tmp_path)}) and not list(tmp_path.glob("*denoised*"))


@pytest.mark.parametrize("value", [1e20, 1e300, NETCDF])
def test_an_acceleration_that_no_sensor_gives(tmp_path: Path, value: float) -> None:
    info = {"task": "classify", "length": 400, "sampling_rate": 100, "classes": ["a", "b"],
            "spectrogram": {"window": "hann", "length": 100, "hop": 50}}  # fmt: skip
    able = trained(lambda each: np.zeros((len(each), 2)), signals(**info))
    values = at_rest(1600)
    values[ROW, 1] = value
    path = write(tmp_path / "P001.csv", text_of(times(1600), values, [""] * 1600))
    with pytest.raises(InputError) as error:
        predict_file(able, str(path))
    assert one_line(error).startswith(f"{path}: row {ROW + 2}, column 'y': the value is too large")
    assert names(tmp_path) == ["P001.csv"]


def test_probabilities_that_are_not_finite(tmp_path: Path) -> None:
    info = {"task": "classify", "length": 400, "sampling_rate": 100, "classes": ["a", "b"],
            "spectrogram": {"window": "hann", "length": 100, "hop": 50}}  # fmt: skip
    able = trained(lambda each: np.full((len(each), 2), np.nan), signals(**info))
    path = write(tmp_path / "P001.csv", text_of(times(1600), at_rest(1600), [""] * 1600))
    with pytest.raises(InputError, match="probabilities are not finite"):
        predict_file(able, str(path))
    assert names(tmp_path) == ["P001.csv"]


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    info = signals(name="sine", length=100)
    network = stored.build("recurrent", {"hidden": 3}, info, "test")
    described = stored.TrainedInfo("tiny", "recurrent", {"hidden": 3}, False, 1, info)
    stored.save(tmp_path, described, network.state_dict())
    assert load_model(tmp_path).info.name == "tiny"
    weights = load_file(tmp_path / "weights.safetensors")
    weights["readout.weight"] = torch.where(torch.arange(3) == 1, value, weights["readout.weight"])
    save_file(weights, tmp_path / "weights.safetensors")
    with pytest.raises(InputError) as error:
        load_model(tmp_path)
    assert one_line(error).startswith(
        f"{tmp_path}/weights.safetensors: readout.weight holds values that are not finite"
    )
