"""Whole files through a denoiser: what comes out, and what is refused."""

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
from support.models import signals
from support.whole_files import (
    Refusal,
    assert_refused,
    megabytes,
    names,
    one_line,
    read_in_pieces,
    write_holes,
)
from tidemark.core.errors import InputError
from tidemark.denoise.prediction.command import denoise_file
from tidemark.prediction import overlap

NAN = np.nan
predicted = partial(whole_files.predicted, denoise_file)


class Scale:
    """A denoiser with a known result: the standardised value times a factor, whatever the window."""

    def __init__(self, factor=1.0, **info):
        self.info, self.factor = signals(**info), factor

    def __call__(self, windows):
        assert windows.shape[1:] == (self.info.channels, self.info.length)
        assert windows.dtype == np.float32
        return np.nan_to_num(windows) * self.factor


def denoise(model, *arguments, **options):
    return denoise_file(model.info, model, *arguments, **options)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Files of some hundred rows are read in many pieces and denoised in many batches."""
    monkeypatch.setattr(overlap, "BATCH_VALUES", 100)
    read_in_pieces(monkeypatch, text_bytes=500, values=300)


# CSV


def test_csv_changes_the_column_and_nothing_else(tmp_path):
    header = '\ufeffday;"a ""note"";x";T;n\r\n'
    rows = [f'2024-01-{day:02};"say ""hi; {day}""";{day},50; 0{day} \r\n' for day in range(1, 32)]
    rows[4] = rows[4].replace("5,50", "NA")
    rows[9] = "\r\n" + rows[9].replace("10,50", '"10,50"')
    content = header + "".join(rows)
    model = Scale(2.0, mean=[10.0], std=[1.0], sampling_rate=1.0, rate_unit="day")
    result = predicted(tmp_path, "x.csv", content, model).decode()
    expected = content
    for day in (day for day in range(1, 32) if day != 5):
        value = f"{2 * (day + 0.5 - 10) + 10:.6f}".replace(".", ",")
        expected = expected.replace(f"{day},50", value, 1)
    assert result == expected


def test_csv_missing_rows_are_a_gap_for_the_model_and_no_rows_in_the_file(tmp_path):
    seen = []

    class Watch(Scale):
        def __call__(self, windows):
            seen.append(windows.copy())
            return super().__call__(windows)

    times = [*range(8), *range(11, 30)]
    content = "time,x\n" + "".join(f"{t},{t}.5\n" for t in times)
    result = predicted(tmp_path, "x.csv", content, Watch(length=30))
    np.testing.assert_array_equal(seen[0][0, 0], [t + 0.5 if t in times else NAN for t in range(30)])
    assert result.decode() == content.replace(".5\n", ".500000\n")


def test_csv_months_are_a_step_of_a_model_that_takes_any_rate(tmp_path):
    months = pd.date_range("2020-01-31", periods=40, freq="ME").strftime("%Y-%m-%d")
    content = "date,x\n" + "".join(f"{month},1.5\n" for month in months.delete([20, 21]))
    result = predicted(tmp_path, "x.csv", content, Scale(2.0))
    assert result.decode() == content.replace("1.5", "3.000000")


@pytest.mark.parametrize(
    ("head", "chosen"),
    [
        ("id,value\n1,2.5\n", ["value"]),
        ("date,count\n2024-01-01,3\n", ["count"]),
        (",value,label\n0,2.5,a\n", ["value"]),
        ("t,x\n0.5,2.5\n", ["x"]),
        ("value,empty\n3,text\n", ["value"]),
    ],
)
def test_csv_the_only_column_of_numbers_is_chosen(tmp_path, head, chosen):
    path = tmp_path / "x.csv"
    path.write_text(head)
    assert denoise(Scale(), str(path)).columns == tuple(chosen)


def test_csv_columns_by_name(tmp_path):
    content = "a,b,c\n" + "1,2,3\n" * 30
    result = predicted(tmp_path, "x.csv", content, Scale(2.0), columns=["c", "a"])
    assert result.decode() == content.replace("1,2,3", "2.000000,2,6.000000")


def test_csv_several_channels_at_once_each_with_its_own_scale(tmp_path):
    class Swap(Scale):
        def __call__(self, windows):
            return super().__call__(windows)[:, ::-1]

    content = "a,b\n" + "1.5,-1.5\n" * 30
    model = Swap(channels=2, mean=[0.0, 10.0], std=[1.0, 2.0])
    result = predicted(tmp_path, "x.csv", content, model)
    # a: (-1.5 - 10) / 2 in b's scale, b: 10 + 2 × 1.5
    assert result.decode() == content.replace("1.5,-1.5", "-5.750000,13.000000")


