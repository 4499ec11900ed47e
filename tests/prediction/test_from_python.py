"""Models from Python: what they make of arrays and tables is what the command makes of files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

import tidemark
from support.arrays import WRIST, acceleration, noisy, save_gru, shaken
from support.models import signals, trained
from support.study_files import times
from tidemark.core import trained as stored
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.estimators import Classifier
from tidemark.prediction.files import predict_file
from tidemark.prediction.model import Model

SOURCE = Path(__file__).parents[2] / "src"


def by_file(model: Model, array: Array, **options: Any) -> Array:
    np.save("known.npy", array)
    predict_file(model.trained, "known.npy", "made.npy", **options)
    return np.asarray(np.load("made.npy"))


def last(past: Array) -> Array:
    """A forecast that goes on along the line through the last two values."""
    return past[..., -1:] + (past[..., -1:] - past[..., -2:-1]) * np.arange(1, 4)


def partner(context: Array) -> Array:
    """Means and deviations: the mean of all that is present, 0.25."""
    mean = np.nanmean(context[:, 2], axis=-1, keepdims=True)
    return np.stack([np.broadcast_to(mean, context[:, 2].shape), np.full_like(context[:, 2], 0.25)], 1)


def forecaster(**info: Any) -> Model:
    usual = {"task": "forecast", "horizon": 3, "normalisation": "window"}
    return Model(trained(last, signals(**usual | info)))


def filler(**info: Any) -> Model:
    return Model(trained(partner, signals(**{"task": "infer"} | info)))


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, tidemark; print({'torch', 'numpy', 'pandas', 'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "set()", done.stderr


# Arrays


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(730,), (1, 730), (3, 730), (60,)])
def test_denoised_arrays_are_the_files(gru: Model, shape: tuple[int, ...], dtype: type) -> None:
    array = noisy(*shape).astype(dtype)
    before = array.copy()
    result = gru.predict(array)
    assert result.dtype == dtype and result.shape == shape
    np.testing.assert_array_equal(result, by_file(gru, array))
    np.testing.assert_array_equal(array, before)
    assert np.isnan(result[..., 17]).all() and np.isfinite(np.delete(result, 17, -1)).all()


def test_equal_to_the_command_on_a_csv_file(gru: Model) -> None:
    array = noisy(300)
    pd.DataFrame({"x": array}).to_csv("x.csv", index=False)
    code = "from tidemark.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, "predict", "sine-gru", "x.csv"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)}, check=True,
    )  # fmt: skip
    written = pd.read_csv("x-denoised.csv", skip_blank_lines=False)["x"].to_numpy()
    np.testing.assert_allclose(gru.predict(array), written, atol=1e-6)


def test_signals_are_predicted_one_by_one(gru: Model) -> None:
    many = noisy(4, 2, 250)
    result = gru.predict(many)
    assert result.shape == many.shape
    for signal, found in zip(many, result, strict=True):
        np.testing.assert_allclose(found, gru.predict(signal), rtol=1e-6)
    pair = Model(
        trained(lambda windows: windows[:, ::-1].copy(), signals(channels=2, mean=[0.0] * 2, std=[1.0] * 2))
    )
    np.testing.assert_allclose(pair.predict(many), _swapped(many))


def _swapped(many: Array) -> Array:
    """A gap stays one in its own channel, and is none in the other's: here both have it."""
    return np.asarray(many[:, ::-1].astype(np.float32).astype(float))


@pytest.mark.parametrize("shape", [(50,), (2, 50), (4, 2, 50)])
def test_forecasts_have_the_horizon_in_place_of_the_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    model, past = forecaster(), np.random.default_rng(0).normal(5, 1, shape).cumsum(-1)
    for horizon in (None, 7):
        found = model.predict(past, horizon=horizon)
        steps = np.arange(1, (horizon or 3) + 1)
        slope = past[..., -1:] - past[..., -2:-1]
        assert found.shape == (*shape[:-1], len(steps))
        np.testing.assert_allclose(found, past[..., -1:] + slope * steps, rtol=1e-4)
    if len(shape) < 3:
        np.testing.assert_array_equal(model.predict(past), by_file(model, past))


