"""Whole files through a forecaster: the rows that come out, and what is refused."""

import gzip
import io
import sys
import tracemalloc
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from support.models import signals, trained
from support.whole_files import Refusal, assert_refused, megabytes, names, read_in_pieces, write_holes
from tidemark.core.errors import InputError
from tidemark.forecast.prediction.command import forecast_file
from tidemark.prediction.files import predict_file

NAN = np.nan


class Line:
    """A forecaster with a known result: the line through the last two values, `slope` times as steep."""

    def __init__(self, slope=1.0, **info):
        usual = {"task": "forecast", "length": 8, "horizon": 3, "normalisation": "window"}
        self.info, self.slope, self.calls = signals(**usual | info), slope, 0

    def __call__(self, past):
        assert past.shape[1:] == (self.info.channels, self.info.length)
        self.calls += 1
        step = past[..., -1:] - past[..., -2:-1]
        return past[..., -1:] + self.slope * step * np.arange(1, self.info.horizon + 1)


class Last(Line):
    """A forecaster that repeats the last value."""

    def __init__(self, **info):
        super().__init__(0.0, **info)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Files of some hundred rows are read in many pieces."""
    read_in_pieces(monkeypatch, text_bytes=200, values=100)


def forecast(tmp_path, name, content, model, **options):
    """The text that comes out for a CSV file, and what is said of it."""
    source = tmp_path / name
    source.write_text(content)
    done = forecast_file(model.info, model, str(source), **options)
    return Path(done.destination).read_text(), done


def forecast_whole(model, *arguments, **options):
    return forecast_file(model.info, model, *arguments, **options)


# CSV


def test_csv_holds_the_rows_to_come_of_series_and_time(tmp_path):
    days = pd.date_range("2024-02-01", periods=60).strftime("%Y-%m-%d")
    rows = [f"{day},{k * k},n{k},{100 - k / 4}\n" for k, day in enumerate(days[:50])]
    result, done = forecast(tmp_path, "x.csv", "day,a,note,b\n" + "".join(rows), Line(length=2))
    # a: 49² + 97 n; b: 87.75 - n / 4
    assert result == (
        "day,a,b\n"
        f"{days[50]},2498.00000,87.5000000\n"
        f"{days[51]},2595.00000,87.2500000\n"
        f"{days[52]},2692.00000,87.0000000\n"
    )
    assert names(tmp_path) == ["x-forecast.csv", "x.csv"]
    assert done.summary == f"{tmp_path}/x-forecast.csv: a, b, 3 rows forecast; left out: note"


def test_csv_is_written_as_it_was_read(tmp_path):
    rows = [f'"2024-01-{day:02}";{day};"{day % 5},5"\r\n' for day in range(1, 31)]
    content = '﻿when;id;"x ""y"""\r\n' + "".join(rows)
    (tmp_path / "x.csv").write_bytes(content.encode())
    forecast_whole(Last(length=12), str(tmp_path / "x.csv"))
    result = (tmp_path / "x-forecast.csv").read_bytes().decode()
    assert result == '﻿when;"x ""y"""\r\n' + "".join(
        f'"2024-01-{day}";"0,500000"\r\n' if day < 32 else f'"2024-02-{day - 31:02}";"0,500000"\r\n'
        for day in (31, 32, 33)
    )


def test_csv_the_last_lookback_is_what_the_model_sees(tmp_path):
    values = np.random.default_rng(0).normal(5, 2, 300).round(4)
    seen = []

    class Watch(Last):
        def __call__(self, past):
            seen.append(past.copy())
            return super().__call__(past)

    content = "x\n" + "".join(f"{value}\n" for value in values)
    forecast(tmp_path, "x.csv", content, Watch(length=150, normalisation="standard", mean=[5.0], std=[2.0]))
    np.testing.assert_allclose(seen[0][0, 0], (values[-150:] - 5) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("rows", "held", "said"),
    [(40, 30, ""), (30, 30, ""), (20, 20, ", from 20 samples where the model can use 30"),
     (8, 8, ", from 8 samples where the model can use 30")],
)  # fmt: skip
def test_csv_a_history_is_used_as_far_as_the_file_has_it(tmp_path, rows, held, said):
    values = np.random.default_rng(0).normal(5, 2, rows).round(4)
    seen = []

    def forward(past):
        seen.append(past)
        return past[..., -3:]

    info = Last(normalisation="standard", mean=[5.0], std=[2.0]).info
    source = tmp_path / "x.csv"
    source.write_text("x\n" + "".join(f"{value}\n" for value in values))
    done = forecast_file(info, forward, str(source), history=22)
    np.testing.assert_allclose(seen[0][0, 0], (values[-held:] - 5) / 2, atol=1e-6)
    assert done.summary == f"{tmp_path}/x-forecast.csv: x, 3 rows forecast{said}"