def test_csv_numbers_are_as_fine_as_the_scale(tmp_path):
    content = "x\n" + "1.5e-9\n-2.5e-9\n" * 20
    values = np.loadtxt(io.BytesIO(predicted(tmp_path, "x.csv", content, Scale(std=[1e-9]))), skiprows=1)
    np.testing.assert_allclose(values, np.tile([1.5e-9, -2.5e-9], 20), rtol=1e-6)


def test_csv_compressed(tmp_path):
    content = b"x\n" + b"1.5\n" * 50
    result = predicted(tmp_path, "x.csv.gz", gzip.compress(content, mtime=0), Scale(2.0))
    assert gzip.decompress(result) == content.replace(b"1.5", b"3.000000")
    assert (tmp_path / "x-denoised.csv.gz").exists()
    assert result == predicted(tmp_path, "x.csv.gz", gzip.compress(content, mtime=0), Scale(2.0))


def test_csv_in_another_encoding(tmp_path):
    content = "Grad °;x\n".encode("latin-1") + b"a\xe4;1,5\n" * 30
    result = predicted(tmp_path, "x.csv", content, Scale(2.0))
    assert result == content.replace(b"1,5", b"3,000000")


@pytest.mark.parametrize("output", [None, "-"])
def test_standard_input_and_output(tmp_path, monkeypatch, capfdbinary, output):
    content = io.BytesIO(b"x\n" + b"1.5\n" * 50)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))
    assert denoise(Scale(2.0), "-", output).destination == "-"
    assert capfdbinary.readouterr().out == b"x\n" + b"3.000000\n" * 50


def test_standard_input_of_another_kind(tmp_path, monkeypatch):
    content = io.BytesIO()
    np.save(content, np.ones(50))
    content.seek(0)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))
    denoise(Scale(2.0), "-", str(tmp_path / "y.npy"), kind="npy")
    assert np.load(tmp_path / "y.npy").tolist() == [2.0] * 50


# WAV


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_wav_identity_gives_back_the_samples(tmp_path, subtype):
    values = np.random.default_rng(0).uniform(-1, 1, (731, 2))
    values[:2] = [[-1, 1], [1, -1]]
    soundfile.write(tmp_path / "x.wav", values, 8000, subtype=subtype)
    denoise(Scale(), str(tmp_path / "x.wav"))
    before, after = (soundfile.SoundFile(tmp_path / name) for name in ("x.wav", "x-denoised.wav"))
    with before, after:
        for key in ("samplerate", "channels", "subtype", "format", "endian", "frames"):
            assert getattr(before, key) == getattr(after, key)
        # A float32 inside holds whole numbers of up to 24 bits exactly.
        exact = subtype not in ("PCM_32", "DOUBLE")
        np.testing.assert_allclose(after.read(), before.read(), rtol=0, atol=0 if exact else 1e-7)


def test_wav_loud_results_are_clipped_not_wrapped(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.tile([0.75, -0.75], 50), 8000, subtype="PCM_16")
    denoise(Scale(2.0), str(tmp_path / "x.wav"))
    result = soundfile.read(tmp_path / "x-denoised.wav", dtype="int16")[0]
    assert result.tolist() == [32767, -32768] * 50


def test_wav_one_channel_of_two_and_missing_samples(tmp_path):
    values = np.random.default_rng(0).uniform(-1, 1, (100, 2)).astype(np.float32)
    values[7, 1] = NAN
    soundfile.write(tmp_path / "x.wav", values, 8000, subtype="FLOAT")
    denoise(Scale(0.5), str(tmp_path / "x.wav"), columns=["1"])
    result = soundfile.read(tmp_path / "x-denoised.wav", dtype="float32")[0]
    np.testing.assert_array_equal(result, values * np.float32([1, 0.5]))


def test_wav_at_the_models_rate_however_it_is_counted(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.full(50, 0.5), 8000)
    model = Scale(sampling_rate=480_000.0, rate_unit="minute")
    assert denoise(model, str(tmp_path / "x.wav")).rows == 50


# NPY