def test_inferred_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model, array = filler(mean=[20.0], std=[3.0]), noisy(3, 50)
    for options in ({}, {"std": True}, {"steps": 1}):
        np.testing.assert_array_equal(model.predict(array, **options), by_file(model, array, **options))
    assert np.isfinite(model.predict(noisy(2, 3, 50))).all()


def test_classified_arrays_and_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model, values = Model(trained(shaken, signals(**WRIST))), acceleration()
    expected = ["still", "still", "", "still", *["moving"] * 4]
    assert model.predict(values).tolist() == expected
    assert model.predict(np.stack([values, values])).tolist() == [expected] * 2
    assert model.predict(9.80665 * values, units="m/s2").tolist() == expected
    frame = pd.DataFrame(values.T, columns=["x", "y", "z"])
    frame.insert(0, "time", pd.DatetimeIndex(times(3200).astype("datetime64[ns]")))
    table = model.predict(frame)
    frame.to_csv("P001.csv", index=False, date_format="%Y-%m-%d %H:%M:%S.%f")
    predict_file(model.trained, "P001.csv")
    pd.testing.assert_frame_equal(table, pd.read_csv("P001-classes.csv", parse_dates=["time"]))
    assert table["label"].tolist() == [label for label in expected if label]
    by_index = model.predict(frame.set_index("time"))
    pd.testing.assert_frame_equal(by_index, table.set_index("time"))


# Tables


def test_a_table_keeps_its_columns_index_and_types(gru: Model) -> None:
    values = noisy(200)
    frame = pd.DataFrame(
        {"note": pd.Categorical(["a", "b"] * 100), 7: values, "count": range(200)},
        index=[f"r{k}" for k in range(200)],
    )
    result = gru.predict(frame, columns=7)
    pd.testing.assert_frame_equal(result.drop(columns=7), frame.drop(columns=7))
    np.testing.assert_array_equal(result[7].to_numpy(), gru.predict(values))
    series = gru.predict(frame[7])
    pd.testing.assert_series_equal(series, result[7])


@pytest.mark.parametrize("indexed", [True, False])
def test_a_table_with_dates_has_rows_that_are_missing(gru: Model, indexed: bool) -> None:
    days = pd.date_range("2024-01-01", periods=200).delete([50, 51])
    model = Model(stored.load(save_gru(Path(), "daily", sampling_rate=1.0, rate_unit="day")))
    values = noisy(200)
    frame = pd.DataFrame({"day": days, "x": np.delete(values, [50, 51])})
    frame = frame.set_index("day") if indexed else frame
    result = model.predict(frame)
    values[[50, 51]] = np.nan
    np.testing.assert_allclose(result["x"], np.delete(model.predict(values), [50, 51]))
    assert result.drop(columns="x").equals(frame.drop(columns="x")) and result.index.equals(frame.index)
    with pytest.raises(InputError, match=r"^table: time column 'day', row 31: "):
        model.predict(pd.concat([frame.iloc[:30], frame.iloc[10:]]))


@pytest.mark.parametrize("kind", ["dates", "months", "periods", "numbers", "none"])
def test_a_forecast_goes_on_with_the_time(kind: str) -> None:
    index = {
        "dates": pd.date_range("2024-01-01", periods=33, freq="h", name="when"),
        "months": pd.date_range("2024-01-31", periods=33, freq="ME"),
        "periods": pd.period_range("2024-01", periods=33, freq="M"),
        "numbers": pd.Index(np.arange(33) / 4, name="t"),
        "none": pd.RangeIndex(33),
    }[kind]
    frame = pd.DataFrame(
        {"a": np.arange(30) * 2.0 - (np.arange(30) == 20), "b": 5.0, "c": "x"}, index=index[:30]
    )
    result = forecaster().predict(frame)
    expected = pd.DataFrame(
        {"a": [60.0, 62.0, 64.0], "b": 5.0}, index=pd.RangeIndex(3) if kind == "none" else index[30:]
    )
    pd.testing.assert_frame_equal(result, expected, check_freq=False, check_index_type=False)


def test_three_rows_to_come_of_three_are_not_the_same_rows() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=pd.date_range("2024-01-01", periods=3))
    result = forecaster(length=3).predict(frame)
    assert result["a"].tolist() == pytest.approx([4.0, 5.0, 6.0])
    assert result.index.equals(pd.date_range("2024-01-04", periods=3))


