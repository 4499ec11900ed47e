"""Whole files through a model that infers: what is filled in, what stays as it was, what is refused."""

import gzip
import io
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from support import whole_files
from support.models import signals, trained
from support.whole_files import Refusal, assert_refused, megabytes, names, read_in_pieces, write_holes
from tidemark.core.errors import InputError
from tidemark.infer.prediction import central
from tidemark.infer.prediction.columns import inferred
from tidemark.infer.prediction.command import infer_file
from tidemark.prediction.files import predict_file
from tidemark.signals.recordings import delimited_lines

NAN = np.nan
predicted = partial(whole_files.predicted, infer_file)


class Partner:
    """A model with a known result: the partner's line through its given points, or its own if it has none.

    The standard deviation is a tenth of the distance in position to the nearest given point of any member.
    """

    def __init__(self, **info):
        pairs = {"task": "infer", "channels": 2, "mean": [0.0, 0.0], "std": [1.0, 1.0]}
        self.info = signals(**pairs | info)
        self.seen = []

    def __call__(self, context):
        info = self.info
        assert context.shape[1:] == (3, info.channels * info.length)
        assert context.dtype == np.float32
        self.seen.append(context.copy())
        result = np.zeros((len(context), 2, context.shape[2]))
        for signal, (position, member, value) in zip(result, context.astype(float), strict=True):
            given = np.isfinite(value)
            assert given.any()
            assert not given[given.sum() :].any()  # given points come first
            for number in range(info.channels):
                line = given & (member == (1 - number if info.channels == 2 else 0))
                line = line if line.any() else given
                order = np.argsort(position[line])
                own = member == number
                signal[0, own] = np.interp(position[own], position[line][order], value[line][order])
            signal[1] = np.abs(position[:, None] - position[given]).min(1) / 10
        return result


def infer(model, *arguments, **options):
    return infer_file(model.info, model, *arguments, **options)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Files of some hundred rows are read in many pieces and inferred in many batches."""
    monkeypatch.setattr(central, "BATCH_VALUES", 100)
    read_in_pieces(monkeypatch, text_bytes=500, values=300)


def pair(samples=400, share=0.3, seed=0):
    """Two columns, (2, samples), with values missing in both, never all of twenty samples."""
    random = np.random.default_rng(seed)
    values = random.normal([[3.0], [-100.0]], [[1.0], [50.0]], (2, samples)).round(4)
    values[random.random(values.shape) < share] = NAN
    return values


# CSV


def test_csv_fills_what_is_missing_and_changes_nothing_else(tmp_path):
    header = '﻿day;"a ""note"";x";T;U;n\r\n'
    rows = [f'2024-01-{day:02};"say ""hi; {day}""";{day},50;"{day}, 0";0{day} \r\n' for day in range(1, 32)]
    rows = [row.replace(', 0"', ',0"') for row in rows]
    gaps = [(5, "5,50", "NA", "5.000000"), (6, "6,50", " ", "6.000000"), (9, '"9,0"', '""', '"9.500000"')]
    expected = list(rows)
    for day, value, empty, filled in gaps:
        assert value in rows[day - 1]
        expected[day - 1] = rows[day - 1].replace(value, filled.replace(".", ","), 1)
        rows[day - 1] = rows[day - 1].replace(value, empty, 1)
    rows[19] = "\r\n" + rows[19]
    expected[19] = "\r\n" + expected[19]
    model = Partner(sampling_rate=1.0, rate_unit="day")
    result = predicted(tmp_path, "x.csv", header + "".join(rows), model, columns=["T", "U"]).decode()
    assert result == header + "".join(expected)
    assert names(tmp_path) == ["x-inferred.csv", "x.csv"]