@pytest.mark.parametrize("shape", [(1001,), (1, 1001), (3, 1001), (400, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
def test_npy_keeps_shape_order_and_floating_type(tmp_path, shape, order, dtype):
    array = np.random.default_rng(0).integers(-99, 99, shape).astype(dtype)
    if dtype != "<i2":
        array[..., 3] = NAN
    np.save(tmp_path / "x.npy", np.asarray(array, order=order))
    done = denoise(Scale(2.0, mean=[1.0], std=[4.0]), str(tmp_path / "x.npy"))
    result = np.load(tmp_path / "x-denoised.npy")
    assert result.dtype == (np.float32 if dtype == "<i2" else dtype)
    assert result.flags.f_contiguous == np.load(tmp_path / "x.npy").flags.f_contiguous
    np.testing.assert_allclose(result, 2.0 * array - 1, rtol=1e-6, atol=1e-5)
    assert (done.rows, done.missing) == (shape[-1], int(np.isnan(array.astype(float)).sum()))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("channels", [1, 2])
def test_npy_other_channels_are_copied(tmp_path, order, channels):
    array = np.asarray(np.random.default_rng(0).random((4, 500)), order=order)
    np.save(tmp_path / "x.npy", array)
    model = Scale(0.0, channels=channels, mean=[5.0, 7.0][:channels], std=[1.0] * channels)
    denoise(model, str(tmp_path / "x.npy"), columns=["3", "1"])
    result = np.load(tmp_path / "x-denoised.npy")
    np.testing.assert_array_equal(result[[0, 2]], array[[0, 2]])
    assert (result[3] == 5).all()
    assert (result[1] == (5 if channels == 1 else 7)).all()


@pytest.mark.parametrize("shape", [(20_000_000,), (2, 5_000_000)])
def test_npy_in_memory_that_does_not_grow_with_the_file(tmp_path, shape):
    path = tmp_path / "x.npy"
    write_holes(path, shape)  # 80 and 40 MB
    assert megabytes("denoise", {"length": 4096}, "lambda windows: windows + 1", path) < 30
    result = np.load(tmp_path / "x-denoised.npy", mmap_mode="r")
    assert result.shape == shape
    assert (result[..., ::1000] == 1).all()


# Parquet


def test_parquet_changes_the_column_and_nothing_else(tmp_path):
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2024-01-01", periods=3000, freq="s"),
            "level": np.random.default_rng(0).random(3000).astype(np.float32),
            "count": pd.array([1, 2, None] * 1000, dtype="Int64"),
            "note": pd.Categorical(["a", "b", None] * 1000),
        }
    )
    frame.loc[5, "level"] = NAN
    table = pa.Table.from_pandas(frame)
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=1000, compression="gzip")
    model = Scale(2.0, sampling_rate=60.0, rate_unit="minute")
    denoise(model, str(tmp_path / "x.parquet"))
    before, after = (pq.read_table(tmp_path / name) for name in ("x.parquet", "x-denoised.parquet"))
    doubled = pa.array(frame["level"].to_numpy() * 2, pa.float32(), from_pandas=True)
    assert after.equals(before.set_column(1, "level", doubled))
    assert after.schema.equals(before.schema, check_metadata=True)
    metadata = pq.read_metadata(tmp_path / "x-denoised.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [1000] * 3
    assert metadata.row_group(0).column(1).compression == "GZIP"


def test_parquet_a_column_of_integers_becomes_double(tmp_path):
    frame = pd.DataFrame({"count": pd.array([1, 2, None] * 10, dtype="Int64"), "other": 1})
    frame.to_parquet(tmp_path / "x.parquet")
    denoise(Scale(0.25), str(tmp_path / "x.parquet"), columns=["count"])
    result = pd.read_parquet(tmp_path / "x-denoised.parquet")
    np.testing.assert_array_equal(result["count"].to_numpy(), [0.25, 0.5, NAN] * 10)
    assert (result["other"] == 1).all()


# What is refused


HUNDRED = {"sampling_rate": 100.0, "rate_unit": "s"}
LONG = "".join(f"{t / 10},{t}.5\n" for t in range(300))
REFUSALS = [
    Refusal("t,x,y\n0,1.5,2.5\n",
            "a.csv: 2 columns of numbers (x, y) where 1 is expected; choose with --column"),
    Refusal("t,x\n0,1.5\n", "a.csv: no column 'y'; there are t, x", {"columns": ["y"]}),
    Refusal("t,x\n" + LONG + "30,abc\n", "a.csv: row 302, column 'x': expected a number, got 'abc'"),
    Refusal("t,x\n" + LONG + "30.05,1\n",
            "a.csv: time column 't', row 302: 30.05 is 0.15 after 29.9 of row 301"),
    Refusal("t,x\n" + LONG,
            "a.csv: time column 't': 10 rows per s, but the model was trained at 100", {}, HUNDRED),
    Refusal("t,x\n", "a.csv: no rows below the header"),
    Refusal("t,x\n" + "0,\n1,\n", "a.csv: column 'x' has no value: all are missing"),
    Refusal("x,y\n1.5,2.5\n", "a.csv: 2 columns where the model takes 3 at a time",
            {"columns": ["x", "y"]}, {"channels": 3, "mean": [0.0] * 3, "std": [1.0] * 3}),
    Refusal("x\n1\n", "a.txt: the suffix '.txt' says no kind of file", name="a.txt"),
    Refusal("x\n1\n", "format = 'xls': expected one of csv, wav, npy, parquet", {"kind": "xls"}),
    Refusal("x\n1\n", "a.wav: not a WAV file", {"kind": "wav", "source": "a.wav"}),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.message[:40])
def test_refused_in_one_line_with_nothing_written(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.wav").write_text("no")
    assert_refused(partial(denoise, Scale(**case.info)), case)


def test_a_wav_at_another_rate(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.full(50, 0.5), 44100)
    with pytest.raises(InputError) as error:
        denoise(Scale(sampling_rate=8000.0, rate_unit="s"), str(tmp_path / "x.wav"))
    assert one_line(error).endswith(
        "x.wav: 44100 samples per second, but the model was trained at 8000; resample the file to that rate"
    )
    assert names(tmp_path) == ["x.wav"]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("x.csv", "x.csv: is the file that is read; name another one"),
        ("link.csv", "link.csv: is the file that is read; name another one"),
        ("folder", "folder: is a folder; name a file in it"),
        ("y.npy", "y.npy: x.csv is csv, and so is what is written; change the suffix"),
        ("x.csv/y.csv", "x.csv: cannot write there"),
    ],
)
def test_destinations_that_are_refused(tmp_path, monkeypatch, output, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "x.csv").write_text("x\n1.5\n")
    (tmp_path / "link.csv").symlink_to("x.csv")
    with pytest.raises(InputError) as error:
        denoise(Scale(), "x.csv", output)
    assert one_line(error).startswith(message)
    assert (tmp_path / "x.csv").read_text() == "x\n1.5\n"
    assert names(Path()) == ["folder", "link.csv", "x.csv"]