def test_masks_lists_and_whole_numbers(gru: Model) -> None:
    values = np.round(noisy(150))
    expected = gru.predict(values.astype(np.float32))
    masked = np.ma.masked_array(np.nan_to_num(values).astype(int), np.isnan(values))
    np.testing.assert_allclose(gru.predict(masked), expected, rtol=1e-6)
    np.testing.assert_allclose(
        gru.predict([None if np.isnan(value) else int(value) for value in values]), expected, rtol=1e-6
    )


def test_other_columns_and_what_a_table_carries_stay_as_they_are(gru: Model) -> None:
    class Own(pd.DataFrame):
        @property
        def _constructor(self) -> type:
            return Own

    frame = Own({"x": noisy(150), "note": [{1, 2}] * 150, "count": range(150)})
    frame.attrs["of"] = object()  # no JSON
    result = gru.predict(frame)
    assert type(result) is Own and result["note"].tolist() == [{1, 2}] * 150
    np.testing.assert_array_equal(result["x"], gru.predict(noisy(150)))
    assert result["count"].dtype == frame["count"].dtype


def test_an_index_of_counts_that_is_called_a_time_is_one(gru: Model) -> None:
    past = pd.DataFrame({"x": np.arange(50.0)}, index=pd.RangeIndex(0, 100, 2, name="t"))
    assert forecaster().predict(past).index.tolist() == [100, 102, 104]
    assert forecaster().predict(past.rename_axis(7), time_column=7).index.name == 7
    daily = Model(stored.load(save_gru(Path(), "daily", sampling_rate=1.0, rate_unit="day")))
    with pytest.raises(InputError, match=r"^table: time column 't': 0.5 rows per day"):
        daily.predict(pd.DataFrame({"x": noisy(50)}, index=past.index))


@pytest.mark.parametrize("name", [None, 3, ("a", 1)])
def test_messages_call_an_index_by_its_name(name: object) -> None:
    days = pd.DatetimeIndex(pd.date_range("2024-01-01", periods=50)[::-1], name=name)
    with pytest.raises(InputError) as error:
        forecaster().predict(pd.DataFrame({"x": noisy(50)}, index=days))
    called = "index" if name is None else str(name)
    assert str(error.value).startswith(f"table: time column {called!r}, row 2: ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"horizon": "3"}, "horizon = '3': expected a whole number"),
        ({"horizon": 2.5}, "horizon = 2.5: expected a whole number"),
        ({"horizon": True}, "horizon = True: expected a whole number"),
        ({"horizon": 10**12}, "horizon: 1,000,000,000,000 rows, more than the limit of 1,000,000,000"),
        ({"missing": "x"}, "missing = 'x': expected a real number"),
        ({"missing": [10**400]}, "missing = 1000"),
        ({"missing": 1j}, "missing = 1j: expected a real number"),
        ({"unchecked": "no"}, "unchecked = 'no': expected True or False"),
        ({"columns": np.int64(5)}, "array: no channel '5'; there are 0"),
        ({"columns": 0.5}, "array: no channel '0.5'; there are 0"),
    ],
)
def test_options_of_other_types_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        forecaster().predict(np.arange(50.0), **options)
    assert str(error.value).startswith(said)


def test_numbers_of_numpy_are_options_too() -> None:
    past = np.arange(50.0)
    found = forecaster().predict(past, horizon=np.int64(2), missing=np.float32(-9), columns=np.int64(0))
    assert found.shape == (2,)
    with pytest.raises(InputError, match="level = 'much': expected a real number"):
        forecaster().predict_interval(past, level="much")  # type: ignore[arg-type]


@pytest.mark.filterwarnings("error")
def test_short_and_long_numbers_warn_of_nothing(gru: Model) -> None:
    rest = np.nan_to_num(acceleration(), nan=-0.6)
    model = Model(trained(shaken, signals(**WRIST)))
    assert model.predict(rest.astype(np.float16)).tolist() == model.predict(rest).tolist()
    long = noisy(50).astype(np.longdouble)
    long[3] = np.longdouble("1e4000")
    if np.isfinite(long[3]):  # where it is longer than float64
        with pytest.raises(InputError, match="sample 3, channel '0': the value is infinite"):
            gru.predict(long)