def test_csv_units_are_those_of_each_column(tmp_path):
    content = "a,b\n" + "".join(f"{k}.5,{1000 - k}.0\n" for k in range(30))
    content = content.replace("7.5,993.0", "7.5,").replace("12.5,988.0", ",988.0")
    model = Partner(mean=[10.0, 1000.0], std=[2.0, 100.0])
    result = predicted(tmp_path, "x.csv", content, model).decode()
    # Standardised, the partner's value: (7.5 - 10) / 2 = -1.25 is 875 of b, (988 - 1000) / 100 is 9.76 of a.
    assert result == content.replace("7.5,\n", "7.5,875.000000\n").replace("\n,988.0", "\n9.760000,988.0")
    model = Partner(mean=[10.0, 1000.0], std=[2.0, 100.0])
    done = infer(model, str(tmp_path / "x.csv"), std=True)
    assert done.destination == str(tmp_path / "x-inferred-std.csv")
    # A given point of the partner lies at the same position.
    assert Path(done.destination).read_text() == content.replace("7.5,\n", "7.5,0.000000\n").replace(
        "\n,988.0", "\n0.000000,988.0"
    )
    assert done.summary == (
        f"{tmp_path}/x-inferred-std.csv: a, b, 30 rows, standard deviations of 2 values inferred"
    )


def test_csv_standard_deviations_have_the_columns_units(tmp_path):
    content = "a,b\n" + "1.5,2.5\n" * 10 + ",\n" + "1.5,2.5\n" * 10
    model = Partner(length=21, mean=[5.0, 7.0], std=[2.0, 30.0])
    result = predicted(tmp_path, "x.csv", content, model, std=True)
    # A step of position is 10 / 20, of which the model says a tenth.
    assert result.decode() == content.replace("\n,\n", "\n0.100000,1.500000\n")


@pytest.mark.parametrize("normalisation", ["standard", "window"])
@pytest.mark.parametrize("samples", [7, 19, 20, 21, 30, 400])
def test_a_long_file_in_pieces_equals_each_value_from_its_own_window(tmp_path, samples, normalisation):
    values = pair(samples)
    values[:, 0] = [3.0, -100.0]
    pd.DataFrame(values.T, columns=["a", "b"]).to_csv(tmp_path / "x.csv", index=False)
    model = Partner(mean=[3.0, -100.0], std=[1.0, 50.0], normalisation=normalisation)
    done = infer(model, str(tmp_path / "x.csv"))
    result = pd.read_csv(tmp_path / "x-inferred.csv").to_numpy().T
    padded = np.pad(values, ((0, 0), (0, max(0, 20 - samples))), constant_values=NAN)
    last = max(0, samples - 20)
    starts = np.append(np.arange(0, last, 10), last)
    expected = values.copy()
    for channel, sample in np.argwhere(np.isnan(values)):
        start = starts[np.abs(starts + 9.5 - sample).argmin()]
        alone = inferred(model.info, model, padded[None, :, start : start + 20], "x.csv")
        expected[channel, sample] = alone[0, 0, channel, sample - start]
    np.testing.assert_allclose(result, expected, atol=2e-6)
    assert (done.rows, done.missing) == (samples, int(np.isnan(values).sum()))


def test_pieces_and_batches_change_no_byte(tmp_path, monkeypatch):
    pd.DataFrame(pair(700).T, columns=["a", "b"]).to_csv(tmp_path / "x.csv", index=False)
    pieces = Path(infer(Partner(), str(tmp_path / "x.csv")).destination).read_bytes()
    monkeypatch.setattr(central, "BATCH_VALUES", 2**20)
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 2**20)
    whole = Path(infer(Partner(), str(tmp_path / "x.csv"), str(tmp_path / "y.csv")).destination)
    assert pieces == whole.read_bytes()


def test_a_batch_of_windows_equals_each_alone():
    windows = np.stack([pair(20, seed=seed) for seed in range(8)])
    for normalisation in ("standard", "window"):
        model = Partner(normalisation=normalisation)
        together = inferred(model.info, model, windows, "x")
        alone = np.concatenate([inferred(model.info, model, window[None], "x") for window in windows])
        np.testing.assert_array_equal(together, alone)