def test_a_full_disk_leaves_what_was_there(tmp_path):
    (tmp_path / "x.csv").write_text("x\n1.5\n")
    (tmp_path / "y.csv").write_text("old")

    class Full(Scale):
        def __call__(self, windows):
            raise OSError(28, "No space left on device")

    with pytest.raises(InputError) as error:
        denoise(Full(), str(tmp_path / "x.csv"), str(tmp_path / "y.csv"))
    assert one_line(error).endswith(
        "y.csv: cannot be written (No space left on device); free some space, or choose another place"
    )
    assert (tmp_path / "y.csv").read_text() == "old"
    assert len(names(tmp_path)) == 2


# EDF, WFDB


def test_edf_changes_the_signal_and_nothing_else(tmp_path):
    edfio = pytest.importorskip("edfio", reason="the extra 'edf' is not installed")
    wave = np.sin(np.arange(1000) / 9)
    kept = edfio.EdfSignal(36 + np.arange(10) / 50, 1, label="Temp", physical_dimension="degC")
    signals = [edfio.EdfSignal(wave, 100, label="EEG", physical_dimension="uV"), kept]
    edfio.Edf(signals, annotations=[edfio.EdfAnnotation(2, None, "lights off")]).write(tmp_path / "x.edf")
    model = Scale(2.0, sampling_rate=100.0, rate_unit="s")
    denoise(model, str(tmp_path / "x.edf"), str(tmp_path / "y.edf"), columns=["EEG"])
    written = edfio.read_edf(tmp_path / "y.edf")
    mean, std = model.info.mean[0], model.info.std[0]
    np.testing.assert_allclose(
        written.get_signal("EEG").data, 2 * (wave - mean) + mean, atol=1e-3 * max(1, std)
    )
    np.testing.assert_array_equal(written.get_signal("Temp").digital, kept.digital)
    assert [(each.onset, each.text) for each in written.annotations] == [(2, "lights off")]
    with pytest.raises(InputError, match="1 samples per second, but the model was trained at 100"):
        denoise(model, str(tmp_path / "x.edf"), str(tmp_path / "z.edf"), columns=["Temp"])
    assert not (tmp_path / "z.edf").exists()


def test_a_wfdb_record_is_not_written(tmp_path):
    wfdb = pytest.importorskip("wfdb", reason="the extra 'wfdb' is not installed")
    wfdb.wrsamp("r1", fs=100, units=["mV"], sig_name=["I"], p_signal=np.sin(np.arange(1000.0))[:, None], fmt=["16"],
                write_dir=str(tmp_path))  # fmt: skip
    with pytest.raises(InputError, match="WFDB records are read, not written; convert it first"):
        denoise(Scale(sampling_rate=100.0), str(tmp_path / "r1.hea"))
    assert names(tmp_path) == ["r1.dat", "r1.hea"]