@pytest.mark.parametrize("horizon", [1, 3, 7])
def test_csv_any_number_of_steps(tmp_path, horizon):
    model = Line(normalisation="standard")
    content = "time,x\n" + "".join(f"{k / 10:.1f},{k * k}\n" for k in range(30))
    result, done = forecast(tmp_path, "x.csv", content, model, horizon=horizon, time_column="time")
    found = np.loadtxt(io.StringIO(result), delimiter=",", skiprows=1, ndmin=2)
    np.testing.assert_allclose(found[:, 0], np.arange(30, 30 + horizon) / 10)
    np.testing.assert_allclose(found[:, 1], 29**2 + 57 * np.arange(1, horizon + 1), rtol=1e-6)
    assert (done.rows, model.calls) == (horizon, -(-horizon // 3))


def test_csv_asking_again_with_the_forecast_appended_gives_the_same(tmp_path):
    random = np.random.default_rng(0)
    content = "date,a,b\n" + "".join(
        f"2024-03-{day:02},{random.normal():.9f},{random.normal():.9f}\n" for day in range(1, 21)
    )
    model = Line(0.5)
    at_once, _ = forecast(tmp_path, "x.csv", content, model, horizon=6)
    first, _ = forecast(tmp_path, "x.csv", content, model)
    appended = content + first.split("\n", 1)[1]
    second, _ = forecast(tmp_path, "x.csv", appended, model)
    assert at_once.split("\n")[:4] == first.split("\n")[:4]
    found, expected = (pd.read_csv(io.StringIO(text)) for text in (at_once, first + second.split("\n", 1)[1]))
    assert found["date"].equals(expected["date"])
    np.testing.assert_allclose(found[["a", "b"]], expected[["a", "b"]], atol=2e-5)


def test_csv_many_series_equal_one_by_one_in_one_batch(tmp_path):
    values = np.random.default_rng(0).normal(0, [[1e-3, 1, 1e6] * 7], (40, 21)).cumsum(0)
    frame = pd.DataFrame(values, columns=[f"s{k}" for k in range(21)])
    frame.insert(0, "time", np.arange(40))
    model = Line(0.7)
    together, done = forecast(tmp_path, "x.csv", frame.to_csv(index=False), model, horizon=5)
    assert model.calls == 2
    assert done.columns == list(frame.columns[1:])
    assert done.summary.endswith("s9 and 11 more, 5 rows forecast")
    found = pd.read_csv(io.StringIO(together))
    assert list(found.columns) == list(frame.columns)
    for name in frame.columns[1:]:
        alone, _ = forecast(
            tmp_path, "y.csv", frame[["time", name]].to_csv(index=False), model, horizon=5, columns=[name]
        )
        assert found[["time", name]].to_csv(index=False) == pd.read_csv(io.StringIO(alone)).to_csv(
            index=False
        )


def test_csv_channels_of_one_signal_in_the_order_given(tmp_path):
    class Difference(Last):
        def __call__(self, past):
            result = super().__call__(past)
            result[:, 0] -= result[:, 1]
            return result

    model = Difference(channels=2, normalisation="standard", mean=[0.0] * 2, std=[1.0] * 2)
    content = "a,b,c\n" + "1,10,7\n" * 20
    result, done = forecast(tmp_path, "x.csv", content, model, columns=["c", "a"])
    # 7 − 1 in c's place; the file's order of columns.
    assert result == "a,c\n" + "1.000000,6.000000\n" * 3
    assert (done.columns, done.left_out) == (["c", "a"], ["b"])


@pytest.mark.parametrize(
    ("header", "chosen", "left_out"),
    [
        (",value,label", ["value"], ["", "label"]),  # a count of rows, as pandas writes it
        ("year,value,label", ["value"], ["year", "label"]),
        ("time,value,label", ["value"], ["label"]),
    ],
)
def test_csv_a_count_of_rows_is_no_series_unless_named(tmp_path, header, chosen, left_out):
    content = header + "\n" + "".join(f"{1900 + k},{k % 7},x\n" for k in range(30))
    result, done = forecast(tmp_path, "x.csv", content, Last(length=10))
    assert (done.columns, done.left_out) == (chosen, left_out)
    assert done.summary.endswith(f"; left out: {', '.join(name or repr('') for name in left_out)}")
    assert result.startswith(
        "time,value\n1930,1.000000" if header.startswith("time") else "value\n1.000000\n"
    )
    name = header.split(",")[0]
    if name == "year":
        result, done = forecast(tmp_path, "x.csv", content, Line(length=10), columns=[name, "value"])
        assert result.startswith("year,value\n1930.000000,")
        result, _ = forecast(tmp_path, "x.csv", content, Last(length=10), time_column=name)
        assert result.startswith("year,value\n1930,1.000000\n1931,")


def test_csv_numbers_are_as_fine_as_each_series(tmp_path):
    content = "a,b,c\n" + "1.5e-9,2e6,0.000025\n-2.5e-9,-1e6,0.000025\n" * 20
    result, _ = forecast(tmp_path, "x.csv", content, Last())
    np.testing.assert_allclose(
        np.loadtxt(io.StringIO(result), delimiter=",", skiprows=1)[0], [-2.5e-9, -1e6, 2.5e-5], rtol=1e-5
    )


def test_csv_gaps_are_interpolated_and_counted(tmp_path):
    rows = [f"{t},{'' if t == 18 else t * t},{-t}\n" for t in range(20) if t not in (3, 15)]
    result, done = forecast(tmp_path, "x.csv", "t,x,y\n" + "".join(rows), Line(), horizon=1, time_column="t")
    # At 18 the mean of 17² and 19²: so one step more is 19² + (19² − 17²) / 2.
    assert result == "t,x,y\n20,397.0000,-20.000000\n"
    # Rows 15 of both, and 18 of x, lie among the last eight; row 3 does not.
    assert done.missing == 3
    assert "3 missing values interpolated" in done.summary


def test_csv_a_long_gap_takes_no_memory(tmp_path):
    rows = [f"{t},{t % 5}\n" for t in [*range(20), *range(900_000, 900_020)]]
    tracemalloc.start()
    result, _ = forecast(tmp_path, "x.csv", "t,x\n" + "".join(rows), Last(), horizon=1, time_column="t")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result == "t,x\n900020,4.000000\n"
    assert peak < 3_000_000  # bytes; the gap alone would take seven million


def test_csv_the_end_decides_how_long_a_file_is(tmp_path):
    """Eight on the grid are enough for a lookback of eight though four rows are missing."""
    content = "t,x\n0,5\n1,5\n2,5\n7,5\n"
    result, _ = forecast(tmp_path, "x.csv", content, Last(), time_column="t")
    assert result.startswith("t,x\n8,5.000000\n")


def test_csv_compressed(tmp_path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"x\n" + b"1.5\n" * 50))
    forecast_whole(Last(), str(tmp_path / "x.csv.gz"))
    assert gzip.decompress((tmp_path / "x-forecast.csv.gz").read_bytes()) == b"x\n" + b"1.500000\n" * 3


def test_standard_input_and_output(monkeypatch, capfdbinary):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x\n" + b"1.5\n" * 50)))
    assert forecast_whole(Last(), "-").destination == "-"
    assert capfdbinary.readouterr().out == b"x\n" + b"1.500000\n" * 3


@pytest.mark.parametrize("task", ["forecast", "denoise"])
def test_the_models_task_decides(tmp_path, task):
    class Either(Last):
        def __call__(self, past):
            return super().__call__(past) if task == "forecast" else past

    (tmp_path / "x.csv").write_text("x\n" + "1.5\n" * 20)
    model = Either(task=task)
    done = predict_file(trained(model, model.info), str(tmp_path / "x.csv"))
    ending = {"forecast": "forecast", "denoise": "denoised"}[task]
    assert Path(done.destination).name == f"x-{ending}.csv"
    assert done.summary.startswith(f"{done.destination}: x, {3 if task == 'forecast' else 20} rows")


# WAV and NPY


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_wav_samples_go_on_in_the_same_format(tmp_path, subtype):
    values = np.stack([np.arange(100) / 128 - 0.5, np.full(100, -0.25), np.full(100, 0.75)], axis=1)
    soundfile.write(tmp_path / "x.wav", values, 8000, subtype=subtype)
    model = Line(normalisation="standard", sampling_rate=8000.0, rate_unit="s")
    done = forecast_whole(model, str(tmp_path / "x.wav"), columns=["1", "0"], horizon=100)
    before, after = (soundfile.SoundFile(tmp_path / name) for name in ("x.wav", "x-forecast.wav"))
    with before, after:
        for key in ("samplerate", "subtype", "format", "endian"):
            assert getattr(before, key) == getattr(after, key)
        assert (after.channels, after.frames, done.left_out) == (2, 100, ["2"])
        samples = after.read()
    largest = {"PCM_U8": 127 / 128, "PCM_16": 32767 / 32768}.get(subtype, 1.0)
    np.testing.assert_allclose(samples[:, 1], -0.25, atol=1e-6)
    expected = np.arange(100, 200) / 128 - 0.5  # goes above 1
    clipped = np.minimum(expected, largest) if subtype.startswith("PCM") else expected
    np.testing.assert_allclose(samples[:, 0], clipped, atol=1e-6)


def test_wav_at_another_rate_is_refused(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.full(50, 0.5), 44100)
    with pytest.raises(InputError, match="44100 samples per second, but the model was trained at 8000"):
        forecast_whole(Last(sampling_rate=8000.0, rate_unit="s"), str(tmp_path / "x.wav"))
    assert names(tmp_path) == ["x.wav"]


@pytest.mark.parametrize("shape", [(500,), (1, 500), (3, 500)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
def test_npy_samples_go_on(tmp_path, shape, order, dtype):
    array = (np.arange(500) + 100 * np.arange(3)[:, None]).astype(dtype)
    array = array[0] if len(shape) == 1 else array[: shape[0]]
    np.save(tmp_path / "x.npy", np.asarray(array, order=order))
    forecast_whole(Line(normalisation="standard"), str(tmp_path / "x.npy"), horizon=7)
    result = np.load(tmp_path / "x-forecast.npy")
    assert result.dtype == (np.float32 if dtype == "<i2" else dtype)
    assert result.shape == (*shape[:-1], 7)
    np.testing.assert_allclose(result, array[..., -1:] + np.arange(1.0, 8), rtol=1e-6)


@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_channels_that_are_named(tmp_path, order):
    array = np.tile(np.arange(4.0)[:, None], (1, 50))
    np.save(tmp_path / "x.npy", np.asarray(array, order=order))
    done = forecast_whole(Last(), str(tmp_path / "x.npy"), columns=["3", "1"])
    assert np.load(tmp_path / "x-forecast.npy").tolist() == [[1.0] * 3, [3.0] * 3]
    assert done.left_out == ["0", "2"]


MODEL = {"length": 4096, "horizon": 5, "normalisation": "window"}


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "x.npy"
    write_holes(path, (2, 10_000_000))  # 80 MB
    assert megabytes("forecast", MODEL, "lambda past: past[..., -5:] + 1", path) < 30
    assert np.load(tmp_path / "x-forecast.npy").tolist() == [[1.0] * 5] * 2


# Parquet


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_parquet_rows_go_on_with_the_types_of_the_file(tmp_path, unit, zone):
    times = pd.date_range("2024-01-01", periods=303, freq="h", tz=zone)
    table = pa.table(
        {
            "level": pa.array(np.arange(300) ** 2, pa.float32()),
            "note": pa.array(["a"] * 300),
            "when": pa.array(times[:300], pa.timestamp(unit, zone)),
            "count": pa.array([7, None] * 150, pa.int64()),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=70, compression="gzip")
    model = Line(sampling_rate=24.0, rate_unit="day", normalisation="standard")
    done = forecast_whole(model, str(tmp_path / "x.parquet"))
    result = pq.read_table(tmp_path / "x-forecast.parquet")
    held = pq.read_schema(tmp_path / "x.parquet").field("when").type  # seconds become milliseconds
    expected = pa.table(
        {
            "level": pa.array([299**2 + 597 * n for n in (1, 2, 3)], pa.float32()),
            "when": pa.array(times[300:], held),
            "count": pa.array([7.0] * 3, pa.float64()),
        }
    )
    assert result.equals(expected)
    assert done.left_out == ["note"]
    assert pq.read_metadata(tmp_path / "x-forecast.parquet").row_group(0).column(0).compression == "GZIP"


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        (pa.date32(), pd.date_range("2024-01-01", periods=23, freq="7D")),
        (pa.date64(), pd.date_range("2024-01-01", periods=23, freq="MS")),
        (pa.string(), list(pd.date_range("2024-01-01", periods=23, freq="D").strftime("%Y-%m-%d"))),
        (pa.int32(), np.arange(1700, 1723)),
        (pa.float64(), np.arange(23) * 0.02),
    ],
)
def test_parquet_times_of_many_types(tmp_path, kind, times):
    column = pa.array(times, kind)
    table = pa.table({"time": column[:20], "x": pa.array([1.5] * 20)})
    pq.write_table(table, tmp_path / "x.parquet")
    forecast_whole(Last(), str(tmp_path / "x.parquet"), time_column="time")
    result = pq.read_table(tmp_path / "x-forecast.parquet")
    assert result.schema.equals(pq.read_schema(tmp_path / "x.parquet"))
    if kind == pa.float64():
        np.testing.assert_allclose(result["time"].to_numpy(), times[20:], rtol=1e-12)
    else:
        assert result["time"].to_pylist() == column[20:].to_pylist()
    assert result["x"].to_pylist() == [1.5] * 3


@pytest.mark.parametrize("indexed", [False, True])
def test_parquet_is_read_by_pandas_as_before(tmp_path, indexed):
    frame = pd.DataFrame(
        {"count": [3] * 30, "note": "a"}, index=pd.date_range("2024-01-01", periods=30, freq="D")
    )
    frame = frame if indexed else frame.reset_index(drop=True)
    frame.to_parquet(tmp_path / "x.parquet")
    forecast_whole(Last(), str(tmp_path / "x.parquet"))
    result = pd.read_parquet(tmp_path / "x-forecast.parquet")
    assert result["count"].tolist() == [3.0] * 3
    assert list(result.columns) == ["count"]
    days = pd.date_range("2024-01-31", periods=3, freq="D")
    assert list(result.index) == (list(days) if indexed else [0, 1, 2])


# What is refused

LONG = "".join(f"{t / 10},{t % 7}.5\n" for t in range(300))


REFUSALS = [
    Refusal("x\n" + "1\n" * 7, "a.csv: 7 rows, but the model looks back on 8; give at least 8"),
    Refusal("t,x\n0,1\n1,1\n6,1\n", "a.csv: 7 rows, but the model looks back on 8", {"time_column": "t"}),
    Refusal("t,x\n" + LONG, "a.csv: no column 'y'; there are t, x", {"columns": ["y"]}),
    Refusal("t,x\n" + LONG, "a.csv: column 't' is the time column", {"columns": ["t"], "time_column": "t"}),
    Refusal("x,y\n" + "1,2\n" * 20 + "1,\n" * 8, "a.csv: column 'y' has no value among the last 8"),
    Refusal("x\n" + "1\n" * 20 + "no\n", "a.csv: row 22, column 'x': expected a number, got 'no'"),
    Refusal("x\n" + "1\n" * 20 + "inf\n", "a.csv: row 22, column 'x': the value is infinite"),
    Refusal("x\n" + "no\n" * 20, "a.csv: no column of numbers among x"),
    Refusal("t,x\n" + LONG, "a.csv: time column 't': 10 rows per s, but the model was trained at 100",
            {"time_column": "t"}, {"sampling_rate": 100.0, "rate_unit": "s"}),
    Refusal("t,x\n" + LONG + "30.05,1\n", "a.csv: time column 't', row 302: 30.05 is 0.15 after 29.9",
            {"time_column": "t"}),
    Refusal("x,y\n" + LONG, "a.csv: 1 columns where the model takes 2 at a time", {"columns": ["x"]},
            {"channels": 2, "mean": [0.0] * 2, "std": [1.0] * 2}),
    Refusal("x,y,z\n" + "1,2,3\n" * 20, "a.csv: 3 columns of numbers (x, y, z) where 2 are expected", {},
            {"channels": 2, "mean": [0.0] * 2, "std": [1.0] * 2}),
    Refusal("x\n" + "1\n" * 20, "--horizon = 0: expected at least 1", {"horizon": 0}),
    Refusal("x\n" + "1\n" * 20, "--horizon = 5: the model's task is denoise; leave it out, or name a model of task forecast",
            {"horizon": 5}, {"task": "denoise"}),
    Refusal("x\n" + "1\n" * 20, "task 'guess': unknown; expected one of classify, denoise, forecast, infer", {}, {"task": "guess"}),
    Refusal("x\n" + "1\n" * 20, "a.csv: is the file that is read", {"destination": "a.csv"}),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.message[:40])
def test_refused_in_one_line_with_nothing_written(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    model = Last(**case.info)
    assert_refused(partial(predict_file, trained(model, model.info)), case)