def test_a_table_of_acceleration_may_hold_anything_else() -> None:
    model = Model(trained(shaken, signals(**WRIST)))
    frame = pd.DataFrame(np.nan_to_num(acceleration(), nan=-0.6).T, columns=["x", "y", "z"])
    frame.insert(0, "time", pd.DatetimeIndex(times(3200).astype("datetime64[ns]")))
    pd.testing.assert_frame_equal(model.predict(frame.assign(note='a,"b\n')), model.predict(frame))
    with pytest.raises(InputError, match="table: has a column 'time' and an index of dates"):
        model.predict(frame.set_index("time", drop=False))


# What is refused


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda model: model.predict(np.zeros((2, 2, 2, 9))), "array of shape (2, 2, 2, 9): expected (samples,)"),
        (lambda model: model.predict(np.zeros((0, 2, 9))), "array of shape (0, 2, 9): expected (samples,)"),
        (lambda model: model.predict(np.zeros((2, 0))), "array: no samples: array of shape (2, 0)"),
        (lambda model: model.predict(["a", "b"]), "array: values of type <U1; expected real numbers"),
        (lambda model: model.predict(np.zeros(9, bool)), "array: values of type bool"),
        (lambda model: model.predict(np.array(["1", "2"], object)), "array: no numbers ('1' among them)"),
        (lambda model: model.predict(np.array([True, None], object)), "array: no numbers (True among them)"),
        (lambda model: model.predict(np.array([10**400, 1], object)), "array: no numbers (int too large"),
        (lambda model: model.predict(np.ma.masked_array([1j, 2])), "array: values of type complex128"),
        (lambda model: model.predict(np.ma.masked_array([True])), "array: values of type bool"),
        (lambda model: model.predict(torch.ones(9, requires_grad=True)), "array: no numbers (Can't call numpy()"),
        (lambda model: model.predict(pa.table({"x": [1.0, 2.0]})), "array: a Table of pyarrow; expected an array"),
        (lambda model: model.predict(pd.DataFrame({"a": [10**400]}, dtype=object)), "table: "),
        (lambda model: model.predict(pd.DataFrame({"a": [1.0], "b": [1j]})), "table: Unsupported numpy type"),
        (lambda model: model.predict(pd.DataFrame([1.0], columns=pd.Index(["\ud800"], dtype=object))), "table: "),
        (lambda model: model.predict([1.0, 1e300]), "array: sample 1, channel '0': 1e+300 is too large"),
        (lambda model: model.predict(np.full((3, 2, 50), np.nan)), "signal 0: array: channel '0' has no value"),
        (lambda model: model.predict(noisy(50), horizon=3), "horizon = 3: the model's task is denoise"),
        (lambda model: model.predict(noisy(2, 50), columns=5), "array: no channel '5'; there are 0, 1"),
        (lambda model: model.predict(pd.DataFrame({"a": [1.5, 2], "b": [2.5, 3]})),
         "table: 2 columns of numbers (a, b) where 1 is expected; choose with columns"),
        (lambda model: model.predict(pd.DataFrame({"a": [1.5, "x"]})), "table: "),
        (lambda model: forecaster().predict(noisy(50), horizon=0), "horizon = 0: expected at least 1"),
        (lambda model: forecaster().predict(noisy(20)[:5]), "array: 5 samples, but the model looks back on 20"),
        (lambda model: tidemark.load("nothing"), "nothing: no trained model of that name; "),
        (lambda model: Model(trained(shaken, signals(**WRIST))).predict(noisy(500)),
         "array of shape (500,): expected (3, samples) along x, y, z, 100 a second, at least 400"),
        (lambda model: Model(trained(shaken, signals(**WRIST))).predict(100 * acceleration()), "array: the median norm"),
        (lambda model: Model(trained(shaken, signals(**WRIST))).predict(acceleration(), units="feet"),
         "units = 'feet': expected g or m/s2"),
        (lambda model: Classifier(model).fit(noisy(3, 50)[:, :10]), "Model('sine-gru': denoise, 1 × 100 samples, 1 per sample): expected"),
    ],
)  # fmt: skip
def test_refused_in_one_line(gru: Model, use: Callable[[Model], object], said: str) -> None:
    with pytest.raises(InputError) as error:
        use(gru)
    message = str(error.value)
    assert message.startswith(said) and "\n" not in message and "--" not in message and "/tmp" not in message