def test_the_context_is_as_in_training(tmp_path):
    values = np.arange(40.0).reshape(2, 20)
    values[0, 3:] = NAN  # the first has less, so the second is the known one
    values[1, 5] = NAN
    np.save(tmp_path / "x.npy", values)
    model = Partner(normalisation="window")
    infer(model, str(tmp_path / "x.npy"))
    (context,) = model.seen
    position, member, value = context[0]
    steps = [*(k for k in range(20) if k != 5), 0, 1, 2, 5, *range(3, 20)]
    np.testing.assert_allclose(position, 5 + 10 * np.array(steps) / 19, rtol=1e-6)
    assert member.tolist() == [1] * 19 + [0] * 3 + [1] + [0] * 17
    known = np.array([20 + k for k in range(20) if k != 5])
    size = np.abs(known - known.mean()).max()
    np.testing.assert_allclose(value[:19], (known - known.mean()) / size, rtol=1e-5)
    np.testing.assert_allclose(value[19:22], (np.arange(3) - 1) / size, rtol=1e-5)
    assert np.isnan(value[22:]).all()


def test_window_normalisation_gives_back_recorded_units(tmp_path):
    """A partner ten thousand higher and a thousand times as large says the same."""
    x = np.sin(np.arange(300) / 5)
    values = np.stack([x, 1e4 + 1e3 * x])
    values[0, 100:103] = NAN
    values[1, 200:203] = NAN
    np.save(tmp_path / "x.npy", values)
    model = Partner(std=[1.0, 1e3], mean=[5.0, -5e3], normalisation="window")
    infer(model, str(tmp_path / "x.npy"))
    result = np.load(tmp_path / "x-inferred.npy")
    # The levels differ a little, since three values of each window of twenty are missing in one of them.
    np.testing.assert_allclose(result[0, 100:103], x[100:103], atol=0.15)
    np.testing.assert_allclose(result[1, 200:203], 1e4 + 1e3 * x[200:203], atol=150)


def test_csv_missing_rows_are_a_gap_for_the_model_and_no_rows_in_the_file(tmp_path):
    times = [t for t in range(40) if t not in (8, 9, 10)]
    content = "time,a,b\n" + "".join(f"{t},{t}.5,{'' if t == 12 else t + 100}\n" for t in times)
    model = Partner(length=40)
    result = predicted(tmp_path, "x.csv", content, model, columns=["a", "b"])
    assert result.decode() == content.replace("12,12.5,\n", "12,12.5,12.500000\n")
    value, member = model.seen[0][0, 2], model.seen[0][0, 1]
    assert np.isfinite(value[member == 0]).sum() == 37
    assert np.isfinite(value[member == 1]).sum() == 36


def test_csv_months_are_a_step_of_a_model_that_takes_any_rate(tmp_path):
    months = pd.date_range("2020-01-01", periods=30, freq="MS").strftime("%Y-%m-%d")
    content = "date,a,b\n" + "".join(f"{m},{k}.5,{k}.0\n" for k, m in enumerate(months))
    content = content.replace("12.5,", ",")
    result = predicted(tmp_path, "x.csv", content, Partner()).decode()
    assert result == content.replace(",,12.0", ",12.000000,12.0")


def test_csv_one_sequence_is_filled_from_itself(tmp_path):
    content = "a,b\n" + "".join(f"{k}.5,{2 * k}.5\n" for k in range(60))
    content = content.replace("\n7.5,", "\n,").replace(",60.5", ",").replace(",62.5", ",")
    model = Partner(channels=1, mean=[10.0], std=[4.0])
    result = predicted(tmp_path, "x.csv", content, model, columns=["a", "b"]).decode()
    expected = content.replace("\n,14.5", "\n7.500000,14.5")
    assert result == expected.replace("\n30.5,\n", "\n30.5,60.500000\n").replace(
        "\n31.5,\n", "\n31.5,62.500000\n"
    )
    assert all((context[:, 1] == 0).all() for context in model.seen)


def test_csv_compressed(tmp_path):
    content = ("a,b\n" + "1.5,2.5\n" * 50 + ",2.5\n").encode()
    result = predicted(tmp_path, "x.csv.gz", gzip.compress(content, mtime=0), Partner())
    assert gzip.decompress(result) == content.replace(b"\n,2.5", b"\n2.500000,2.5")
    assert (tmp_path / "x-inferred.csv.gz").exists()


def test_standard_input_and_output(monkeypatch, capfdbinary):
    content = io.BytesIO(b"a,b\n" + b"1.5,2.5\n" * 50 + b"1.5,\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))
    model = Partner()
    assert predict_file(trained(model, model.info), "-").destination == "-"
    assert capfdbinary.readouterr().out == b"a,b\n" + b"1.5,2.5\n" * 50 + b"1.5,1.500000\n"


# WAV and NPY


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_wav_keeps_present_samples_to_the_bit(tmp_path, subtype):
    values = np.random.default_rng(0).uniform(-1, 1, (731, 3))
    values[100:105, 2] = NAN
    soundfile.write(tmp_path / "x.wav", values, 8000, subtype=subtype)
    model = Partner(sampling_rate=8.0e3, rate_unit="s")
    done = infer(model, str(tmp_path / "x.wav"), columns=["2", "0"])
    before, after = (soundfile.read(tmp_path / name)[0] for name in ("x.wav", "x-inferred.wav"))
    expected = before.copy()
    expected[100:105, 2] = before[100:105, 0]
    np.testing.assert_allclose(after, expected, rtol=0, atol=1e-6)
    present = np.isfinite(before)
    np.testing.assert_array_equal(after[present], before[present])
    assert (done.rows, done.missing, done.columns) == (731, 5, ("2", "0"))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
@pytest.mark.parametrize("channels", [1, 2])
def test_npy_keeps_order_type_and_other_channels(tmp_path, order, dtype, channels):
    array = np.random.default_rng(0).random((4, 1001)).astype(dtype)
    array[3, 300:305] = NAN
    array[1, 700] = NAN
    array[2, 5] = NAN  # not asked for
    np.save(tmp_path / "x.npy", np.asarray(array, order=order))
    model = Partner(channels=channels, mean=[0.0] * channels, std=[1.0] * channels)
    done = infer(model, str(tmp_path / "x.npy"), columns=["3", "1"])
    result = np.load(tmp_path / "x-inferred.npy")
    assert result.dtype == dtype
    assert result.flags.f_contiguous == (order == "F")
    expected = array.copy()
    if channels == 2:
        expected[3, 300:305], expected[1, 700] = array[1, 300:305], array[3, 700]
    else:
        expected[3, 300:305] = np.linspace(array[3, 299], array[3, 305], 7)[1:-1]
        expected[1, 700] = (array[1, 699] + array[1, 701]) / 2
    np.testing.assert_allclose(result, expected, atol=1e-6)
    same = np.isfinite(array)
    np.testing.assert_array_equal(result[same], array[same])
    assert (done.rows, done.missing) == (1001, 6)


MODEL = {"channels": 2, "length": 1024, "mean": [0.0, 0.0], "std": [1.0, 1.0]}
ONES = "lambda context: np.ones((len(context), 2, context.shape[2]))"


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "x.npy"
    write_holes(path, (2, 5_000_000))  # 40 MB, all zero but for one value in a thousand
    array = np.load(path, mmap_mode="r+")
    array[1, ::1000] = NAN
    array.flush()
    assert megabytes("infer", MODEL, ONES, path) < 40
    result = np.load(tmp_path / "x-inferred.npy", mmap_mode="r")
    assert (result[1, ::1000] == 1).all()
    assert result[:, 1::1000].max() == 0


# Parquet


def test_parquet_fills_what_is_missing_and_changes_nothing_else(tmp_path):
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2024-01-01", periods=3000, freq="s"),
            "level": np.random.default_rng(0).random(3000).astype(np.float32),
            "count": pd.array(range(3000), dtype="Int64"),
            "note": pd.Categorical(["a", "b", None] * 1000),
        }
    )
    frame.loc[5, "level"] = NAN
    frame.loc[[1500, 2999], "count"] = None
    pq.write_table(
        pa.Table.from_pandas(frame), tmp_path / "x.parquet", row_group_size=1000, compression="gzip"
    )
    model = Partner(sampling_rate=60.0, rate_unit="minute")
    infer(model, str(tmp_path / "x.parquet"), columns=["level", "count"])
    before, after = (pq.read_table(tmp_path / name) for name in ("x.parquet", "x-inferred.parquet"))
    level, count = frame["level"].to_numpy().copy(), frame["count"].to_numpy(float, na_value=NAN)
    level[5], count[1500], count[2999] = 5, level[1500], level[2999]
    assert after.drop_columns(["level", "count"]).equals(before.drop_columns(["level", "count"]))
    np.testing.assert_allclose(after["level"].to_numpy(), level, rtol=1e-5)
    np.testing.assert_allclose(after["count"].to_numpy(), count, rtol=1e-5)
    np.testing.assert_array_equal(np.delete(after["level"].to_numpy(), 5), np.delete(level, 5))
    assert after["level"].null_count == after["count"].null_count == 0
    assert after.schema.field("count").type == pa.float64()
    metadata = pq.read_metadata(tmp_path / "x-inferred.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [1000] * 3


# What is refused


LONG = "".join(f"{t / 10},{t}.5,{'' if t == 200 else t + 1}\n" for t in range(300))
FULL = "1.5,2.5\n" * 30
REFUSALS = [
    Refusal("a,b\n" + FULL,
            "a.csv: no value of a, b is missing; leave empty, or NaN, what is to be inferred"),
    Refusal("a,b\n" + FULL + ",\n" * 45 + FULL,
            "a.csv: row 37, column 'a': nothing is present in the 20 samples around it"),
    Refusal("a,b\n,\n,\n", "a.csv: row 2, column 'a': nothing is present in the 20 samples around it"),
    Refusal("a,b\n" + FULL, "a.csv: 1 columns where the model takes 2 at a time; choose them with --column",
            {"columns": ["a"]}),
    Refusal("a,b,c\n" + "1.5,2.5,3.5\n" * 3,
            "a.csv: 3 columns of numbers (a, b, c) where 2 are expected; choose with --column"),
    Refusal("a,b,c\n" + "1.5,2.5,3.5\n" * 3, "a.csv: 3 columns where the model takes 2 at a time",
            {"columns": ["c", "b", "a"]}),
    Refusal("a,b\n" + FULL, "a.csv: no column 'c'; there are a, b", {"columns": ["a", "c"]}),
    Refusal("a,b\n" + FULL + "1,no\n", "a.csv: row 32, column 'b': expected a number, got 'no'"),
    Refusal("a,b\n" + FULL + "1,inf\n", "a.csv: row 32, column 'b': the value is infinite"),
    Refusal("a,b\n1e300,\n" + FULL, "a.csv: row 2, column 'a': 1e+300 is too large for the model"),
    Refusal("t,a,b\n" + LONG, "a.csv: time column 't': 10 rows per s, but the model was trained at 100",
            {"time_column": "t"}, {"sampling_rate": 100.0, "rate_unit": "s"}),
    Refusal("t,a,b\n" + LONG + "30.05,1,1\n", "a.csv: time column 't', row 302: 30.05 is 0.15 after 29.9",
            {"time_column": "t"}),
    Refusal("a,b\n" + FULL, "--horizon = 5: the model's task is infer; leave it out", {"horizon": 5}),
    Refusal("a,b\n" + FULL, "--std: the model's task is denoise; leave it out, or name a model of task infer",
            {"std": True}, {"task": "denoise"}),
    Refusal("a,b\n" + FULL, "--std: the model's task is forecast; leave it out, or name a model of task infer",
            {"std": True}, {"task": "forecast"}),
    Refusal("a,b\n" + FULL, "a.csv: is the file that is read", {"destination": "a.csv"}),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.message[:40])
def test_refused_in_one_line_with_nothing_written(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    model = Partner(**case.info)
    assert_refused(partial(predict_file, trained(model, model.info)), case)


def test_a_wav_of_whole_numbers_has_nothing_to_infer(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.full((50, 2), 0.5), 8000)
    with pytest.raises(InputError, match="x.wav: no value of 0, 1 is missing"):
        infer(Partner(), str(tmp_path / "x.wav"))
    with pytest.raises(InputError, match="x.wav: 8000 samples per second, but the model was trained at 100"):
        infer(Partner(sampling_rate=100.0, rate_unit="s"), str(tmp_path / "x.wav"))
    assert names(tmp_path) == ["x.wav"]


def test_a_model_of_another_shape_is_no_fault_of_the_file(tmp_path):
    class Wrong(Partner):
        def __call__(self, context):
            return super().__call__(context)[:, :1]

    with pytest.raises(ValueError, match=r"the model returned shape \(1, 1, 40\) instead of \(1, 2, 40\)"):
        predicted(tmp_path, "x.csv", "a,b\n1.5,\n", Wrong())
